/*
 * profile.c -- everything the registry may touch: its own folder and the control socket it is given.
 */
#include "../profiles.h"

const struct profile registry_profile = {
        .process = PEER_REGISTRY,
        .layers = LAYERS_ALL,
        .root = ROOT_FOLDER,
        .paths = { { ".", PATH_READ | PATH_WRITE } },
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_PASS_FD CALLS_ACCEPT
                 CALLS_READ_FILES CALLS_WRITE_FILES CALLS_SQLITE CALLS_SECRETS,
        .fds = { FD_CHANNEL_SUPERVISOR },
        .limits = { .memory = 512 * MIB, .files = 4096, .file_size = 4 * GIB, .locked = 1 * MIB },
};
