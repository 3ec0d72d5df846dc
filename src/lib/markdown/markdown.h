/*
 * markdown.h -- CommonMark and the GFM extensions, rendered to safe HTML.
 *
 * Trust:  the source is hostile. Raw HTML in it passes the allowlist sanitiser of html/; links pass
 *         its scheme list. Time and memory grow linearly with the source; 8 MiB of it and 64 MiB of
 *         HTML are the limits.
 * Owns:   nothing; the result lives in the caller's arena.
 * Linked by the portal's jobs. Needs md4c (inside this folder only).
 *
 * Dialect: CommonMark 0.31, tables, strikethrough, task lists, autolinks, footnotes ([^a]),
 * callouts (> [!NOTE], TIP, IMPORTANT, WARNING, CAUTION), heading ids (generated, or {#own-id} at
 * the end).
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "html/html.h"

struct markdown_heading {
        unsigned level;                 /* 1 to 6 */
        struct str id;                  /* unique within the document */
        struct str text;                /* plain text, no markup */
};

/* What the renderer itself says, in the reader's language. An empty one is said in English. */
struct markdown_labels {
        struct str note, tip, important, warning, caution;      /* titles of callouts */
        struct str footnotes;           /* name of the list of footnotes, "Footnotes" */
        struct str footnote;            /* name of a reference, "Footnote %s" */
        struct str back;                /* name of the way back, "Back to reference %s" */
        struct str table;               /* name of a table's scroll region, "Table" */
        struct str done, open;          /* name of a task's box, "Done", "To do" */
};

struct markdown_options {
        html_link_fn *link;             /* NULL: links stay as they are */
        html_picture_fn *picture;       /* NULL: pictures are written without their size */
        void *link_ctx;                 /* for both */
        bool drop_first_h1;             /* the page shows the title itself; later h1 become h2 */
        struct str section_label;       /* name of heading anchors, "Link to section %s" */
        struct str code_label;          /* name of code regions, "Code example" */
        struct markdown_labels labels;
        const struct str *reserved_ids; /* of the page around the body; never used in it */
        size_t nreserved_ids;
};

struct markdown_doc {
        struct html body;
        struct str title;               /* text of the first h1, or empty */
        const struct markdown_heading *headings;
        size_t nheadings;
        struct str text;                /* all text without markup, for search */
        const struct html_removed *removed;     /* what the sanitiser took from raw HTML */
};

/*
 * options may be NULL. Ids in the body never start with '-'.
 * ERR_INVALID: not UTF-8, or has NUL. ERR_LIMIT: too large or nested too deep.
 */
NODISCARD int markdown_render(struct arena *arena, struct str source,
                              const struct markdown_options *options, struct markdown_doc *out,
                              struct err *err);

/* CommonMark without our anchors, regions and ids, as the specification's examples expect it. */
NODISCARD int markdown_render_plain(struct arena *arena, struct str source, struct html *out,
                                    struct err *err);

/*
 * A heading's id: lower case, words joined by '-', Unicode letters kept; "section" when nothing is
 * left.
 */
NODISCARD struct str markdown_slug(struct arena *arena, struct str text);
