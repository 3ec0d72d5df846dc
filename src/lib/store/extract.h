/*
 * extract.h -- the rows a client takes along, with names for their columns: what an export writes as
 * JSON.
 *
 * What is listed here is all that is given. No column of it holds a secret or the hash of one.
 *
 * Owns:   nothing; cells are borrowed during the call.
 * Linked by the portal's jobs.
 */
#pragma once

#include "store/sql.h"
#include "store/store.h"

enum store_extract {
        EXTRACT_PROJECTS,
        EXTRACT_TOPICS,                 /* of the project with this number; so are the next five */
        EXTRACT_REVISIONS,
        EXTRACT_CONTENTS,
        EXTRACT_FILES,
        EXTRACT_PROJECT_REDIRECTS,
        EXTRACT_PUBLICATIONS,           /* of a project, or of all: 0 */
        EXTRACT_PAGES,                  /* of the publication with this number; so are the next three */
        EXTRACT_PAGE_CONTENTS,
        EXTRACT_PAGE_FILES,
        EXTRACT_REDIRECTS,
        EXTRACT_SITE,                   /* from here on the number is not looked at */
        EXTRACT_SETTINGS,
        EXTRACT_PEOPLE,
        EXTRACT_GROUPS,
        EXTRACT_MEMBERS,
        EXTRACT_GRANTS,
        EXTRACT_SHARE_LINKS,
        EXTRACT_AUDIT,
        EXTRACT_COUNT,
};

struct store_cell {
        const char *name;
        struct sql_value value;         /* a blob is a digest, as a rule: show it in hexadecimal */
};

typedef int store_extract_fn(void *ctx, const struct store_cell *cells, size_t n, struct err *err);

/* Each row in order. What fn fails with ends it. fn must not extract the same again meanwhile. */
NODISCARD int store_extract(struct store *store, enum store_extract what, int64_t of,
                            store_extract_fn *fn, void *ctx, struct err *err);
