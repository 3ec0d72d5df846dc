/*
 * lines.h -- private to exchange/: a text as lines that remember where they came from, and which of
 * them are code.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct line {
        struct str text;                /* without its end */
        unsigned number; /* in the file it stands in; included lines have the directive's */
};

struct lines {
        struct line *v;
        size_t n, cap;
        struct arena *arena;
};

/* CR LF and LF end a line. ERR_LIMIT past max lines. */
NODISCARD int lines_split(struct arena *arena, struct str text, unsigned first, size_t max,
                          struct lines *out, struct err *err);
void lines_add(struct lines *lines, struct str text, unsigned number);
void lines_add_from(struct lines *lines, const struct line *line);
void lines_join(const struct lines *lines, struct buf *out);    /* each ended by LF */

/* Inside what a renderer shows as it stands: a fenced block or an HTML comment. */
struct fence {
        char mark;                      /* '`' or '~'; '!' in a comment; 0 outside */
        size_t length;
        size_t quotes;                  /* '>' in front of it */
        struct str info;                /* what follows the opening fence */
};

/* Feed each line in order; whether it is part of such a block, its first and last line included. */
bool fence_step(struct fence *fence, struct str line);

size_t line_indent(struct str line);            /* leading spaces, a tab counting to the next 4 */
bool line_is_blank(struct str line);
struct str line_dedent(struct arena *arena, struct str line, size_t columns);

/* Whether the text begins a list item ("- ", "* ", "+ ", "1. ", "1) "); *content is after it. */
bool line_list_item(struct str trimmed, struct str *content);

/* How many bytes of text, from the start, are well-formed UTF-8 without NUL. */
size_t utf8_good_bytes(struct str text);
