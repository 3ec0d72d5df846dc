/*
 * pack.h -- a folder as a tar stream, for the command line to send to a portal.
 *
 * Trust:  the folder is the caller's own; still, nothing is followed out of it: every component is
 *         opened without following links.
 * Owns:   nothing. Linked by the command line. Needs libarchive (inside this folder only).
 */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "exchange/exchange.h"

/* Called for each thing left out: a symbolic link, a device. */
typedef void pack_skipped_fn(void *ctx, struct str path, const char *why);

/*
 * Write what is below folder to fd as a pax tar stream and its end. Dot files, node_modules and
 * __pycache__ are left out silently. Blocks while fd does.
 *
 * Fails: ERR_LIMIT  the folder is larger than limits
 *        ERR_GONE   the reader has closed; ERR_IO and others from the file system
 */
NODISCARD int pack_folder(const char *folder, int fd, const struct exchange_limits *limits,
                          pack_skipped_fn *skipped, void *ctx, struct err *err);
