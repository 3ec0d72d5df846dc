/*
 * profile.c -- the supervisor confines and starts all others, opens the listening sockets, and makes and
 * removes container folders. It reads no byte from outside, and keeps what that takes.
 */
#include "../profiles.h"

const struct profile supervisor_profile = {
        .process = PEER_SUPERVISOR,
        .layers = LAYERS_PARENT,
        .root = ROOT_KEEP,
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_PASS_FD CALLS_CONFINE
                 CALLS_SPAWN CALLS_EXECUTE CALLS_READ_FILES CALLS_WRITE_FILES
                 "socket bind listen connect setsockopt flock fchown fchmod fchmodat readlink "
                 "getppid setitimer ",
        .children = { &zygote_profile, &edge_profile, &registry_profile, &courier_profile, &vault_profile },
        .capabilities = CAPS_PARENT | CAPS_LISTEN,
        .fds = { FD_CHANNEL_SUPERVISOR },       /* here: the pipe from the keeper */
        .limits = { .memory = 1 * GIB, .files = 65536, .file_size = 128 * GIB, .processes = 65536,
                    .locked = 1 * MIB },
};
