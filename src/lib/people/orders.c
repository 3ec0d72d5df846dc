/*
 * orders.c -- which orders there are, and what all of them have in common: one transaction, one row in the
 * portal's log, one answer.
 */
#include "orders.h"

#include <stdarg.h>
#include <stdio.h>

#include "store/audit.h"

struct verb {
        const char *name;
        order_fn *run;
        bool changes;
        bool list;                      /* its answer is an array */
        bool password;                  /* may come with one */
};

static const struct verb verbs[] = {
        { "user.add", user_add, true, false, true },
        { "user.change", user_change, true, false, false },
        { "user.show", user_show, false, false, false },
        { "user.list", user_list, false, true, false },
        { "user.disable", user_disable, true, false, false },
        { "user.enable", user_enable, true, false, false },
        { "user.delete", user_delete, true, false, false },
        { "user.reset", user_reset, true, false, false },
        { "user.role", user_role, true, false, false },
        { "group.add", group_add, true, false, false },
        { "group.remove", group_remove, true, false, false },
        { "group.list", group_list, false, true, false },
        { "group.join", group_join, true, false, false },
        { "group.leave", group_leave, true, false, false },
        { "access.grant", access_grant, true, false, false },
        { "access.revoke", access_revoke, true, false, false },
        { "access.list", access_list, false, false, false },
        { "share.add", share_add, true, false, false },
        { "share.list", share_list, false, true, false },
        { "share.revoke", share_revoke, true, false, false },
        { "token.add", token_add, true, false, false },
        { "token.list", token_list, false, true, false },
        { "token.revoke", token_revoke, true, false, false },
        { "sso.add", sso_add, true, false, false },
        { "sso.change", sso_change, true, false, false },
        { "sso.remove", sso_remove, true, false, false },
        { "sso.list", sso_list, false, true, false },
};

static const struct verb *find_verb(struct str name)
{
        for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
                if (str_is(name, verbs[i].name))
                        return &verbs[i];
        return NULL;
}

bool people_knows(struct str verb)
{
        return find_verb(verb) != NULL;
}

bool people_takes_password(struct str verb)
{
        const struct verb *found = find_verb(verb);

        return found != NULL && found->password;
}

bool people_takes_secret(struct str verb)
{
        return str_is(verb, "sso.add") || str_is(verb, "sso.change");
}

/* ---- what many orders need ---- */

struct str order_argument(const struct order *order, const char *key)
{
        return json_get_text(order->request->arguments, key);
}

bool order_has(const struct order *order, const char *key)
{
        return json_has(order->request->arguments, key);
}

const char *order_hint(struct order *order, const char *format, ...)
{
        char text[256];
        va_list args;

        if (order->request->door != PEOPLE_DOOR_COMMAND)
                return "";
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        return arena_printf(order->arena, "; %s", text);
}

int order_person(struct order *order, struct store_person *out, struct err *err)
{
        struct str portal = order_argument(order, "portal"), login;
        int64_t id = json_get_int(order->request->arguments, "id");
        int r;

        if (id != 0 || !order_has(order, "email")) {
                r = store_person_find(order->store, id, order->arena, out, err);
                if (r == 0 && out->state != PERSON_DELETED)
                        return 0;
                return r == ERR_NOT_FOUND || r == 0
                               ? err_set(err, ERR_NOT_FOUND, "there is no account with this number")
                               : r;
        }
        r = store_login_fold(order_argument(order, "email"), order->arena, &login, err);
        if (r < 0)
                return r;
        r = store_person_find_login(order->store, login, order->arena, out, err);
        if (r != ERR_NOT_FOUND)
                return r;
        return err_set(err, r, "%.*s has no account here%s", STR_ARG(login),
                       order_hint(order, "'carrel user list %.*s' shows who has", STR_ARG(portal)));
}

void order_note(struct order *order, const char *sentence)
{
        if (order->request->note != NULL)
                order->request->note(order->request->ctx, str_of(sentence));
}

void order_log(struct order *order, const char *kind, struct str name)
{
        order->object = str_of(arena_printf(order->arena, "%s/%.*s", kind, STR_ARG(name)));
}

void order_log_number(struct order *order, const char *kind, int64_t number)
{
        order->object = str_of(arena_printf(order->arena, "%s/%lld", kind, (long long)number));
}

/* ---- carrying out ---- */

static int write_log(struct order *order, struct str action, struct err *err)
{
        struct buf detail CLEANUP_BUF = { 0 };

        if (order->request->token != 0)
                json_put_int(order->detail, "by_token", order->request->token);
        json_render(order->detail, false, &detail);
        const struct store_audit_record record = {
                .time = order->now,
                .actor = order->request->actor,
                .action = action,
                .object = order->object,
                .address = order->request->address,
                .detail = buf_str(&detail),
        };

        return store_audit_add(order->store, &record, err);
}

static int change(struct order *order, struct str action, order_fn *run, struct err *err)
{
        int r = store_begin(order->store, err);

        if (r < 0)
                return r;
        if (order->request->expect != NULL)
                r = order->request->expect(order->request->ctx, err);
        if (r == 0)
                r = run(order, err);
        if (r == 0)
                r = write_log(order, action, err);
        if (r < 0) {
                store_rollback(order->store);
                return r;
        }
        return store_commit(order->store, err);
}

int people_order(const struct people_request *request, struct json **out, struct err *err)
{
        const struct verb *verb = find_verb(request->verb);

        if (verb == NULL || (request->hash.n > 0 && !verb->password) ||
            (request->secret.n > 0 && !people_takes_secret(request->verb)))
                return err_set(err, ERR_UNSUPPORTED, "there is no such order about people");
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *detail CLEANUP_JSON = json_new_object();
        struct json *result CLEANUP_JSON = verb->list ? json_new_array() : json_new_object();
        struct order order = {
                .request = request, .store = request->store, .arena = arena, .result = result,
                .now = request->now, .detail = detail,
        };
        int r = verb->changes ? change(&order, request->verb, verb->run, err) : verb->run(&order, err);

        if (r == 0) {
                *out = result;
                result = NULL;
        }
        return r;
}

/* ---- a new portal's owner ---- */

struct owner {
        struct order order;             /* first: the transaction's function gets this */
        struct str address;
};

static int invite_owner(struct order *order, struct err *err)
{
        return invite_first(order, ((struct owner *)order)->address, err);
}

int people_invite_owner(const struct people_request *request, struct str address, struct json **out,
                        struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *detail CLEANUP_JSON = json_new_object();
        struct json *result CLEANUP_JSON = json_new_object();
        struct owner owner = {
                .order = { .request = request, .store = request->store, .arena = arena,
                           .result = result, .now = request->now, .detail = detail },
                .address = address,
        };
        int r = change(&owner.order, STR("portal.create"), invite_owner, err);

        if (r == 0) {
                *out = result;
                result = NULL;
        }
        return r;
}

int people_described(const struct people_request *request, struct arena *arena,
                     struct store_person *out, struct err *err)
{
        struct order order = {
                .request = request, .store = request->store, .arena = arena, .now = request->now,
        };

        return described_person(&order, out, err);
}
