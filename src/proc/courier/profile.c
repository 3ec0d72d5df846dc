/*
 * profile.c -- everything the courier may touch: its spool, and the network. It is the only process with
 * one, so it has nothing else: no container, no key of a portal, no file but its letters.
 *
 * What it needs from the machine (certificates it trusts, name servers, the password of the mail account)
 * is read before it is confined.
 */
#include "../profiles.h"

const struct profile courier_profile = {
        .process = PEER_COURIER,
        .layers = LAYERS_ALL & ~LAYER_BIT(LAYER_NET_NS),
        .root = ROOT_FOLDER,
        .paths = { { ".", PATH_READ | PATH_WRITE } },
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_CONNECT CALLS_TLS
                 CALLS_READ_FILES CALLS_WRITE_FILES CALLS_SECRETS,
        .connects = true,
        .fds = { FD_CHANNEL_SUPERVISOR },
        .limits = { .memory = 256 * MIB, .files = 16384, .file_size = 1 * MIB, .locked = 1 * MIB },
};
