/*
 * readable.h -- private to store/: the one way from a reader to a publication's rows.
 */
#pragma once

#include "base/arena.h"
#include "store/access.h"
#include "store/sql.h"
#include "store/standing.h"

/* How each statement of a reader's request begins; its own columns are numbered from OWN. */
#define READABLE "SELECT " STANDING ", p.id, p.visibility, "
enum { READABLE_ID = 1, OWN = 3 };

/*
 * Start the statement ($4 is the publication's slug, $5 the key, if it has one) and step to its one
 * row. ERR_NOT_FOUND when there is none or may_read() says no.
 */
NODISCARD int find_readable(struct store *store, const char *text, const struct reader *reader,
                            struct str publication, const struct str *key,
                            enum store_visibility *out_visibility, struct query **q, struct err *err);
