/*
 * people.c -- which orders about people there are, and what all of them have in common: one transaction,
 * one row in the portal's log, one answer.
 */
#include "people.h"

#include "base/clock.h"
#include "base/fd.h"
#include "store/audit.h"

enum { JOB_BUSY_MS = 30000 };

struct verb {
        const char *name;
        people_fn *prepare;             /* slow work before the transaction, or NULL */
        people_fn *run;
        bool changes;
        bool list;                      /* its answer is an array */
};

static const struct verb verbs[] = {
        { "user.add", people_hash_password, people_user_add, true, false },
        { "user.list", NULL, people_user_list, false, true },
        { "user.disable", NULL, people_user_disable, true, false },
        { "user.enable", NULL, people_user_enable, true, false },
        { "user.delete", NULL, people_user_delete, true, false },
        { "user.reset", NULL, people_user_reset, true, false },
        { "user.role", NULL, people_user_role, true, false },
        { "group.add", NULL, people_group_add, true, false },
        { "group.remove", NULL, people_group_remove, true, false },
        { "group.list", NULL, people_group_list, false, true },
        { "group.join", NULL, people_group_join, true, false },
        { "group.leave", NULL, people_group_leave, true, false },
        { "access.grant", NULL, people_access_grant, true, false },
        { "access.revoke", NULL, people_access_revoke, true, false },
        { "access.list", NULL, people_access_list, false, false },
};

struct str people_argument(const struct people_order *order, const char *key)
{
        return json_get_text(order->args, key);
}

int people_find(struct people_order *order, struct store_person *out, struct err *err)
{
        struct str email = people_argument(order, "email");
        struct str login;
        int r = store_login_fold(email, order->arena, &login, err);

        if (r < 0)
                return r;
        r = store_person_find_login(order->store, login, order->arena, out, err);
        if (r != ERR_NOT_FOUND)
                return r;
        struct str portal = people_argument(order, "portal");

        return err_set(err, r, "%.*s has no account here; 'carrel user list %.*s' shows who has",
                       STR_ARG(login), STR_ARG(portal));
}

void people_note(struct people_order *order, const char *sentence)
{
        job_note(order->job, 1, STR(""), 0, str_of(sentence));
}

void people_log(struct people_order *order, const char *kind, struct str name)
{
        order->object = str_of(arena_printf(order->arena, "%s/%.*s", kind, STR_ARG(name)));
}

void people_log_number(struct people_order *order, const char *kind, int64_t number)
{
        order->object = str_of(arena_printf(order->arena, "%s/%lld", kind, (long long)number));
}

static int write_log(struct people_order *order, const char *action, struct err *err)
{
        struct buf detail CLEANUP_BUF = { 0 };

        json_render(order->detail, false, &detail);
        const struct store_audit_record record = {
                .time = order->now,
                .actor = AUDIT_HOST,
                .action = str_of(action),
                .object = order->object,
                .detail = buf_str(&detail),
        };

        return store_audit_add(order->store, &record, err);
}

static int change(struct people_order *order, const char *action, people_fn *run, struct err *err)
{
        int r = store_begin(order->store, err);

        if (r < 0)
                return r;
        r = run(order, err);
        if (r == 0)
                r = write_log(order, action, err);
        if (r < 0) {
                store_rollback(order->store);
                return r;
        }
        return store_commit(order->store, err);
}

static int carry_out(struct people_order *order, const struct verb *verb, struct err *err)
{
        int r = verb->prepare != NULL ? verb->prepare(order, err) : 0;

        if (r < 0)
                return r;
        return verb->changes ? change(order, verb->name, verb->run, err) : verb->run(order, err);
}

static const struct verb *find_verb(struct str name)
{
        for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
                if (str_is(name, verbs[i].name))
                        return &verbs[i];
        return NULL;
}

static int open_store(struct store **out, struct err *err)
{
        const struct store_options options = { .busy_ms = JOB_BUSY_MS };

        return store_open(".", &options, out, err);
}

int order_people(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store *store CLEANUP_STORE = NULL;
        struct json *args CLEANUP_JSON = NULL;
        struct json *detail CLEANUP_JSON = json_new_object();
        const struct verb *verb = find_verb(message_get_str(msg));
        int r = json_parse(message_get_str(msg), &args, err);

        if (r == 0 && (verb == NULL || (fd >= 0 && verb->prepare == NULL)))
                r = err_set(err, ERR_UNSUPPORTED, "this job does not know such an order about people");
        if (r == 0)
                r = open_store(&store, err);
        if (r < 0)
                return r;
        struct json *result CLEANUP_JSON = verb->list ? json_new_array() : json_new_object();
        struct people_order order = {
                .job = job, .store = store, .arena = arena, .args = args, .result = result,
                .now = clock_unix(), .password = fd, .detail = detail,
        };

        r = carry_out(&order, verb, err);
        if (r == 0)
                json_render(result, false, &job->json);
        return r;
}

/* ---- a new portal's owner ---- */

struct owner {
        struct people_order order;      /* first: the transaction's function gets this */
        struct str address;
};

static int invite_owner(struct people_order *order, struct err *err)
{
        return people_invite_first(order, ((struct owner *)order)->address, err);
}

int people_invite_owner(struct job *job, struct store *store, struct str address, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *detail CLEANUP_JSON = json_new_object();
        struct json *result CLEANUP_JSON = json_new_object();
        struct owner owner = {
                .order = { .job = job, .store = store, .arena = arena, .result = result,
                           .now = clock_unix(), .password = -1, .detail = detail },
                .address = address,
        };
        int r = change(&owner.order, "portal.create", invite_owner, err);

        if (r == 0)
                json_render(result, false, &job->json);
        return r;
}
