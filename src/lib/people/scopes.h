/*
 * scopes.h -- what a bearer token may be good for: the words, their bits, and which roles can use them.
 *
 * A scope takes away from what the person may do and never adds to it: what a role cannot do, no token of
 * that person can, whatever its scopes say.
 *
 * Trust:  words come from forms, programs and the command line; one that is not here is refused.
 * Owns:   nothing; all texts are static.
 * Linked by the portal and its jobs.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/people.h"

/* Bits of store_api_token.scopes: a bit keeps its meaning for ever. */
enum scope {
        SCOPE_CONTENT_READ = 1 << 0,
        SCOPE_PROJECTS_READ = 1 << 1,
        SCOPE_PEOPLE_READ = 1 << 2,
        SCOPE_PEOPLE_WRITE = 1 << 3,
        SCOPE_LOG_READ = 1 << 4,
        SCOPE_SETTINGS_READ = 1 << 5,
        SCOPE_SETTINGS_WRITE = 1 << 6,
};
enum { SCOPE_NONE = 0, SCOPES = 7 };

/* The i-th of SCOPES. */
enum scope scope_at(size_t i);
const char *scope_name(enum scope scope);               /* "content.read"; NULL: no such bit */
const char *scope_sentence(enum scope scope);           /* what it allows */

/* The set of scopes that a person of this role can use. */
uint32_t scopes_of_role(enum person_role role);

/*
 * Words with one blank between them (RFC 6749, 3.3), each at most once. ERR_INVALID names a word that is no
 * scope, or that this role cannot use.
 */
NODISCARD int scopes_parse(struct str words, enum person_role role, uint32_t *out, struct err *err);
struct str scopes_words(uint32_t scopes, struct arena *arena);
