/*
 * waiting.h -- what waits for a next step: a row of the database, named by a cookie of its own.
 *
 * Trust:  the cookie is a stranger's until its digest has been found.
 * Owns:   results live in the exchange's arena.
 * Used inside src/proc/portal/login only.
 */
#pragma once

#include "proc/portal/identity.h"

/* Inside a transaction: the row, and the cookie to set for it. ERR_DENIED: the person may not log in. */
NODISCARD int waiting_begin(struct portal *portal, struct http_exchange *x,
                            const struct store_pending *pending, const char *cookie,
                            struct http_header *out_cookie, struct err *err);

/* False: there is none, or it is over. */
bool waiting_find(struct portal *portal, struct http_exchange *x, const char *cookie,
                  enum pending_kind kind, struct store_pending *out);
