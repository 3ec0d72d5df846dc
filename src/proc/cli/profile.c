/*
 * profile.c -- what a command may still do when it hears the host's answer. `serve` and `demo` start
 * programs and talk to nobody but the host they start: `serve` reads signals and exit codes only.
 */
#include "proc/cli/confine.h"

const struct profile cli_profile = {
        .process = PEER_CLI,
        .user = NULL,                   /* whoever runs it */
        .layers = LAYER_BIT(LAYER_CAPABILITIES) | LAYER_BIT(LAYER_FLAGS) | LAYER_BIT(LAYER_LIMITS) |
                  LAYER_BIT(LAYER_LANDLOCK) | LAYER_BIT(LAYER_SECCOMP),
        .root = ROOT_KEEP,
        .paths = { { NULL, 0 } },       /* no file by name */
        .calls = CALLS_BASE CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_PASS_FD "wait4 ",
        .fds = { 0 },                   /* the connection and an archive: known at run time */
        .limits = {
                .memory = 512 * MIB,    /* an answer of 8 MiB as a tree of values, and printed */
                .files = 65536,         /* also bounds what all of the user's processes have in flight */
                .file_size = 256 * MIB, /* standard output may be a file */
                .processes = 0,
                .locked = 0,
        },
};

/* The same, where the command writes a file of a backup's size, or opens one with keys in locked pages. */
const struct profile cli_writer_profile = {
        .process = PEER_CLI,
        .user = NULL,                   /* whoever runs it */
        .layers = LAYER_BIT(LAYER_CAPABILITIES) | LAYER_BIT(LAYER_FLAGS) | LAYER_BIT(LAYER_LIMITS) |
                  LAYER_BIT(LAYER_LANDLOCK) | LAYER_BIT(LAYER_SECCOMP),
        .root = ROOT_KEEP,
        .paths = { { NULL, 0 } },       /* no file by name */
        .calls = CALLS_BASE CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_PASS_FD CALLS_SECRETS "wait4 ",
        .fds = { 0 },
        .limits = {
                .memory = 512 * MIB,    /* an answer of 8 MiB as a tree of values, and printed */
                .files = 65536,         /* also bounds what all of the user's processes have in flight */
                .file_size = 128 * GIB, /* a backup, or the database in it */
                .processes = 0,
                .locked = 1 * MIB,
        },
};
