/*
 * tokens.h -- the pages on which a person sees, makes and revokes the tokens of programs.
 *
 * Trust:  every string is text and is escaped by the template; nothing goes in raw.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. The functions are compiled from tokens.html.t by tools/tplc.
 *
 * As the pages of account.h they belong to one visitor; one of them holds a token.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "page/page.h"

enum { PAGE_TOKEN_SCOPES = 8 };

struct page_token {
        struct str id;                  /* a number */
        struct str name;
        struct str scopes[PAGE_TOKEN_SCOPES];   /* "content.read"; what is empty is none */
        int64_t last_day;               /* its first second, UTC */
        int64_t used;                   /* a day's first second, or 0 */
        bool ended;
};

/* GET /account/tokens. POST /account/tokens/revoke: csrf, id. */
struct page_tokens {
        struct page_site site;
        struct str csrf;
        const struct page_token *tokens;
        size_t ntokens;
        struct str made;                /* a token that was just made: shown this once; or empty */
        bool revoked;                   /* one has just been */
};

struct page_token_scope {
        struct str scope;               /* also the name of its field, whose value is "1" */
        bool chosen;
};

/* POST /account/tokens/new: csrf, name, expires (YYYY-MM-DD), a field for each scope that is chosen. */
struct page_token_form {
        struct page_site site;
        struct str csrf;
        struct str name;
        struct str expires;
        struct str first_day;           /* of those that may be chosen */
        struct str last_day;
        const struct page_token_scope *scopes;
        size_t nscopes;
        struct str error;               /* English sentence, or empty */
};

void page_render_tokens(struct buf *out, const struct page_tokens *page);
void page_render_token_form(struct buf *out, const struct page_token_form *page);
