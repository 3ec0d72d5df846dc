/*
 * orders.c -- which orders there are, and what all of them have in common: one transaction, one row in the
 * portal's log, one answer.
 */
#include "orders.h"

#include <stdarg.h>
#include <stdio.h>

#include "content/content.h"
#include "crypto/digest.h"
#include "store/audit.h"

enum verb_kind {
        READS = 0,
        CHANGES = 1,
        LISTS = 2,                      /* its answer is an array */
        SLOW = 4,                       /* takes longer than a portal's loop may */
};

struct verb {
        const char *name;
        order_fn *run;
        unsigned kind;
        enum people_brings brings;
};

static const struct verb verbs[] = {
        { "user.add", user_add, CHANGES, PEOPLE_MAY_BRING_PASSWORD },
        { "user.import", user_import, CHANGES | SLOW, PEOPLE_MAY_BRING_TABLE },
        { "user.preview", user_preview, READS | SLOW, PEOPLE_MAY_BRING_TABLE },
        { "user.change", user_change, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "user.show", user_show, READS, PEOPLE_BRINGS_NOTHING },
        { "user.list", user_list, LISTS, PEOPLE_BRINGS_NOTHING },
        { "user.disable", user_disable, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "user.enable", user_enable, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "user.delete", user_delete, CHANGES | SLOW, PEOPLE_BRINGS_NOTHING },
        { "user.reset", user_reset, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "user.role", user_role, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "user.unfactor", user_unfactor, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "user.end-sessions", user_end_sessions, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "group.add", group_add, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "group.rename", group_rename, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "group.remove", group_remove, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "group.list", group_list, LISTS, PEOPLE_BRINGS_NOTHING },
        { "group.join", group_join, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "group.leave", group_leave, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "access.grant", access_grant, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "access.revoke", access_revoke, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "access.list", access_list, READS, PEOPLE_BRINGS_NOTHING },
        { "access.visibility", access_visibility, CHANGES | SLOW, PEOPLE_BRINGS_NOTHING },
        { "share.add", share_add, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "share.list", share_list, LISTS, PEOPLE_BRINGS_NOTHING },
        { "share.revoke", share_revoke, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "token.add", token_add, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "token.list", token_list, LISTS, PEOPLE_BRINGS_NOTHING },
        { "token.revoke", token_revoke, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "sso.add", sso_add, CHANGES, PEOPLE_MAY_BRING_SECRET },
        { "sso.change", sso_change, CHANGES, PEOPLE_MAY_BRING_SECRET },
        { "sso.remove", sso_remove, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "sso.list", sso_list, LISTS, PEOPLE_BRINGS_NOTHING },
        { "audit.list", audit_list, LISTS, PEOPLE_BRINGS_NOTHING },
        { "audit.verify", audit_verify, READS | SLOW, PEOPLE_BRINGS_NOTHING },
        { "settings.show", settings_show, READS, PEOPLE_BRINGS_NOTHING },
        { "settings.change", settings_change, CHANGES | SLOW, PEOPLE_BRINGS_NOTHING },
        { "backup-key.set", backup_key_set, CHANGES, PEOPLE_BRINGS_NOTHING },
        { "backup-key.remove", backup_key_remove, CHANGES, PEOPLE_BRINGS_NOTHING },
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

size_t people_verbs(void)
{
        return ARRAY_LEN(verbs);
}

const char *people_verb_at(size_t i)
{
        return verbs[i].name;
}

enum people_brings people_brings(struct str verb)
{
        const struct verb *found = find_verb(verb);

        return found != NULL ? found->brings : PEOPLE_BRINGS_NOTHING;
}

bool people_is_slow(struct str verb)
{
        const struct verb *found = find_verb(verb);

        return found != NULL && (found->kind & SLOW) != 0;
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

struct str people_tag(const struct json *answer, struct arena *arena)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct digest digest;
        char hex[DIGEST_HEX_LEN + 1];

        json_render(answer, false, &text);
        digest_of(buf_str(&text), &digest);
        digest_hex(&digest, hex);
        return str_of(arena_printf(arena, "\"%.32s\"", hex));
}

static int still_as_seen(const struct order *order, struct err *err)
{
        const struct people_request *request = order->request;
        const struct verb *shows = find_verb(request->seen_by);
        struct json *now CLEANUP_JSON = json_new_object();
        struct order look = *order;

        if (request->seen_by.n == 0)
                return 0;
        if (shows == NULL || shows->kind != READS)
                return err_set(err, ERR_UNSUPPORTED, "no order shows what is to be changed here");
        look.result = now;
        int r = shows->run(&look, err);

        if (r < 0 || str_is(request->seen, "*") || str_eq(request->seen, people_tag(now, order->arena)))
                return r;
        return err_set(err, ERR_AGAIN, "This has changed since it was read. Read it again and decide anew.");
}

static int change(struct order *order, struct str action, order_fn *run, struct err *err)
{
        int r = store_begin(order->store, err);

        if (r < 0)
                return r;
        r = still_as_seen(order, err);
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

static void hear_nothing(void *ctx, enum manual_severity severity, struct str file, unsigned line,
                         struct str text)
{
        (void)ctx, (void)severity, (void)file, (void)line, (void)text;
}

/* What follows the change: it is made and stays, whatever becomes of this. */
static int finish(struct order *order, const struct verb *verb, struct err *err)
{
        static const struct content_report quiet = { .fn = hear_nothing };
        struct content_published unused;

        /* What was deleted stands in the write-ahead log until it is emptied. */
        if (verb->run == user_delete)
                store_checkpoint(order->store);
        if (!order->renders)
                return 0;
        int r = content_refresh(order->store, &quiet, &unused, err);

        return r < 0 ? err_wrap(err, r, "the change is made, but not all pages show it yet") : 0;
}

int people_order(const struct people_request *request, struct json **out, struct err *err)
{
        const struct verb *verb = find_verb(request->verb);

        if (verb == NULL || (request->hash.n > 0 && verb->brings != PEOPLE_MAY_BRING_PASSWORD) ||
            (request->secret.n > 0 && verb->brings != PEOPLE_MAY_BRING_SECRET))
                return err_set(err, ERR_UNSUPPORTED, "there is no such order about people");
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *detail CLEANUP_JSON = json_new_object();
        struct json *result CLEANUP_JSON = (verb->kind & LISTS) != 0 ? json_new_array() : json_new_object();
        struct order order = {
                .request = request, .store = request->store, .arena = arena, .result = result,
                .now = request->now, .detail = detail,
        };
        int r = (verb->kind & CHANGES) != 0 ? change(&order, request->verb, verb->run, err)
                                            : verb->run(&order, err);

        if (r == 0)
                r = finish(&order, verb, err);
        if (r == 0) {
                *out = result;
                result = NULL;
        }
        return r;
}

/* ---- orders that no table has: who gives them is not somebody who may ---- */

struct addressed {
        struct order order;             /* first: the transaction's function gets this */
        struct str address;
};

static int invite_owner(struct order *order, struct err *err)
{
        return invite_first(order, ((struct addressed *)order)->address, err);
}

static int ask_password(struct order *order, struct err *err)
{
        return password_asked(order, ((struct addressed *)order)->address, err);
}

static int change_addressed(const struct people_request *request, struct str action, order_fn *run,
                            struct str address, struct json *result, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *detail CLEANUP_JSON = json_new_object();
        struct addressed addressed = {
                .order = { .request = request, .store = request->store, .arena = arena,
                           .result = result, .now = request->now, .detail = detail },
                .address = address,
        };

        return change(&addressed.order, action, run, err);
}

int people_invite_owner(const struct people_request *request, struct str address, struct json **out,
                        struct err *err)
{
        struct json *result CLEANUP_JSON = json_new_object();
        int r = change_addressed(request, STR("portal.create"), invite_owner, address, result, err);

        if (r == 0) {
                *out = result;
                result = NULL;
        }
        return r;
}

int people_password_asked(const struct people_request *request, struct str address, struct err *err)
{
        struct json *result CLEANUP_JSON = json_new_object();

        return change_addressed(request, STR("password.asked"), ask_password, address, result, err);
}

int people_described(const struct people_request *request, struct arena *arena,
                     struct store_person *out, struct err *err)
{
        struct order order = {
                .request = request, .store = request->store, .arena = arena, .now = request->now,
        };

        return described_person(&order, out, err);
}
