/*
 * profile.c -- everything a portal may touch: its own folder, and sockets that are handed to it.
 *
 * The list of calls is what SQLite, OpenSSL, nghttp2 and the loop were seen to use, plus what their
 * sources use in situations a trace does not meet. It cannot make a socket, a process or a thread,
 * pass a descriptor on, map executable memory, or make a link, a device or a special file.
 */
#include "proc/profiles.h"

const struct profile portal_profile = {
        .process = PEER_PORTAL,
        .user = NULL,                   /* one uid per portal, given by the supervisor */
        .layers = LAYERS_ALL,
        .root = ROOT_FOLDER,
        .paths = { { ".", PATH_READ | PATH_WRITE } },
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_STREAM CALLS_TLS
                 CALLS_READ_FILES CALLS_SQLITE CALLS_SECRETS,
        .fds = { FD_CHANNEL_SUPERVISOR },
        .limits = {
                .memory = 256 * MIB,
                .files = 4096,          /* one per connection; the listening side is the edge's */
                .file_size = 64 * GIB,  /* the database; the place may say less */
                .processes = 0,
                .locked = 1 * MIB,
        },
};
