/*
 * access.h -- the one function that decides who may read a publication.
 *
 * Every exit asks it: page, raw source, file, home list, sitemap, first page, redirect. What is
 * refused must look exactly like what is missing, so callers turn a refusal into ERR_NOT_FOUND.
 *
 * Linked by the portal and its jobs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum store_visibility {
        STORE_PUBLIC = 0,               /* anyone */
        STORE_RESTRICTED = 1,           /* named readers */
        STORE_PRIVATE = 2,              /* authors */
};

struct store_publication {
        int64_t id;
        enum store_visibility visibility;
};

enum reader_kind {
        READER_ANONYMOUS = 0,
};

struct reader {
        enum reader_kind kind;
};

/* The reader without a session. */
extern const struct reader reader_anonymous;

bool may_read(const struct store_publication *publication, const struct reader *reader);

/* "public", "restricted", "private"; the fixed words of the command line and the database. */
const char *store_visibility_name(enum store_visibility visibility);
