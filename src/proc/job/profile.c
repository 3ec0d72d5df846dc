/*
 * profile.c -- everything a job may touch: its container, and the one descriptor it was given to
 * read.
 *
 * A job works on the same folder as the portal, without anybody's connection: no socket options, no
 * stream calls beyond its channel. It may replace files (keys and certificates) and needs more
 * memory, because Argon2id, archives and publishing do.
 */
#include "proc/profiles.h"

const struct profile job_profile = {
        .process = PEER_JOB,
        .user = NULL,                   /* its portal's */
        .layers = LAYERS_ALL,
        .root = ROOT_FOLDER,
        .paths = { { ".", PATH_READ | PATH_WRITE } },
        .calls = CALLS_BASE CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_READ_FILES CALLS_WRITE_FILES
                 CALLS_SQLITE CALLS_SECRETS,
        .fds = { FD_CHANNEL_SUPERVISOR, FD_CHANNEL_SECOND },
        .limits = {
                .memory = 1 * GIB,
                .files = 64,
                .file_size = 64 * GIB,
                .processes = 0,
                .locked = 1 * MIB,
                .nice = 10,             /* readers do not wait for an import or a password */
        },
};
