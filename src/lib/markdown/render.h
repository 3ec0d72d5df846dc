/*
 * render.h -- md4c's callbacks into an HTML writer.
 *
 * md4c tells of blocks, spans and texts; each enter pushes a frame with the element it opened, each
 * leave closes that. What cannot be known when md4c tells of it waits: a quote until its first text
 * shows that it is no callout, a heading's last text until it is known to be the last, raw HTML
 * until it is whole.
 *
 * Trust:  everything md4c hands over is hostile text.
 * Owns:   its buffers; render_free() it.
 * Private to markdown; the only part of the program that knows md4c.
 */
#pragma once

#include <md4c.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "html/writer.h"
#include "markdown/footnotes.h"
#include "markdown/markdown.h"

enum {
        /*
         * md4c's blocks and spans; each opens three elements at most, and those have their own
         * limit.
         */
        RENDER_FRAMES_MAX = 1024,
        RENDER_STOP = 1,                /* a callback's answer to md4c: no more */
        FRAME_SPAN = 64,
};

/* A block or span that md4c has entered. */
struct frame {
        size_t element;                 /* what it opened, or 0 */
        int kind;                       /* MD_BLOCKTYPE, or FRAME_SPAN + MD_SPANTYPE */
};

struct render {
        struct arena *arena;
        const struct markdown_options *options;
        struct html_writer *w;
        bool plain;

        struct str source;              /* what md4c reads just now */
        struct frame frames[RENDER_FRAMES_MAX];
        size_t nframes;
        unsigned mute;                  /* depth within blocks that are not to be shown */

        struct buf raw;                 /* foreign markup still to come in more pieces */
        struct buf scratch;             /* a decoded attribute */

        /* Quotes that have been entered and not written, and the first one's frame. */
        size_t quotes;
        bool quote_paragraph;           /* and a paragraph within them */
        bool callout_break;             /* a callout's label has been read, its line not ended */

        unsigned links;                 /* depth within links */
        unsigned images;                /* depth within images, whose text is an attribute */
        struct buf alt;
        struct str image_src;
        struct str image_title;

        bool heading;
        bool heading_dropped;
        bool title_known;
        unsigned level;
        size_t heading_mark;
        struct buf heading_text;
        struct str held;                /* a heading's text that may be its attributes */
        struct str title;
        struct markdown_heading *headings;
        size_t nheadings;
        size_t headings_cap;
        struct map *repeats;            /* id to how often it was wanted again */

        size_t cell_mark;               /* of the header cell that is open */
        unsigned regions[2];            /* how many code blocks and tables there were */

        struct footnotes notes;
        struct footnote **order;        /* by number */
        size_t nnotes;
        bool notes_written;             /* the notes themselves are being rendered */
        size_t note_first, note_end;    /* the batch */
        size_t note;                    /* index of the current one + 1 */
        size_t note_paragraph;          /* its last paragraph, still open, or 0 */
        unsigned note_blocks;           /* depth of blocks */
        bool note_list;                 /* the batch's list has begun */
};

/* One run of md4c over source. ERR_LIMIT as markdown_render(). */
NODISCARD int render_parse(struct render *r, struct str source, struct err *err);

/* The default where the caller has no word of its own. */
struct str render_label(struct str own, const char *english);

/* pattern with "%s" replaced, in arena. */
struct str render_pattern(struct render *r, struct str pattern, struct str value);

/* Write all that waits. Every callback but those that add to it begins so. */
void render_flush(struct render *r);

/* An attribute value of md4c's, decoded; valid until the next call. */
struct str render_attribute(struct render *r, const MD_ATTRIBUTE *attribute);

/* A frame for what an enter callback opened. */
NODISCARD int render_push(struct render *r, int kind, size_t element);

/* quotes.c: false when the block is none of its business. */
bool quote_enter(struct render *r, MD_BLOCKTYPE type);
bool quote_text(struct render *r, struct str text);
bool quote_break(struct render *r);
void quote_flush(struct render *r);

/* heading.c */
size_t heading_enter(struct render *r, unsigned level);
void heading_leave(struct render *r, size_t element);
bool heading_hold(struct render *r, struct str text);   /* true: it was held */
void heading_release(struct render *r);

/* inline.c: the callbacks for spans and text. */
int inline_enter(MD_SPANTYPE type, void *detail, void *ctx);
int inline_leave(MD_SPANTYPE type, void *detail, void *ctx);
int inline_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx);

/* Leave the spans that a block's end finds open. */
void inline_leave_all(struct render *r);

/* endnotes.c */
void endnotes_reference(struct render *r, struct footnote *note);
NODISCARD int endnotes_render(struct render *r, struct err *err);
size_t endnotes_enter(struct render *r, MD_BLOCKTYPE type, bool *handled);
bool endnotes_leave(struct render *r, MD_BLOCKTYPE type, size_t element);
void endnotes_settle(struct render *r);
