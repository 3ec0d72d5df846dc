/*
 * standing.h -- private to store/: a reader's standing, as part of the statement that finds a page.
 *
 * STANDING is an expression about the publication under the name p; it is an enum store_standing.
 * Its parameters are $1 to $3, so it must stand before all others of its statement, and
 * READER_ARGS() first in its values. Every part is one step through an index.
 */
#pragma once

#include "store/access.h"
#include "store/sql.h"

#define STANDING                                                                                   \
        "coalesce((SELECT CASE WHEN u.role IN (0, 1, 2) THEN 2"                                    \
        " WHEN EXISTS (SELECT 1 FROM publication_access a"                                         \
        " WHERE a.publication = p.id AND a.person = u.id) THEN 1"                                  \
        " WHEN EXISTS (SELECT 1 FROM group_member m JOIN publication_access a"                     \
        " ON a.publication = p.id AND a.access_group = m.access_group"                             \
        " WHERE m.person = u.id) THEN 1 END"                                                       \
        " FROM person u WHERE u.id = $1 AND u.state = 1"                                           \
        " AND (u.expires = 0 OR u.expires > $2)),"                                                 \
        " (SELECT 1 FROM share_link l WHERE l.id = $3 AND l.publication = p.id"                    \
        " AND l.revoked = 0 AND l.expires > $2), 0)"

/* Checks the reader; ids that its kind does not have are 0, which is nobody's. */
struct reader reader_checked(const struct reader *reader);

#define READER_ARGS(r) V_INT((r).person), V_INT((r).now), V_INT((r).share)
