/*
 * takeaway.c -- /edit/export: everything of the portal as one zip, made by a job of the host's, fetched here.
 *
 * The file lies in the container. It is given for a day; then, or before, a job removes it.
 */
#include <sys/stat.h>

#include "base/clock.h"
#include "owning.h"

/* exports.c of the job writes it under this name when it is whole. */
#define TAKEAWAY "takeaway.zip"

enum { ISO_DATE = 10 };

/* ---- the page ---- */

static void on_asked(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;
        struct buf out = { 0 };
        struct stat st = { 0 };
        struct page_takeaway page = { .ready = owning_find_file(TAKEAWAY, &st) };

        if (code < 0 && e->error.n == 0)
                e->error = arena_str(e->arena, sentence);
        if (code == 0)
                page.errand = owning_errand(e, json_get(result, "export"));
        page.frame = edit_frame(e, EDIT_TAKEAWAY);
        page.made = st.st_mtime;
        page.until = st.st_mtime + OWNING_KEEP_SECONDS;
        page.bytes = st.st_size;
        page_render_takeaway(&out, &page);
        edit_send(e, &out);
}

static void show_page(struct edit *e)
{
        asking_ask(ASKING_LIST, 0, e->who->session.person, on_asked, e);
}

void edit_takeaway(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_page(e);
}

/* ---- orders ---- */

/* The job writes the record: it is there before the first byte of the copy. */
void edit_takeaway_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                owning_ask(e, ASKING_EXPORT, 0, STR("/edit/export"), show_page);
}

void edit_takeaway_remove_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL && owning_log(e, "portal.export-removed", STR("")) == 0)
                owning_ask(e, ASKING_REMOVE, 0, STR("/edit/export"), show_page);
}

/* ---- the file ---- */

/* "docs-2026-11-23.zip" */
void edit_takeaway_file(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        struct stat st;
        char day[CLOCK_ISO_LEN + 1];

        if (e == NULL)
                return;
        if (!owning_find_file(TAKEAWAY, &st)) {
                reply_missing(e->portal, x);
                return;
        }
        clock_iso(st.st_mtime, day);
        owning_send_file(e, &(struct owning_file){
                .path = TAKEAWAY, .action = "portal.export-fetched", .type = STR("application/zip"),
                .name = str_of(arena_printf(e->arena, "%.*s-%.*s.zip", STR_ARG(owning_label(e)), ISO_DATE,
                                            day)),
        });
}
