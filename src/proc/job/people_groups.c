/*
 * people_groups.c -- access groups and who is in them.
 */
#include "people.h"

static struct json *group_json(const struct store_group *group)
{
        struct json *o = json_new_object();

        json_put_text(o, "group", group->slug);
        json_put_text(o, "title", group->title);
        json_put_int(o, "members", group->members);
        return o;
}

int people_find_group(struct people_order *order, struct store_group *out, struct err *err)
{
        struct str slug = people_argument(order, "group");
        struct str portal = people_argument(order, "portal");
        int r = store_group_find(order->store, slug, order->arena, out, err);

        if (r != ERR_NOT_FOUND)
                return r;
        return err_set(err, r, "there is no group '%.*s'; 'carrel group list %.*s' shows all", STR_ARG(slug),
                       STR_ARG(portal));
}

static void answer(struct people_order *order, struct str slug, struct str title)
{
        json_put_text(order->result, "group", slug);
        json_put_text(order->result, "title", title);
        people_log(order, "group", slug);
}

int people_group_add(struct people_order *order, struct err *err)
{
        struct str slug = people_argument(order, "group");
        struct str title = people_argument(order, "title");
        int64_t id;

        if (title.n == 0)
                title = slug;
        int r = store_group_add(order->store, slug, title, order->now, &id, err);

        if (r == 0)
                answer(order, slug, title);
        return r;
}

int people_group_remove(struct people_order *order, struct err *err)
{
        struct store_group group = { .id = 0 };
        int r = people_find_group(order, &group, err);

        if (r == 0)
                r = store_group_remove(order->store, group.id, err);
        if (r == 0)
                answer(order, group.slug, group.title);
        return r;
}

static int list_members(struct people_order *order, struct err *err)
{
        struct store_group group = { .id = 0 };
        struct store_person *rows = NULL;
        size_t n = 0;
        int r = people_find_group(order, &group, err);

        if (r == 0)
                r = store_group_members(order->store, group.id, order->arena, &rows, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++)
                json_append(order->result, people_json(order, &rows[i]));
        return r;
}

int people_group_list(struct people_order *order, struct err *err)
{
        struct store_group *rows = NULL;
        size_t n = 0;

        if (people_argument(order, "group").n > 0)
                return list_members(order, err);
        int r = store_group_list(order->store, order->arena, &rows, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                json_append(order->result, group_json(&rows[i]));
        return r;
}

typedef int membership_fn(struct store *store, int64_t group, int64_t person, struct err *err);

static int change_membership(struct people_order *order, membership_fn *fn, struct err *err)
{
        struct store_group group = { .id = 0 };
        struct store_person person = { .id = 0 };
        int r = people_find_group(order, &group, err);

        if (r == 0)
                r = people_find(order, &person, err);
        if (r == 0)
                r = fn(order->store, group.id, person.id, err);
        if (r < 0)
                return r;
        answer(order, group.slug, group.title);
        json_put_text(order->result, "email", person.login);
        json_put_int(order->detail, "person", person.id);
        return 0;
}

int people_group_join(struct people_order *order, struct err *err)
{
        return change_membership(order, store_group_join, err);
}

int people_group_leave(struct people_order *order, struct err *err)
{
        return change_membership(order, store_group_leave, err);
}
