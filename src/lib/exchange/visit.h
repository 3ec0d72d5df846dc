/*
 * visit.h -- the one way an archive is read: every entry in its order, held against every rule.
 *
 * Trust:  the archive is hostile. What a visitor is told has a name that cannot leave the archive,
 *         is a file or a folder, and stays within the limits and in proportion to the archive.
 *         That a name comes twice is the visitor's to refuse.
 * Owns:   nothing. Linked by the portal's jobs. Needs libarchive (inside this folder only).
 */
#pragma once

#include "exchange/exchange.h"

struct archive_visitor {
        /* An entry; what follows are its bytes and end(), unless it is a folder. */
        int (*begin)(void *ctx, struct str path, bool folder, struct err *err);
        int (*data)(void *ctx, const void *p, size_t n, struct err *err);
        int (*end)(void *ctx, struct err *err);
};

/*
 * From the start of the file behind fd, or what is left of a stream. What the visitor fails with ends
 * it. Of limits, entries, total and file are looked at. Fails otherwise like exchange_read().
 */
NODISCARD int archive_visit(int fd, const struct exchange_limits *limits,
                            const struct archive_visitor *visitor, void *ctx, struct err *err);

/* Whether an archive may hold such a name: path_check() for those who write one. */
bool archive_name_is_good(struct str name);
