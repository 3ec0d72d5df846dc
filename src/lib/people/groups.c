/*
 * groups.c -- access groups and who is in them.
 */
#include "orders.h"

static struct json *group_json(const struct store_group *group)
{
        struct json *o = json_new_object();

        json_put_text(o, "group", group->slug);
        json_put_text(o, "title", group->title);
        json_put_int(o, "members", group->members);
        return o;
}

int order_group(struct order *order, struct store_group *out, struct err *err)
{
        struct str slug = order_argument(order, "group");
        struct str portal = order_argument(order, "portal");
        int r = store_group_find(order->store, slug, order->arena, out, err);

        if (r != ERR_NOT_FOUND)
                return r;
        return err_set(err, r, "there is no group '%.*s'%s", STR_ARG(slug),
                       order_hint(order, "'carrel group list %.*s' shows all", STR_ARG(portal)));
}

static void answer(struct order *order, struct str slug, struct str title)
{
        json_put_text(order->result, "group", slug);
        json_put_text(order->result, "title", title);
        order_log(order, "group", slug);
}

int group_add(struct order *order, struct err *err)
{
        struct str slug = order_argument(order, "group");
        struct str title = order_argument(order, "title");
        int64_t id;

        if (title.n == 0)
                title = slug;
        int r = store_group_add(order->store, slug, title, order->now, &id, err);

        if (r == 0)
                answer(order, slug, title);
        return r;
}

int group_rename(struct order *order, struct err *err)
{
        struct store_group group = { .id = 0 };
        int r = order_group(order, &group, err);

        if (r == 0)
                r = store_group_rename(order->store, group.id, order_argument(order, "title"), err);
        if (r == 0)
                answer(order, group.slug, order_argument(order, "title"));
        return r;
}

int group_remove(struct order *order, struct err *err)
{
        struct store_group group = { .id = 0 };
        int r = order_group(order, &group, err);

        if (r == 0)
                r = store_group_remove(order->store, group.id, err);
        if (r == 0)
                answer(order, group.slug, group.title);
        return r;
}

static int list_members(struct order *order, struct err *err)
{
        struct store_group group = { .id = 0 };
        struct store_person *rows = NULL;
        size_t n = 0;
        int r = order_group(order, &group, err);

        if (r == 0)
                r = store_group_members(order->store, group.id, order->arena, &rows, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++)
                json_append(order->result, person_json(order, &rows[i]));
        return r;
}

int group_list(struct order *order, struct err *err)
{
        struct store_group *rows = NULL;
        size_t n = 0;

        if (order_argument(order, "group").n > 0)
                return list_members(order, err);
        int r = store_group_list(order->store, order->arena, &rows, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                json_append(order->result, group_json(&rows[i]));
        return r;
}

typedef int membership_fn(struct store *store, int64_t group, int64_t person, struct err *err);

static int change_membership(struct order *order, membership_fn *fn, struct err *err)
{
        struct store_group group = { .id = 0 };
        struct store_person person = { .id = 0 };
        int r = order_group(order, &group, err);

        if (r == 0)
                r = order_person(order, &person, err);
        if (r == 0)
                r = fn(order->store, group.id, person.id, err);
        if (r < 0)
                return r;
        answer(order, group.slug, group.title);
        json_put_text(order->result, "email", person.login);
        json_put_int(order->detail, "person", person.id);
        return 0;
}

int group_join(struct order *order, struct err *err)
{
        return change_membership(order, store_group_join, err);
}

int group_leave(struct order *order, struct err *err)
{
        return change_membership(order, store_group_leave, err);
}
