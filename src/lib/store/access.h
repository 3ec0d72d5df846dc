/*
 * access.h -- the one function that decides who may read a publication.
 *
 * Every exit asks it: page, raw source, file, home list, sitemap, first page, redirect. What is
 * refused must look exactly like what is missing, so callers turn a refusal into ERR_NOT_FOUND.
 *
 * A reader says who asks; what they are allowed is never taken from it. Each lookup brings, in the
 * same statement as the publication, the reader's standing as the database has it at that moment:
 * an account that was disabled, has expired or lost its grant reads nothing more, whatever its
 * request still believes.
 *
 * Linked by the portal and its jobs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum store_visibility {
        STORE_PUBLIC = 0,               /* anyone */
        STORE_RESTRICTED = 1,           /* named readers, members of named groups, authors */
        STORE_PRIVATE = 2,              /* authors: administrators, writers, reviewers */
};

/* What the database knows of a reader in relation to one publication. */
enum store_standing {
        STANDING_NONE = 0,              /* nobody, or nobody who may log in, or without a grant */
        STANDING_NAMED = 1,             /* named, in a named group, or with a live share link */
        STANDING_AUTHOR = 2,
};

struct store_publication {
        int64_t id;
        enum store_visibility visibility;
        enum store_standing standing;   /* of the reader it was looked up for */
};

enum reader_kind {
        READER_ANONYMOUS = 0,
        READER_PERSON = 1, /* has a session or an API token */
        READER_SHARE = 2,  /* no account; came by a share link whose MAC was verified */
};

struct reader {
        enum reader_kind kind;
        int64_t person;                 /* READER_PERSON: the account's number */
        int64_t share;                  /* a share link's number, or 0; a person may have one too */
        int64_t now;                    /* Unix seconds; not 0 unless anonymous */
};

/* The reader without a session. */
extern const struct reader reader_anonymous;

/* publication: as looked up for this very reader. */
bool may_read(const struct store_publication *publication, const struct reader *reader);

/* "public", "restricted", "private"; the fixed words of the command line and the database. */
const char *store_visibility_name(enum store_visibility visibility);
NODISCARD int store_visibility_parse(struct str word, enum store_visibility *out, struct err *err);
