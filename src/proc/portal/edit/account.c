/*
 * account.c -- /edit/people/ID: one person's account.
 */
#include "base/clock.h"
#include "edit.h"
#include "store/groups.h"
#include "store/sessions.h"

static int find(struct edit *e, int64_t id, struct edit_account *out, struct err *err)
{
        struct store *store = e->portal->store;
        struct store_session *sessions = NULL;
        struct store_group *groups = NULL;
        struct store_person person;
        size_t n = 0;
        int r = store_person_find(store, id, e->arena, &person, err);

        if (r == 0 && person.state == PERSON_DELETED)
                return err_set(err, ERR_NOT_FOUND, "the account is gone");
        if (r == 0)
                r = store_group_list_of(store, id, e->arena, &groups, &n, err);
        if (r == 0)
                r = store_session_list(store, id, clock_unix(), e->arena, &sessions, &out->sessions, err);
        if (r < 0)
                return r;
        struct page_link *links = arena_array(e->arena, n + 1, sizeof *links);

        for (size_t i = 0; i < n; i++)
                links[i] = (struct page_link){
                        groups[i].title,
                        str_of(arena_printf(e->arena, "/edit/groups/%.*s", STR_ARG(groups[i].slug))),
                };
        out->person = edit_person_of(e, &person);
        out->groups = links;
        out->ngroups = n;
        return 0;
}

static void show(struct edit *e, void (*render)(struct buf *out, const struct edit_account *page))
{
        struct edit_account page = { .sessions = 0 };
        struct buf out = { 0 };
        struct err err;
        int r = find(e, edit_number_of(e->subject), &page, &err);

        if (r == ERR_NOT_FOUND) {
                reply_missing(e->portal, e->x);
        } else if (r < 0) {
                edit_fail(e, "account", &err);
        } else {
                page.frame = edit_frame(e, EDIT_PEOPLE);
                render(&out, &page);
                edit_send(e, &out);
        }
}

static void show_account(struct edit *e)
{
        show(e, page_render_edit_account);
}

static void show_delete(struct edit *e)
{
        show(e, page_render_edit_delete);
}

static void show_unfactor(struct edit *e)
{
        show(e, page_render_edit_unfactor);
}

void edit_account(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->subject = edit_tail(e, "/edit/people/");
        show_account(e);
}

void edit_delete(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->subject = edit_query_of(e, "id");
        show_delete(e);
}

void edit_unfactor(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->subject = edit_query_of(e, "id");
        show_unfactor(e);
}

static struct edit *with_person(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                e->subject = edit_field_of(e, "id");
        return e;
}

static struct str account_address(const struct edit *e, const char *done)
{
        return str_of(arena_printf(e->arena, "/edit/people/%lld?done=%s",
                                   (long long)edit_number_of(e->subject), done));
}

/* Who takes their own rights or sessions away is led to the login, like everybody. */
static void order_on(struct conn *conn, struct http_exchange *x, const struct identity *who,
                     const char *verb, const char *done)
{
        struct edit *e = with_person(conn, x, who);

        if (e != NULL)
                edit_order(e, verb, edit_arguments(e, "id", NULL), account_address(e, done), show_account);
}

void edit_disable_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        order_on(conn, x, who, "user.disable", "disabled");
}

void edit_enable_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        order_on(conn, x, who, "user.enable", "enabled");
}

void edit_end_sessions_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        order_on(conn, x, who, "user.end-sessions", "sessions");
}

void edit_change_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_person(conn, x, who);

        if (e != NULL)
                edit_order(e, "user.change", edit_arguments(e, "id", "name", "role", "expires", NULL),
                           account_address(e, "saved"), show_account);
}

void edit_reset_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_person(conn, x, who);

        if (e != NULL)
                edit_order_then(e, "user.reset", edit_arguments(e, "id", NULL), edit_link_made, show_account);
}

void edit_unfactor_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_person(conn, x, who);

        if (e != NULL)
                edit_order(e, "user.unfactor", edit_arguments(e, "id", NULL),
                           account_address(e, "unfactored"), show_unfactor);
}

void edit_delete_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_person(conn, x, who);

        if (e != NULL)
                edit_order(e, "user.delete", edit_arguments(e, "id", NULL), STR("/edit/people?done=deleted"),
                           show_delete);
}
