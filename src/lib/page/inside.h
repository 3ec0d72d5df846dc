/*
 * inside.h -- what a backup holds that today does not: a room of a portal's administrators.
 *
 * Trust:  every string is text and is escaped by the template.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. Compiled from inside.html.t by tools/tplc. As backups.h: no script is needed.
 */
#pragma once

#include "page/backups.h"

struct page_inside_row {
        bool gone;                      /* else it has another text today */
        struct str project, topic;      /* addresses in the backup */
        struct str project_title, title;
        int64_t updated;                /* in the backup; Unix seconds */
};

/*
 * GET /edit/backups/inside?backup=&from=; POST /edit/backups/look: csrf, backup; POST /edit/backups/part: see
 * backups.h.
 */
struct page_inside {
        struct edit_frame frame;
        struct page_backup backup;
        struct page_errand look;        /* the last look into any of them */
        bool known;                     /* somebody has looked into this one, and the rest is set: */
        int64_t made;                   /* Unix seconds */
        int64_t gone, changed, same;
        int64_t listed;                 /* of gone and changed, those that there are rows of */
        const struct page_inside_row *rows;
        size_t nrows;
        struct str next;                /* the address of the next rows, or empty */
        bool deep;                      /* these are not the first */
};
void page_render_inside(struct buf *out, const struct page_inside *page);
