/*
 * content.h -- from a manual to a project, from a project to what readers see.
 *
 * Trust:  sources are hostile text; they reach a page only through markdown_render() and
 *         the templates.
 * Owns:   nothing; the store is the caller's, and each call is one transaction of it: it
 *         happened whole or not at all, also when the process is killed.
 * Linked by the portal's jobs. Slow by intent: never call it from a portal's loop.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "exchange/exchange.h"
#include "store/access.h"
#include "store/store.h"

/* One finding for the author; the slices live during the call. line 0: the whole file. */
typedef void content_report_fn(void *ctx, enum manual_severity severity, struct str file,
                               unsigned line, struct str text);

struct content_report {
        content_report_fn *fn;
        void *ctx;
};

struct content_import_options {
        struct str title;               /* empty: the manual's, else what it had, else the slug */
        struct str language; /* BCP 47; empty: the manual's, else what it had, else "en" */
        struct str licence;             /* empty: what it had */
        struct str author;              /* who is named in the revisions */
};

struct content_imported {
        size_t added, changed, same;    /* topics */
        size_t kept;                    /* no longer in the import: kept, out of the contents */
        size_t files;
        size_t lost;                    /* notes about what could not be kept */
};

/*
 * Make project slug equal to the manual, or create it. A topic gets a new revision only when its
 * text differs; topics are matched by slug, then by source path (a renamed address is the same
 * topic). What the import no longer has leaves the contents but is never deleted: an author who
 * imports the wrong folder has lost nothing.
 *
 * Reports the manual's own notes first, then broken links, images and anchors.
 * Fails: ERR_INVALID  the slug or language is not one; ERR_BUSY, ERR_IO from the store
 */
NODISCARD int content_import(struct store *store, struct str slug,
                             const struct content_import_options *options,
                             const struct manual *manual, const struct content_report *report,
                             struct content_imported *out, struct err *err);

struct content_publish_options {
        struct str as;                  /* the publication's slug; empty: the project's */
        struct str version;             /* label; may be empty */
        enum store_visibility visibility;
        bool keep_visibility;           /* a publication that is there keeps its own */
};

struct content_published {
        enum store_visibility visibility;
        size_t pages;
        size_t rendered;                /* pages that differ from the last time and were stored */
        size_t lost;                    /* broken links and the like */
        uint64_t bytes;                 /* of all pages, uncompressed */
};

/*
 * Freeze the project as a publication: contents, topics' current revisions, files; render every
 * page, compress it once, and renew home page, sitemap and robots.txt. Publishing again under the
 * same slug replaces the copy as one step; addresses that changed are redirected.
 *
 * Fails: ERR_NOT_FOUND  no such project, or nothing in its contents
 *        ERR_EXISTS     the slug shows another project
 *        ERR_INVALID    the slug is not one
 */
NODISCARD int content_publish(struct store *store, struct str project,
                              const struct content_publish_options *options,
                              const struct content_report *report, struct content_published *out,
                              struct err *err);

/*
 * Render every publication again from what was frozen, with this release's pages. One transaction
 * each.
 */
NODISCARD int content_refresh(struct store *store, const struct content_report *report,
                              struct content_published *out, struct err *err);

/*
 * The portal's name and language, shown on every page. Renders home, sitemap and robots.txt; pages
 * keep the old name until they are published or refreshed. Call it once when a portal is created.
 */
NODISCARD int content_set_site(struct store *store, struct str title, struct str language,
                               struct err *err);

/* The two halves of it for a caller that has a transaction of its own. */
NODISCARD int content_put_site(struct store *store, struct str title, struct str language,
                               struct err *err);
NODISCARD int content_renew_site(struct store *store, int64_t now, struct err *err);

/* Lower-case letters, digits and inner '-', 1 to 64. */
NODISCARD int content_check_slug(struct str slug, const char *what, struct err *err);
