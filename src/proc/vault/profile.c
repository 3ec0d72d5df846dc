/*
 * profile.c -- everything the vault may touch: its own folder with keys and backups, and the pipes
 * it makes.
 */
#include "../profiles.h"

const struct profile vault_profile = {
        .process = PEER_VAULT,
        .layers = LAYERS_ALL,
        .root = ROOT_FOLDER,
        .paths = { { ".", PATH_READ | PATH_WRITE } },
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_RECEIVE_FD CALLS_PASS_FD CALLS_READ_FILES
                 CALLS_WRITE_FILES CALLS_SECRETS "pipe2 ",
        .fds = { FD_CHANNEL_SUPERVISOR },
        .limits = { .memory = 512 * MIB, .files = 256, .file_size = 128 * GIB, .locked = 16 * MIB },
};
