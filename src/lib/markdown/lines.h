/*
 * lines.h -- a Markdown source line by line, for the passes before md4c: which lines are code.
 *
 * Knows fences, also within list items and quotes, and the raw HTML blocks that run over blank
 * lines. Lines indented by four are the caller's to leave alone.
 *
 * Trust:  the source is hostile.
 * Owns:   nothing.
 * Private to markdown.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { LINES_CODE_INDENT = 4 };

/* Zero is the start of a document. */
struct lines {
        char fence;                     /* '`' or '~' within a fenced block, else 0 */
        size_t fence_length;
        size_t fence_column;            /* where its list item's content starts */
        bool fence_quoted;
        const char *html_end;           /* what ends the raw block, or NULL */
};

/* The first line of rest, with its newline. */
struct str lines_peek(struct str rest);

/* Take the next line of the document in: true when it belongs to a code or raw HTML block. */
bool lines_take(struct lines *lines, struct str line);

bool lines_blank(struct str line);

/* Columns of white space in front, tabs to multiples of four; *bytes is how many bytes that is. */
size_t lines_indent(struct str line, size_t *bytes);

/* Bytes of a list marker or a quote mark at the start, with one space behind it; 0: none. */
size_t lines_container(struct str line);

static inline struct str lines_skip(struct str s, size_t n)
{
        return str_make(s.p + n, s.n - n);
}
