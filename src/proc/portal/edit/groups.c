/*
 * groups.c -- /edit/groups: access groups and who is in them.
 */
#include "edit.h"
#include "store/groups.h"

static void show_groups(struct edit *e)
{
        struct store_group *rows = NULL;
        struct buf out = { 0 };
        struct err err;
        size_t n = 0;

        if (store_group_list(e->portal->store, e->arena, &rows, &n, &err) < 0) {
                edit_fail(e, "groups", &err);
                return;
        }
        struct edit_group *groups = arena_array(e->arena, n + 1, sizeof *groups);

        for (size_t i = 0; i < n; i++)
                groups[i] = (struct edit_group){ rows[i].slug, rows[i].title, rows[i].members };
        page_render_edit_groups(&out, &(struct edit_groups){
                .frame = edit_frame(e, EDIT_GROUPS), .groups = groups, .ngroups = n,
                .typed = { .slug = edit_field_of(e, "group"), .title = edit_field_of(e, "title") },
        });
        edit_send(e, &out);
}

static void show_group(struct edit *e)
{
        const char *self = arena_printf(e->arena, "/edit/groups/%.*s", STR_ARG(e->subject));
        struct store_group group;
        struct edit_listing list;
        struct buf out = { 0 };
        struct err err;
        int r = store_group_find(e->portal->store, e->subject, e->arena, &group, &err);

        if (r == ERR_NOT_FOUND) {
                reply_missing(e->portal, e->x);
                return;
        }
        if (r < 0) {
                edit_fail(e, "group", &err);
                return;
        }
        struct store_person_filter filter = {
                .roles = (1u << ROLE_COUNT) - 1, .states = (1u << PERSON_STATES) - 1, .group = group.id,
        };

        if (!edit_list_people(e, &filter, self, &list))
                return;
        page_render_edit_group(&out, &(struct edit_group_page){
                .frame = edit_frame(e, EDIT_GROUPS), .group = { group.slug, group.title, group.members },
                .people = list.people, .npeople = list.n, .next = list.next, .deep = list.deep,
                .typed = edit_field_of(e, "email"),
        });
        edit_send(e, &out);
}

void edit_groups(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_groups(e);
}

void edit_group(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->subject = edit_tail(e, "/edit/groups/");
        show_group(e);
}

/* ---- changes ---- */

static struct str group_address(const struct edit *e)
{
        return edit_address(e->arena, arena_printf(e->arena, "/edit/groups/%.*s", STR_ARG(e->subject)),
                            "done", STR("saved"), NULL);
}

/* The name in a form may be any text; only that of a group there is becomes part of an address. */
static struct edit *with_group(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        struct store_group group;

        if (e == NULL)
                return NULL;
        e->subject = edit_field_of(e, "group");
        if (store_group_find(conn->portal->store, e->subject, e->arena, &group, NULL) == 0)
                return e;
        reply_missing(e->portal, x);
        return NULL;
}

void edit_group_add_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                edit_order(e, "group.add", edit_arguments(e, "group", "title", NULL),
                           STR("/edit/groups?done=saved"), show_groups);
}

void edit_group_rename_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_group(conn, x, who);

        if (e != NULL)
                edit_order(e, "group.rename", edit_arguments(e, "group", "title", NULL), group_address(e),
                           show_group);
}

void edit_group_remove_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_group(conn, x, who);

        if (e != NULL)
                edit_order(e, "group.remove", edit_arguments(e, "group", NULL),
                           STR("/edit/groups?done=saved"), show_groups);
}

void edit_group_join_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_group(conn, x, who);

        if (e != NULL)
                edit_order(e, "group.join", edit_arguments(e, "group", "email", NULL), group_address(e),
                           show_group);
}

void edit_group_leave_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = with_group(conn, x, who);

        if (e != NULL)
                edit_order(e, "group.leave", edit_arguments(e, "group", "id", NULL), group_address(e),
                           show_group);
}
