/*
 * backups.h -- the rooms of a portal's administrators for what they own: its backups, and an export of all
 * of it.
 *
 * Trust:  every string is text and is escaped by the template; nothing goes in raw.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. The functions are compiled from backups.html.t and takeaway.html.t by tools/tplc.
 *
 * As the workspace's other pages (edit.h): for one visitor, with a secret (csrf), never in a cache; the
 * forms work without script. What is under way is shown as of the request, with a link to ask again.
 */
#pragma once

#include "page/edit.h"

struct page_backup {
        int64_t seq;
        int64_t created;                /* Unix seconds: the moment that it holds */
        int64_t bytes;                  /* of the database */
        struct str kind;                /* "daily", "manual", "pre-restore" */
        struct str state;               /* "verified", "held", "failed", "sealed", "begun" */
        bool good;                      /* can be restored */
        int64_t changed;                /* topics that were changed since */
};

enum page_errand_state { PAGE_ERRAND_NONE, PAGE_ERRAND_RUNNING, PAGE_ERRAND_DONE, PAGE_ERRAND_FAILED,
                         PAGE_ERRAND_INTERRUPTED };

/* A restore or an export, the last or the one under way. */
struct page_errand {
        enum page_errand_state state;
        struct str step;                /* "waiting", "opening", "saving", "placing" */
        int64_t when;                   /* begun, or ended */
        int64_t backup;
        int64_t before;                 /* what was made first; 0: none */
        struct str why;                 /* English sentence: why it failed */
};

/* What became of a project or topic that was brought back; counts of topics, and of files. */
struct page_part {
        struct page_errand errand;
        int64_t added, changed, same, files;
};

/* GET /edit/backups */
struct page_backups {
        struct edit_frame frame;
        const struct page_backup *backups;      /* newest first */
        size_t nbackups;
        struct page_errand restore;
        struct page_part part;
        bool elsewhere;                 /* only the operator restores */
        struct str trouble;             /* English sentence: why there is no list; or empty */
};
void page_render_backups(struct buf *out, const struct page_backups *page);

struct page_change {
        struct str project;
        struct str title;
        struct str project_slug, slug;
        int64_t when;
};

/*
 * GET /edit/backups/restore?backup=; its forms are POST /edit/backups/restore: csrf, backup, and POST
 * /edit/backups/part: csrf, backup, project, topic (may be empty).
 */
struct page_backup_preview {
        struct edit_frame frame;
        struct page_backup backup;
        const struct page_change *changes;      /* the newest of them */
        size_t nchanges;
};
void page_render_backup_preview(struct buf *out, const struct page_backup_preview *page);

/* GET /edit/export; POST /edit/export and /edit/export/remove: csrf; the file is GET /edit/export/file. */
struct page_takeaway {
        struct edit_frame frame;
        struct page_errand errand;
        bool ready;                     /* there is one to be fetched */
        int64_t made, until, bytes;
};
void page_render_takeaway(struct buf *out, const struct page_takeaway *page);
