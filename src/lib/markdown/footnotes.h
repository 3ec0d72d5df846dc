/*
 * footnotes.h -- footnotes, which md4c does not know: found and taken out before it parses.
 *
 * A definition is `[^label]: text` at the start of a line outside code, with further lines indented
 * by four spaces (or a tab), or following without a blank line. Only at the top level, not in lists
 * or quotes.
 *
 * Trust:  the source is hostile.
 * Owns:   nothing; everything is in the caller's arena.
 * Private to markdown.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"

enum { FOOTNOTES_MAX = 1000, FOOTNOTE_LABEL_MAX = 64 };

struct footnote {
        struct str label;
        struct str body;                /* Markdown, indentation taken off */
        size_t number;                  /* from 1 in the order of references; 0: not referred to */
        size_t references;
};

struct footnotes {
        struct footnote *notes;         /* in source order */
        size_t count;
        struct map *by_label;           /* the caller frees it */
        struct str link_definitions;    /* of the document, for the notes to use */
};

/*
 * Append source without its definitions to rest, and the definitions to notes. Of two with one
 * label the first counts; those past FOOTNOTES_MAX stay text.
 */
void footnotes_collect(struct arena *arena, struct str source, struct buf *rest,
                       struct footnotes *notes);

/* The note whose reference `[^label]` starts at text, or NULL; *length is the reference's. */
struct footnote *footnotes_at(const struct footnotes *notes, struct str text, size_t *length);
