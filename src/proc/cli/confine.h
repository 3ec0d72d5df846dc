/*
 * confine.h -- the command line behind walls of its own once it is connected.
 *
 * Whoever runs a command is often root, and what comes back quotes clients. After this call the process
 * can read and write the descriptors it holds and wait for its child; it can open nothing.
 *
 * Linked by the command line only.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "sandbox/profile.h"

extern const struct profile cli_profile, cli_writer_profile;

/*
 * For the rest of the process's life. fds stay open besides 0, 1 and 2.
 * Fails closed: the caller says why and ends.
 */
NODISCARD int confine_client(const int *fds, size_t nfds, struct err *err);
/* The same for a command that writes a large file itself, or opens one with a key. */
NODISCARD int confine_writer(const int *fds, size_t nfds, struct err *err);
