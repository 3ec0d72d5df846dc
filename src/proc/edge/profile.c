/*
 * profile.c -- everything the edge may touch: sockets it is given, and nothing on any disk.
 */
#include "../profiles.h"

const struct profile edge_profile = {
        .process = PEER_EDGE,
        .layers = LAYERS_ALL,
        .root = ROOT_EMPTY,
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_ACCEPT CALLS_PASS_FD,
        .fds = { FD_CHANNEL_SUPERVISOR },
        .limits = { .memory = 256 * MIB, .files = 65536 },
};
