/*
 * stack.h -- the open elements of a writer, and which of them must close before another may open.
 *
 * The rules are those of the browser's tree builder (WHATWG HTML 13.2.6), turned round: an element
 * is written only where the tree builder will leave it. So the output needs no repair, and markup
 * that browsers repair in surprising ways (mutation XSS) cannot be written at all.
 *
 * Trust:  called for foreign markup as well as for generated.
 * Owns:   the writer's state.
 * Private to html.
 */
#pragma once

#include "base/map.h"
#include "html/policy.h"
#include "html/writer.h"

struct open_element {
        enum html_tag tag;
        bool generated;
        size_t id;                      /* what html_writer_open() returned */
};

struct html_writer {
        struct arena *arena;
        struct html_writer_options options;
        struct buf *out;
        struct map *ids;
        size_t depth;
        struct open_element stack[HTML_DEPTH_MAX];
        unsigned short count[HTML_TAG_COUNT];   /* how many of each are open */
        size_t last_id;
        bool tag_open;                  /* "<name" is written, its '>' is not */
        bool pre_fresh;                 /* nothing yet within the pre just opened */
        bool too_deep;

        /* While something is dropped with its content: */
        bool dropping;
        bool drop_raw;
        struct str drop_name;           /* in arena */
        unsigned drop_nested;
        size_t drop_depth;              /* depth of the stack where it began */

        struct html_removed *removed;
        struct html_removed **removed_end;
        unsigned nremoved;

        bool has_picture;               /* the image just opened has a size */
        unsigned picture_width, picture_height;

        struct buf decoded;             /* scratch of raw.c */
        struct buf classes;
};

/* Write what is missing of a start tag. */
void stack_settle(struct html_writer *w);

/* Open the element; false when it may not stand here. Void elements are not left on the stack. */
bool stack_open(struct html_writer *w, enum html_tag tag, bool generated);

/* Make sure that text can be written: inside a table's structure that takes a cell. */
void stack_enter_flow(struct html_writer *w);

/* Close what a foreign end tag closes, if it may. */
void stack_end_tag(struct html_writer *w, enum html_tag tag);

/* Close all elements from this depth on. */
void stack_close_to(struct html_writer *w, size_t depth);

/* Whether text standing here would be between the cells of a table. */
bool stack_between_cells(const struct html_writer *w);

/* An attribute of the open tag whose value is an address that has been checked. */
void write_url_attr(struct html_writer *w, const char *name, struct str url);

/* List something that was taken away. */
void removed_add(struct html_writer *w, const char *what, struct str detail);
