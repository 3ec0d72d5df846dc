/*
 * manage.c -- /edit/shares: authors make, see and revoke share links.
 *
 * A new link stands on the answer to its form and nowhere else; the browser asks before it sends a form
 * again.
 */
#include "base/clock.h"
#include "page/share.h"
#include "people/people.h"
#include "proc/portal/identity.h"
#include "proc/portal/routes.h"
#include "store/publication.h"
#include "store/share.h"

/* One page being made. */
struct desk {
        struct conn *conn;
        struct http_exchange *x;
        const struct identity *who;
        struct page_shares page;
};

static int list_choices(struct desk *d, struct err *err)
{
        struct arena *arena = http_exchange_arena(d->x);
        struct store_publication_row *rows = NULL;
        size_t n = 0, kept = 0;
        int r = store_publication_list(d->conn->portal->store, &d->who->reader, arena, &rows, &n, err);

        if (r < 0)
                return r;
        struct page_link *choices = arena_array(arena, n + 1, sizeof *choices);

        for (size_t i = 0; i < n; i++)
                if (rows[i].visibility == STORE_RESTRICTED)
                        choices[kept++] = (struct page_link){ .text = rows[i].title, .url = rows[i].slug };
        d->page.choices = choices;
        d->page.nchoices = kept;
        return 0;
}

static int list_shares(struct desk *d, struct err *err)
{
        struct arena *arena = http_exchange_arena(d->x);
        struct store_share *rows = NULL;
        int64_t now = clock_unix();
        size_t n = 0;
        int r = store_share_list(d->conn->portal->store, 0, arena, &rows, &n, err);

        if (r < 0)
                return r;
        struct page_share *shares = arena_array(arena, n + 1, sizeof *shares);

        for (size_t i = 0; i < n; i++)
                shares[i] = (struct page_share){
                        .id = rows[i].id, .publication = rows[i].slug, .note = rows[i].note,
                        .creator = rows[i].creator, .expires = rows[i].expires, .seen = rows[i].seen,
                        .opened = rows[i].opened,
                        .state = rows[i].revoked != 0       ? PAGE_SHARE_REVOKED
                                 : rows[i].expires <= now ? PAGE_SHARE_EXPIRED
                                                          : PAGE_SHARE_OPEN,
                };
        d->page.shares = shares;
        d->page.nshares = n;
        return 0;
}

static void send_page(struct desk *d, unsigned status)
{
        struct portal *portal = d->conn->portal;
        struct form_ticket ticket = { .csrf = STR("") };
        struct buf out = { 0 };
        struct err err;
        int r = list_choices(d, &err);

        if (r == 0)
                r = list_shares(d, &err);
        if (r == 0)
                r = form_ticket(portal, d->x, &ticket, &err);
        if (r < 0) {
                service_log(LOG_ERROR, "page of share links: %s", err.text);
                reply_error(portal, d->x, 500);
                return;
        }
        d->page.site = *site_of(portal);
        d->page.csrf = ticket.csrf;
        d->page.days_max = SHARE_DAYS_MAX;
        page_render_shares(&out, &d->page);
        reply_private(d->x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, 0);
}

/* 0 and the answer, or the sentence why not on the page, which is sent. */
static int carry_out(struct desk *d, const char *verb, const struct json *arguments, struct json **out)
{
        struct err err;
        const struct people_request request = {
                .store = d->conn->portal->store, .verb = str_of(verb), .arguments = arguments,
                .door = PEOPLE_DOOR_PORTAL, .actor = d->who->session.person,
                .address = visitor_address(d->conn, http_exchange_arena(d->x)), .now = clock_unix(),
        };
        int r = people_order(&request, out, &err);

        if (r == 0)
                return 0;
        if (r == ERR_INVALID || r == ERR_DENIED || r == ERR_NOT_FOUND || r == ERR_LIMIT) {
                d->page.error = arena_str(http_exchange_arena(d->x), str_of(err.text));
                send_page(d, 422);
        } else {
                service_log(LOG_ERROR, "order %s: %s", verb, err.text);
                reply_error(d->conn->portal, d->x, 500);
        }
        return r;
}

void shares_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct desk d = { .conn = conn, .x = x, .who = who, .page.form.days = STR("30") };

        d.page.revoked = str_is(http_exchange_request(x)->query, "done=revoked");
        send_page(&d, 200);
}

void shares_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct desk d = { .conn = conn, .x = x, .who = who };
        struct json *arguments CLEANUP_JSON = json_new_object();
        struct json *answer CLEANUP_JSON = NULL;

        d.page.form = (struct page_share_form){
                form_field(x, "publication"), form_field(x, "days"), form_field(x, "note"),
        };
        json_put_text(arguments, "publication", d.page.form.publication);
        json_put_text(arguments, "days", d.page.form.days);
        json_put_text(arguments, "note", d.page.form.note);
        if (carry_out(&d, "share.add", arguments, &answer) < 0)
                return;
        struct arena *arena = http_exchange_arena(x);

        d.page.url = str_of(arena_printf(arena, "%.*s%.*s", STR_ARG(origin_of(conn->portal, x)),
                                         STR_ARG(json_get_text(answer, "path"))));
        d.page.form = (struct page_share_form){ .days = STR("30") };
        send_page(&d, 200);
}

void shares_revoke_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct desk d = { .conn = conn, .x = x, .who = who, .page.form.days = STR("30") };
        struct json *arguments CLEANUP_JSON = json_new_object();
        struct json *answer CLEANUP_JSON = NULL;

        json_put_text(arguments, "publication", form_field(x, "publication"));
        json_put_text(arguments, "link", form_field(x, "link"));
        if (carry_out(&d, "share.revoke", arguments, &answer) == 0)
                reply_see_other(x, STR("/edit/shares?done=revoked"), NULL, 0);
}
