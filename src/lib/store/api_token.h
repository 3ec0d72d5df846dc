/*
 * api_token.h -- bearer tokens: what a person lets a program do in their name, until a day.
 *
 * A token never allows more than its person's role does; the scopes say less. Which bit is which scope
 * stands in people/scopes.h. Changing a password leaves tokens alone (they are no logins); disabling or
 * deleting the person, or giving them another role, stops them at once. Functions that change something
 * run inside store_begin() and store_commit(); touching may be committed quietly.
 *
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "crypto/digest.h"
#include "store/people.h"

enum {
        API_TOKENS_MAX = 50,            /* per person */
        API_TOKEN_NAME_MAX = 100,
        API_TOKEN_DAYS_MAX = 366,
        API_SCOPES = 32,                /* bits */
};

struct store_api_token {
        int64_t id;
        int64_t person;
        struct str name;
        uint32_t scopes;
        int64_t created;
        int64_t expires;
        int64_t used_day;               /* days since 1970; 0: never */
        struct str person_name;
        enum person_role role;          /* the person's, now */
};

/* name, person, scopes (one at least) and expires are looked at. */
NODISCARD int store_api_token_add(struct store *store, const struct digest *token,
                                  const struct store_api_token *row, int64_t now, int64_t *out_id,
                                  struct err *err);
/* ERR_NOT_FOUND for all that is missing, over, or of somebody who may not log in, alike. */
NODISCARD int store_api_token_find(struct store *store, const struct digest *token, int64_t now,
                                   struct arena *arena, struct store_api_token *out,
                                   struct err *err);
static inline bool store_api_token_is_due(const struct store_api_token *token, int64_t now)
{
        return now / 86400 > token->used_day;
}
/* Used today. Only the day is kept: when someone worked is nobody's business. */
NODISCARD int store_api_token_touch(struct store *store, int64_t id, int64_t now, struct err *err);
NODISCARD int store_api_token_list(struct store *store, int64_t person, struct arena *arena,
                                   struct store_api_token **out, size_t *out_n, struct err *err);
/* ERR_NOT_FOUND: this person has no such token. */
NODISCARD int store_api_token_revoke(struct store *store, int64_t person, int64_t id,
                                     struct err *err);
