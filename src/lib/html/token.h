/*
 * token.h -- markup into tags and text, as WHATWG HTML 13.2.5 splits it.
 *
 * Linear in the input, without allocation: every token is a slice of it. A tag or comment that does
 * not end swallows the rest, as in a browser.
 *
 * Trust:  the markup is hostile; html_clean() has been over it.
 * Owns:   nothing.
 * Private to html.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum html_token_kind { TOKEN_TEXT, TOKEN_START, TOKEN_END };

/* More attributes than that on one tag are skipped: no element has a use for them. */
enum { TOKEN_ATTRS_MAX = 64 };

struct html_token_attr {
        struct str name;                /* in the source's case */
        struct str value;               /* references not decoded */
};

struct html_token {
        enum html_token_kind kind;
        struct str text;                /* of TOKEN_TEXT, references not decoded */
        struct str name;                /* of a tag, in the source's case */
        size_t nattrs;                  /* of TOKEN_START */
        struct html_token_attr attrs[TOKEN_ATTRS_MAX];
};

/* Take the next token from *rest; false at the end. Comments and doctypes are stepped over. */
bool token_next(struct str *rest, struct html_token *out);

/* Move *rest to the end tag of this name (13.2.5.12, RCDATA and RAWTEXT), or to the end. */
void token_skip_raw(struct str *rest, struct str name);
