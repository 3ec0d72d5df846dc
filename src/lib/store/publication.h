/*
 * publication.h -- frozen copies of projects: what readers see.
 *
 * Written by jobs inside one transaction, so that readers see the old copy or the new one.
 * Everything a page was made from is frozen with it (revision number, source path, contents,
 * files), so that a later release can render the same publication again with its own page layout.
 *
 * Linked by the portal and its jobs.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/access.h"
#include "store/project.h"
#include "store/store.h"

struct store_publication_row {
        int64_t id;
        int64_t project;
        struct str slug;
        struct str title;
        struct str version;             /* label, or empty */
        enum store_visibility visibility;
        struct str language;
        bool rtl;
        struct str description;
        struct str first_page;
        int64_t pages;
        int64_t updated;
};

/* Create it, or change the one with this slug; row->id and updated are not looked at. */
NODISCARD int store_publication_put(struct store *store, const struct store_publication_row *row,
                                    int64_t now, int64_t *out_id, struct err *err);

NODISCARD int store_publication_find(struct store *store, struct str slug, struct arena *arena,
                                     struct store_publication_row *out, struct err *err);

/* Its pages stay as they are; the pages that list it are the caller's to render again. */
NODISCARD int store_publication_set_visibility(struct store *store, int64_t id,
                                               enum store_visibility visibility, struct err *err);

/* All of them by title, for a job that renders them again. */
NODISCARD int store_publication_all(struct store *store, struct arena *arena,
                                    struct store_publication_row **out, size_t *out_n,
                                    struct err *err);

/* Those that reader may read, by title, for lists that people see. */
NODISCARD int store_publication_list(struct store *store, const struct reader *reader,
                                     struct arena *arena, struct store_publication_row **out,
                                     size_t *out_n, struct err *err);

/* One of them, if this reader may read it; else ERR_NOT_FOUND, as for one that is not there. */
NODISCARD int store_publication_read(struct store *store, const struct reader *reader,
                                     struct str slug, struct arena *arena,
                                     struct store_publication_row *out, struct err *err);

struct store_frozen {
        int64_t id;
        struct str slug;
        struct str title;
        int64_t topic;
        int64_t revision;
        struct str source_path;
        int64_t position;               /* reading order */
        struct str etag;                /* hexadecimal, without quotes */
        int64_t updated;
        struct str description;
};

struct store_bodies {
        struct str brotli;              /* empty: does not pay */
        struct str gzip;
        struct str identity; /* kept only when gzip is empty: half a database otherwise */
        struct str text;                /* without markup, for search */
};

/* A publication's pages in reading order, without their bodies. */
NODISCARD int store_frozen_list(struct store *store, int64_t publication, struct arena *arena,
                                struct store_frozen **out, size_t *out_n, struct err *err);
NODISCARD int store_frozen_add(struct store *store, int64_t publication,
                               const struct store_frozen *page, const struct store_bodies *bodies,
                               struct err *err);
/*
 * What a reader may list (browse.c): pages in reading order with positions above after (-1: from the
 * start), and files by path behind after (empty: from the start); limit is 1 to BROWSE_MAX, or
 * ERR_LIMIT. ERR_NOT_FOUND: no such publication, or not for this reader.
 */
enum { BROWSE_MAX = 500 };
NODISCARD int store_frozen_read(struct store *store, const struct reader *reader,
                                struct str publication, int64_t after, size_t limit,
                                struct arena *arena, struct store_frozen **out, size_t *out_n,
                                struct err *err);
/* One page, without its bodies. */
NODISCARD int store_frozen_read_one(struct store *store, const struct reader *reader,
                                    struct str publication, struct str topic, struct arena *arena,
                                    struct store_frozen *out, struct err *err);

struct store_readable_file {
        struct str path;
        struct str media_type;
        int64_t size;                   /* bytes */
        int64_t updated;
};
NODISCARD int store_frozen_file_read(struct store *store, const struct reader *reader,
                                     struct str publication, struct str after, size_t limit,
                                     struct arena *arena, struct store_readable_file **out,
                                     size_t *out_n, struct err *err);
/* Replace the page with page->id. */
NODISCARD int store_frozen_change(struct store *store, const struct store_frozen *page,
                                  const struct store_bodies *bodies, struct err *err);
NODISCARD int store_frozen_remove(struct store *store, int64_t id, struct err *err);

/* The frozen contents: as struct store_toc, with the page's slug instead of the topic's id. */
struct store_frozen_toc {
        unsigned depth;
        struct str title;
        struct str page;                /* slug, or empty */
        struct str url;
};

NODISCARD int store_frozen_toc_replace(struct store *store, int64_t publication,
                                       const struct store_frozen_toc *nodes, size_t n,
                                       struct err *err);
NODISCARD int store_frozen_toc_list(struct store *store, int64_t publication, struct arena *arena,
                                    struct store_frozen_toc **out, size_t *out_n, struct err *err);

/* Make the publication's files equal to its project's; unchanged rows keep their time. */
NODISCARD int store_frozen_files_copy(struct store *store, int64_t publication, int64_t project,
                                      int64_t now, struct err *err);
NODISCARD int store_frozen_file_list(struct store *store, int64_t publication, struct arena *arena,
                                     struct store_project_file **out, size_t *out_n,
                                     struct err *err);

/*
 * Old slugs. A redirect whose origin is a page again, or whose target is no page, is never stored.
 */
NODISCARD int store_redirect_put(struct store *store, int64_t publication,
                                 const struct store_redirect *redirect, struct err *err);
/* Remove what leads nowhere or hides a page; after the pages are in place. */
NODISCARD int store_redirect_tidy(struct store *store, int64_t publication, struct err *err);

/* Home page, sitemap, robots: rows rendered for the anonymous reader. */
struct store_site_page {
        struct str path;
        struct str media_type;
        struct str etag;
        struct str brotli;
        struct str gzip;
        struct str identity;
};

NODISCARD int store_site_page_put(struct store *store, const struct store_site_page *page,
                                  int64_t now, struct err *err);

/*
 * Where an origin is filled in when a stored sitemap or robots.txt is read; cannot occur in a slug.
 */
#define STORE_ORIGIN_MARK "{origin}"
