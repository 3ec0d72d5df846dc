/*
 * access.c -- who may read a restricted publication.
 */
#include "orders.h"
#include "store/publication.h"

int order_publication(struct order *order, struct store_publication_row *out, struct err *err)
{
        struct str slug = order_argument(order, "publication");
        int r = store_publication_find(order->store, slug, order->arena, out, err);

        if (r != ERR_NOT_FOUND)
                return r;
        return err_set(err, r, "there is no publication '%.*s'%s", STR_ARG(slug),
                       order_hint(order, "'carrel publish' makes one"));
}

/* A right that changes nothing is given all the same; who gives it hears why. */
static void remark(struct order *order, const struct store_publication_row *publication,
                   bool author)
{
        if (publication->visibility == STORE_PUBLIC)
                order_note(order, "this publication is public: everybody reads it, named or not");
        else if (publication->visibility == STORE_PRIVATE)
                order_note(order, "this publication is private: only authors read it; named readers do once "
                                   "it is published as restricted");
        else if (author)
                order_note(order, "authors read every publication without being named");
}

typedef int grant_fn(struct store *store, int64_t publication, int64_t whom, struct err *err);

static int change_person(struct order *order, const struct store_publication_row *publication,
                         grant_fn *fn, bool grants, struct err *err)
{
        struct store_person person;
        int r = order_person(order, &person, err);

        if (r == 0)
                r = fn(order->store, publication->id, person.id, err);
        if (r < 0)
                return r;
        json_put_text(order->result, "email", person.login);
        json_put_int(order->detail, "person", person.id);
        if (grants)
                remark(order, publication, person_role_is_author(person.role));
        return 0;
}

static int change_group(struct order *order, const struct store_publication_row *publication,
                        grant_fn *fn, bool grants, struct err *err)
{
        struct store_group group;
        int r = order_group(order, &group, err);

        if (r == 0)
                r = fn(order->store, publication->id, group.id, err);
        if (r < 0)
                return r;
        json_put_text(order->result, "group", group.slug);
        json_put_text(order->detail, "group", group.slug);
        if (grants)
                remark(order, publication, false);
        return 0;
}

static int change_right(struct order *order, bool grants, struct err *err)
{
        struct store_publication_row publication;
        bool person = order_argument(order, "email").n > 0 || order_has(order, "id");
        int r = order_publication(order, &publication, err);

        if (r < 0)
                return r;
        if (person == (order_argument(order, "group").n > 0))
                return err_set(err, ERR_INVALID, "name either a person's address or a group");
        r = person ? change_person(order, &publication,
                                   grants ? store_grant_person : store_revoke_person, grants, err)
                   : change_group(order, &publication, grants ? store_grant_group : store_revoke_group,
                                  grants, err);
        json_put_text(order->result, "publication", publication.slug);
        json_put_text(order->result, "visibility",
                      str_of(store_visibility_name(publication.visibility)));
        order_log(order, "publication", publication.slug);
        return r;
}

int access_grant(struct order *order, struct err *err)
{
        return change_right(order, true, err);
}

int access_revoke(struct order *order, struct err *err)
{
        return change_right(order, false, err);
}

int access_list(struct order *order, struct err *err)
{
        struct store_publication_row publication;
        struct store_grant *rows = NULL;
        size_t n = 0;
        int r = order_publication(order, &publication, err);

        if (r == 0)
                r = store_grant_list(order->store, publication.id, order->arena, &rows, &n, err);
        if (r < 0)
                return r;
        struct json *list = json_new_array();

        for (size_t i = 0; i < n; i++) {
                struct json *o = json_new_object();

                json_put_text(o, "kind", rows[i].person != 0 ? STR("person") : STR("group"));
                json_put_text(o, "name", rows[i].name);
                json_put_text(o, "title", rows[i].title);
                if (rows[i].person != 0)
                        json_put_int(o, "id", rows[i].person);
                json_append(list, o);
        }
        json_put_text(order->result, "publication", publication.slug);
        json_put_text(order->result, "visibility",
                      str_of(store_visibility_name(publication.visibility)));
        json_put(order->result, "readers", list);
        return 0;
}
