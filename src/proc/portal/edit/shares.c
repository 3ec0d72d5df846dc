/*
 * shares.c -- /edit/shares: authors make, see and revoke share links.
 *
 * A new link stands on the answer to its form and nowhere else; the browser asks before it sends a form
 * again.
 */
#include "base/clock.h"
#include "edit.h"
#include "page/share.h"
#include "store/publication.h"
#include "store/share.h"

static int list_choices(struct edit *e, struct page_shares *page, struct err *err)
{
        struct store_publication_row *rows = NULL;
        size_t n = 0, kept = 0;
        int r = store_publication_list(e->portal->store, &e->who->reader, e->arena, &rows, &n, err);

        if (r < 0)
                return r;
        struct page_link *choices = arena_array(e->arena, n + 1, sizeof *choices);

        for (size_t i = 0; i < n; i++)
                if (rows[i].visibility == STORE_RESTRICTED)
                        choices[kept++] = (struct page_link){ .text = rows[i].title, .url = rows[i].slug };
        page->choices = choices;
        page->nchoices = kept;
        return 0;
}

static int list_shares(struct edit *e, struct page_shares *page, struct err *err)
{
        struct store_share *rows = NULL;
        int64_t now = clock_unix();
        size_t n = 0;
        int r = store_share_list(e->portal->store, 0, e->arena, &rows, &n, err);

        if (r < 0)
                return r;
        struct page_share *shares = arena_array(e->arena, n + 1, sizeof *shares);

        for (size_t i = 0; i < n; i++)
                shares[i] = (struct page_share){
                        .id = rows[i].id, .publication = rows[i].slug, .note = rows[i].note,
                        .creator = rows[i].creator, .expires = rows[i].expires, .seen = rows[i].seen,
                        .opened = rows[i].opened,
                        .state = rows[i].revoked != 0       ? PAGE_SHARE_REVOKED
                                 : rows[i].expires <= now ? PAGE_SHARE_EXPIRED
                                                          : PAGE_SHARE_OPEN,
                };
        page->shares = shares;
        page->nshares = n;
        return 0;
}

/* What was typed stands in the form again when it was refused. */
static struct page_share_form form_of(const struct edit *e)
{
        struct str days = edit_field_of(e, "days");

        if (e->error.n == 0)
                return (struct page_share_form){ .days = STR("30") };
        return (struct page_share_form){
                edit_field_of(e, "publication"), days.n > 0 ? days : STR("30"), edit_field_of(e, "note"),
        };
}

/* e->subject: the link just made, or empty. */
static void show_shares(struct edit *e)
{
        struct page_shares page = {
                .frame = edit_frame(e, EDIT_SHARES), .form = form_of(e), .days_max = SHARE_DAYS_MAX,
                .url = e->subject, .revoked = str_is(edit_query_of(e, "done"), "revoked"),
        };
        struct buf out = { 0 };
        struct err err;
        int r = list_choices(e, &page, &err);

        if (r == 0)
                r = list_shares(e, &page, &err);
        if (r < 0) {
                edit_fail(e, "share links", &err);
                return;
        }
        page_render_shares(&out, &page);
        edit_send(e, &out);
}

void shares_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_shares(e);
}

static void on_made(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;

        if (edit_refused(e, code, sentence))
                return;
        e->subject = str_of(arena_printf(e->arena, "%.*s%.*s", STR_ARG(e->origin),
                                         STR_ARG(json_get_text(result, "path"))));
        show_shares(e);
}

void shares_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                edit_order_then(e, "share.add", edit_arguments(e, "publication", "days", "note", NULL),
                                on_made, show_shares);
}

void shares_revoke_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                edit_order(e, "share.revoke", edit_arguments(e, "publication", "link", NULL),
                           STR("/edit/shares?done=revoked"), show_shares);
}
