/*
 * render.h -- private to content/: from frozen rows to bytes ready to send.
 */
#pragma once

#include "content/content.h"
#include "content/links.h"
#include "markdown/markdown.h"
#include "store/publication.h"

struct site {
        struct str title;               /* of the portal */
        struct str language;
};

/* What content_set_site() said, or a plain default. */
NODISCARD int site_read(struct store *store, struct arena *arena, struct site *out,
                        struct err *err);

/* site.c: home page, sitemap and robots.txt for the anonymous reader. Inside a transaction. */
NODISCARD int site_render(struct store *store, int64_t now, struct err *err);

/* A topic's body with its links resolved (place NULL: as they stand); everything in arena. */
NODISCARD int render_body(struct arena *arena, struct str source, struct str language,
                          struct link_place *place, struct markdown_doc *out, struct err *err);

/*
 * Render the pages of a publication in their order and store those that differ from what is there:
 * a page with an id is changed when its etag differs from old_etag, one without is added.
 */
struct render_page {
        struct store_frozen row;
        struct str old_etag;            /* of the row with this id */
        bool same_row;                  /* apart from the etag, the stored row is this one */
};
NODISCARD int render_pages(struct store *store, const struct store_publication_row *publication,
                           struct render_page *pages, size_t n,
                           const struct content_report *report, struct content_published *out,
                           struct err *err);

/* Compress with the given effort; empty where it does not pay. Appends to the two buffers. */
NODISCARD int render_compress(struct str identity, bool best, struct buf *brotli, struct buf *gzip,
                              struct err *err);
