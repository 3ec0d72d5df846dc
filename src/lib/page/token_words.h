/*
 * token_words.h -- the words of the pages about API tokens, in the reader's language.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. A portal whose language is not here gets English, as in words.h.
 */
#pragma once

#include <stddef.h>

#include "base/str.h"

struct token_words {
        struct str lang;                /* primary subtag, "de" */

        struct str title;
        struct str lead;
        struct str none;
        struct str make;                /* the link to the form, its title and its button */
        struct str name;
        struct str name_hint;
        struct str scopes;
        struct str expires;
        struct str expires_hint;
        struct str made;
        struct str token;
        struct str revoke;
        struct str revoked;
        struct str works_until;         /* before a day */
        struct str ended;               /* before a day */
        struct str used;                /* before a day */
        struct str unused;
        struct str back;
        struct str content_read;
        struct str projects_read;
        struct str people_read;
        struct str people_write;
        struct str log_read;
        struct str settings_read;
        struct str settings_write;
};

extern const struct token_words *const token_words_tables[];            /* as words_tables */
extern const size_t token_words_ntables;

/* The table of a BCP 47 tag; English when there is none. Never NULL. */
const struct token_words *token_words_for(struct str lang);

/* What a scope ("content.read") allows; the scope's own name when the table has no words for it. */
struct str token_words_scope(const struct token_words *t, struct str scope);
