/*
 * context.h -- where in an HTML document a template is, as far as escaping cares.
 *
 * A small state machine reads the literal text of a template and knows at every byte whether a
 * browser would be in element content, a tag, a quoted value or a title. It refuses what the site's
 * content security policy would refuse at run time (inline scripts and styles, event attributes) and
 * what cannot be escaped safely (unquoted values), so neither can be built.
 *
 * Trust:    templates are ours, but written in a hurry; every doubt is an error with a line number.
 * Owns:     nothing.
 * Linked by tplc only. Needs libc.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum context_place {
        CONTEXT_TEXT,           /* element content; inside names a title, textarea or script */
        CONTEXT_TAG_OPEN,       /* after "<" */
        CONTEXT_DECLARATION,    /* inside <!doctype ...> */
        CONTEXT_TAG_NAME,
        CONTEXT_END_TAG,        /* after "</" */
        CONTEXT_BEFORE_ATTR,
        CONTEXT_ATTR_NAME,
        CONTEXT_BEFORE_VALUE,   /* after "=" */
        CONTEXT_VALUE,          /* between double quotes */
        CONTEXT_AFTER_VALUE,    /* a space, "/" or ">" must follow */
        CONTEXT_SELF_CLOSE,     /* after "/" */
};

enum { CONTEXT_NAME_MAX = 32 };

struct context {
        enum context_place place;
        char tag[CONTEXT_NAME_MAX];
        char attr[CONTEXT_NAME_MAX];
        char inside[CONTEXT_NAME_MAX];  /* title, textarea or script, until its end tag */
        char value_first;               /* first byte of the value; 0: none yet, or an expression */
        bool value_begun;
};

enum context_expr {
        CONTEXT_EXPR_TEXT,              /* {{ e }} */
        CONTEXT_EXPR_URL,               /* {{u e }} */
        CONTEXT_EXPR_NUMBER,            /* {{d e }} */
        CONTEXT_EXPR_HTML,              /* {{{ e }}} */
};

/* Each returns NULL, or one sentence that says what is wrong and what to write instead. */
const char *context_feed(struct context *ctx, char c);
const char *context_expression(struct context *ctx, enum context_expr kind);
const char *context_code(struct context *ctx);

bool context_same(const struct context *a, const struct context *b);
bool context_is_text(const struct context *ctx);        /* plain element content */
