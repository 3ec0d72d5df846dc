/*
 * profile.c -- the zygote confines others, so it keeps what that takes, and nothing that reads or talks.
 */
#include "../profiles.h"

const struct profile zygote_profile = {
        .process = PEER_ZYGOTE,
        .layers = LAYERS_PARENT,
        .root = ROOT_KEEP,
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_CONFINE CALLS_SPAWN,
        .children = { &portal_profile, &job_profile },
        .capabilities = CAPS_PARENT,
        .fds = { FD_CHANNEL_SUPERVISOR },
        .limits = { .memory = 1 * GIB, .files = 65536, .file_size = 64 * GIB, .processes = 65536,
                    .locked = 1 * MIB },
};
