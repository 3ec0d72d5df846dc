/*
 * layout.h -- what all pages share: the head, the header bar and the footer. Private to page/.
 *
 * Trust:    see page.h.
 * Owns:     nothing.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "page/assets.h"
#include "page/page.h"
#include "page/words.h"

struct layout {
        const struct page_site *site;
        const struct words *t;
        struct str title;               /* of the page; the site's name is added */
        struct str within;              /* publication, or empty */
        struct str description;         /* or empty */
        struct str url;                 /* canonical path, or empty */
        const struct page_link *previous;
        const struct page_link *next;
        bool noindex;
        bool drawer;                    /* the page has a table of contents with the id "-toc" */
        bool account;                   /* the page is /account itself */
        bool author;                    /* who asks may enter the workspace */
        bool workspace;                 /* the page belongs to it */
};

/* From the doctype to the header bar's end, and from the footer to </html>. */
void layout_begin(struct buf *out, const struct layout *l);
void layout_end(struct buf *out, const struct layout *l);

/* The nested list of contents; nothing when toc is NULL. Deeper than 16 ends the process. */
void toc_render(struct buf *out, const struct page_toc *toc, const struct words *t);
