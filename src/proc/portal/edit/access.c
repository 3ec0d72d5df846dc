/*
 * access.c -- /edit/access: who may read which publication.
 */
#include "edit.h"
#include "store/groups.h"
#include "store/publication.h"

static struct edit_publication shown(const struct store_publication_row *row)
{
        return (struct edit_publication){
                row->slug, row->title, row->version, str_of(store_visibility_name(row->visibility)),
        };
}

void edit_access(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        struct store_publication_row *rows = NULL;
        struct buf out = { 0 };
        struct err err;
        size_t n = 0;

        if (e == NULL)
                return;
        if (store_publication_all(e->portal->store, e->arena, &rows, &n, &err) < 0) {
                edit_fail(e, "access", &err);
                return;
        }
        struct edit_publication *list = arena_array(e->arena, n + 1, sizeof *list);

        for (size_t i = 0; i < n; i++)
                list[i] = shown(&rows[i]);
        page_render_edit_access(&out, &(struct edit_access){
                .frame = edit_frame(e, EDIT_ACCESS), .publications = list, .npublications = n,
        });
        edit_send(e, &out);
}

/* ---- one publication ---- */

static bool is_among(const struct store_group *groups, size_t n, int64_t id)
{
        for (size_t i = 0; i < n; i++)
                if (groups[i].id == id)
                        return true;
        return false;
}

/* The groups that are named, and those that could be. */
static int sort_groups(struct edit *e, int64_t publication, struct edit_publication_page *page,
                       struct err *err)
{
        struct store_group *all = NULL, *named = NULL;
        size_t n = 0, nnamed = 0;
        int r = store_group_list_named(e->portal->store, publication, e->arena, &named, &nnamed, err);

        if (r == 0)
                r = store_group_list(e->portal->store, e->arena, &all, &n, err);
        if (r < 0)
                return r;
        struct edit_group *in = arena_array(e->arena, nnamed + 1, sizeof *in);
        struct edit_group *others = arena_array(e->arena, n + 1, sizeof *others);

        for (size_t i = 0; i < nnamed; i++)
                in[i] = (struct edit_group){ named[i].slug, named[i].title, named[i].members };
        for (size_t i = 0; i < n; i++)
                if (!is_among(named, nnamed, all[i].id))
                        others[page->nothers++] =
                                (struct edit_group){ all[i].slug, all[i].title, all[i].members };
        page->named = in;
        page->nnamed = nnamed;
        page->others = others;
        return 0;
}

static void show_publication(struct edit *e)
{
        const char *self = arena_printf(e->arena, "/edit/access/%.*s", STR_ARG(e->subject));
        struct edit_publication_page page = { .nothers = 0 };
        struct store_publication_row row;
        struct edit_listing list;
        struct buf out = { 0 };
        struct err err;
        int r = store_publication_find(e->portal->store, e->subject, e->arena, &row, &err);

        if (r == ERR_NOT_FOUND) {
                reply_missing(e->portal, e->x);
                return;
        }
        if (r == 0)
                r = sort_groups(e, row.id, &page, &err);
        if (r < 0) {
                edit_fail(e, "publication", &err);
                return;
        }
        struct store_person_filter filter = {
                .roles = (1u << ROLE_COUNT) - 1, .states = (1u << PERSON_STATES) - 1, .publication = row.id,
        };

        if (!edit_list_people(e, &filter, self, &list))
                return;
        page.frame = edit_frame(e, EDIT_ACCESS);
        page.publication = shown(&row);
        page.people = list.people;
        page.npeople = list.n;
        page.next = list.next;
        page.deep = list.deep;
        page.typed = edit_field_of(e, "email");
        page_render_edit_publication(&out, &page);
        edit_send(e, &out);
}

void edit_publication(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->subject = edit_tail(e, "/edit/access/");
        show_publication(e);
}

/* ---- changes ---- */

static struct edit *with_publication(struct conn *conn, struct http_exchange *x,
                                     const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        struct store_publication_row row;

        if (e == NULL)
                return NULL;
        e->subject = edit_field_of(e, "publication");
        if (store_publication_find(conn->portal->store, e->subject, e->arena, &row, NULL) == 0)
                return e;
        reply_missing(e->portal, x);
        return NULL;
}

static void order(struct conn *conn, struct http_exchange *x, const struct identity *who, const char *verb)
{
        struct edit *e = with_publication(conn, x, who);

        if (e == NULL)
                return;
        const char *self = arena_printf(e->arena, "/edit/access/%.*s", STR_ARG(e->subject));

        edit_order(e, verb,
                   edit_arguments(e, "publication", "visibility", "email", "id", "group", NULL),
                   edit_address(e->arena, self, "done", STR("saved"), NULL), show_publication);
}

void edit_visibility_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        order(conn, x, who, "access.visibility");
}

void edit_grant_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        order(conn, x, who, "access.grant");
}

void edit_revoke_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        order(conn, x, who, "access.revoke");
}
