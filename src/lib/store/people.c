/*
 * people.c -- accounts, and the rules that hold whoever changes them.
 */
#include "store/people.h"

#include <stdio.h>

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/person_row.h"

void person_row(struct query *q, struct arena *arena, void *item)
{
        struct store_person *p = item;

        p->id = query_int(q, 0);
        p->login = arena_str(arena, query_text(q, 1));
        p->name = arena_str(arena, query_text(q, 2));
        p->role = (enum person_role)query_int(q, 3);
        p->state = (enum person_state)query_int(q, 4);
        p->created = query_int(q, 5);
        p->expires = query_int(q, 6);
        p->epoch = query_int(q, 7);
        p->has_password = query_int(q, 8) != 0;
        p->has_totp = query_int(q, 9) != 0;
        p->has_passkey = query_int(q, 10) != 0;
}

static int nobody(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "there is no such account; list the people to see all");
}

/* What the rules look at. */
struct standing {
        enum person_role role;
        enum person_state state;
        int64_t expires;
        bool has_password;
};

static int load(struct store *store, int64_t id, struct standing *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r;

        check(store->writing);
        r = query_start(store,
                        "SELECT role, state, expires, password <> '' FROM person"
                        " WHERE id = $1 AND state <> 3",
                        ARGS(V_INT(id)), &q, err);
        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return nobody(err);
        *out = (struct standing){
                .role = (enum person_role)query_int(q, 0),
                .state = (enum person_state)query_int(q, 1),
                .expires = query_int(q, 2),
                .has_password = query_int(q, 3) != 0,
        };
        return 0;
}

/* The write lock is held, so nobody else can take the other administrator away meanwhile. */
static int keep_an_administrator(struct store *store, int64_t id, const struct standing *now,
                                 struct err *err)
{
        int64_t other;

        if (now->role != ROLE_ADMINISTRATOR || now->state != PERSON_ACTIVE)
                return 0;
        int r = sql_one(store,
                        "SELECT id FROM person WHERE role = 0 AND state = 1 AND id <> $1 LIMIT 1",
                        ARGS(V_INT(id)), &other, err);

        if (r != 0)
                return r < 0 ? r : 0;
        return err_set(err, ERR_DENIED,
                       "this is the portal's last active administrator; make somebody else an "
                       "administrator first");
}

int store_person_add(struct store *store, const struct store_person *person, int64_t now,
                     int64_t *out_id, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(1024);
        struct str login = { 0 };
        int64_t taken;

        check(store->writing);
        int r = store_person_check(person, err);

        if (r == 0)
                r = store_login_fold(person->login, arena, &login, err);
        if (r == 0)
                r = sql_one(store, "SELECT id FROM person WHERE login = $1", ARGS(V_TEXT(login)),
                            &taken, err);
        if (r < 0)
                return r;
        if (r > 0)
                return err_set(err, ERR_EXISTS, "'%.*s' has an account already; change that one",
                               STR_ARG(login));
        return sql_insert(store,
                          "INSERT INTO person(login, name, role, state, created, expires, epoch,"
                          " password, totp_secret, totp_step, recovery_salt, failures, failed)"
                          " VALUES ($1, $2, $3, 0, $4, $5, 1, '', $6, -1, $6, 0, 0)",
                          ARGS(V_TEXT(login), V_TEXT(person->name), V_INT(person->role), V_INT(now),
                               V_INT(person->expires), V_BLOB(STR(""))),
                          out_id, err);
}

static int find_one(struct store *store, const char *text, struct sql_value key,
                    struct arena *arena, struct store_person *out, struct err *err)
{
        struct store_person *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, text, &key, 1, sizeof *rows, person_row, arena, &rows, &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return nobody(err);
        *out = rows[0];
        return 0;
}

int store_person_find(struct store *store, int64_t id, struct arena *arena,
                      struct store_person *out, struct err *err)
{
        return find_one(store, "SELECT " PERSON_COLUMNS " FROM person p WHERE p.id = $1", V_INT(id),
                        arena, out, err);
}

int store_person_find_login(struct store *store, struct str login, struct arena *arena,
                            struct store_person *out, struct err *err)
{
        struct str folded;

        /* What cannot be an address has no account; the answer is the same. */
        if (store_login_fold(login, arena, &folded, NULL) < 0)
                return nobody(err);
        return find_one(store, "SELECT " PERSON_COLUMNS " FROM person p WHERE p.login = $1",
                        V_TEXT(folded), arena, out, err);
}

int store_person_list(struct store *store, unsigned roles, struct str after, size_t limit,
                      struct arena *arena, struct store_person **out, size_t *out_n,
                      struct err *err)
{
        if (limit == 0 || limit > PEOPLE_LIST_MAX)
                return err_set(err, ERR_LIMIT, "ask for 1 to %d people at a time", PEOPLE_LIST_MAX);
        /* In the order of the index; a tombstone has no login and is never met. */
        return list_rows(store,
                         "SELECT " PERSON_COLUMNS " FROM person p WHERE p.login > $1"
                         " AND ((1 << p.role) & $2) <> 0 ORDER BY p.login LIMIT $3",
                         ARGS(V_TEXT(after), V_INT(roles), V_INT(limit)),
                         sizeof **out, person_row, arena, out, out_n, err);
}

/* What LIKE takes for the text itself, wherever it stands. */
static struct str like_pattern(struct arena *arena, struct str text)
{
        char *p = arena_alloc(arena, 2 * text.n + 3);
        size_t n = 0;

        p[n++] = '%';
        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '\\')
                        p[n++] = '\\';
                p[n++] = text.p[i];
        }
        p[n++] = '%';
        return str_make(p, n);
}

int store_person_search(struct store *store, const struct store_person_filter *filter,
                        struct str after, size_t limit, struct arena *arena,
                        struct store_person **out, size_t *out_n, struct err *err)
{
        if (limit == 0 || limit > PEOPLE_LIST_MAX)
                return err_set(err, ERR_LIMIT, "ask for 1 to %d people at a time", PEOPLE_LIST_MAX);
        return list_rows(store,
                         "SELECT " PERSON_COLUMNS " FROM person p WHERE p.login > $1"
                         " AND ((1 << p.role) & $2) <> 0"
                         " AND ((1 << CASE WHEN p.state = 1 AND p.expires <> 0 AND p.expires <= $3"
                         " THEN 3 ELSE p.state END) & $4) <> 0"
                         " AND ($5 = '%%' OR p.login LIKE $5 ESCAPE '\\' OR p.name LIKE $5 ESCAPE '\\')"
                         " AND ($6 = 0 OR EXISTS (SELECT 1 FROM group_member m"
                         " WHERE m.access_group = $6 AND m.person = p.id))"
                         " AND ($7 = 0 OR EXISTS (SELECT 1 FROM publication_access a"
                         " WHERE a.publication = $7 AND a.person = p.id))"
                         " ORDER BY p.login LIMIT $8",
                         ARGS(V_TEXT(after), V_INT(filter->roles), V_INT(filter->now),
                              V_INT(filter->states), V_TEXT(like_pattern(arena, filter->text)),
                              V_INT(filter->group), V_INT(filter->publication), V_INT(limit)),
                         sizeof **out, person_row, arena, out, out_n, err);
}

int store_person_count(struct store *store, int64_t out[static ROLE_COUNT], struct err *err)
{
        int64_t counts[ROLE_COUNT] = { 0 };

        for (int role = 0; role < ROLE_COUNT; role++) {
                int r = sql_one(store,
                                "SELECT count(*) FROM person WHERE role = $1"
                                " AND state IN (0, 1, 2)",
                                ARGS(V_INT(role)), &counts[role], err);

                if (r < 0)
                        return r;
        }
        for (int role = 0; role < ROLE_COUNT; role++)
                out[role] = counts[role];
        return 0;
}

int store_person_set_name(struct store *store, int64_t id, struct str name, struct err *err)
{
        const struct store_person trial = { .name = name,
                                            .login = STR("a@b"),
                                            .role = ROLE_WRITER };
        struct standing now;
        int r = store_person_check(&trial, err);

        if (r == 0)
                r = load(store, id, &now, err);
        if (r < 0)
                return r;
        return sql_run(store, "UPDATE person SET name = $1 WHERE id = $2",
                       ARGS(V_TEXT(name), V_INT(id)), err);
}

/* Rows that say "this browser is logged in" or "this link may act for this person". */
static int drop_logins(struct store *store, int64_t id, struct err *err)
{
        static const char *const texts[] = {
                "DELETE FROM session WHERE person = $1",
                "DELETE FROM pending_login WHERE person = $1",
        };
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_LEN(texts); i++)
                r = sql_run(store, texts[i], ARGS(V_INT(id)), err);
        return r;
}

static int raise_epoch(struct store *store, int64_t id, struct err *err)
{
        int r = sql_run(store, "UPDATE person SET epoch = epoch + 1 WHERE id = $1",
                        ARGS(V_INT(id)), err);

        return r < 0 ? r : drop_logins(store, id, err);
}

int store_person_set_login(struct store *store, int64_t id, struct str login, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(1024);
        struct str folded;
        struct standing now;
        int64_t taken;
        int r = store_login_fold(login, arena, &folded, err);

        if (r == 0)
                r = load(store, id, &now, err);
        if (r == 0)
                r = sql_one(store, "SELECT id FROM person WHERE login = $1 AND id <> $2",
                            ARGS(V_TEXT(folded), V_INT(id)), &taken, err);
        if (r > 0)
                return err_set(err, ERR_EXISTS,
                               "'%.*s' has an account already; use another address",
                               STR_ARG(folded));
        if (r == 0)
                r = sql_run(store, "UPDATE person SET login = $1 WHERE id = $2",
                            ARGS(V_TEXT(folded), V_INT(id)), err);
        if (r == 0)
                r = sql_run(store, "DELETE FROM one_time WHERE person = $1", ARGS(V_INT(id)), err);
        return r < 0 ? r : raise_epoch(store, id, err);
}

int store_person_set_role(struct store *store, int64_t id, enum person_role role, struct err *err)
{
        struct standing now;
        int r = load(store, id, &now, err);

        if (r < 0 || now.role == role)
                return r;
        if (role == ROLE_ADMINISTRATOR && now.expires != 0)
                return err_set(err, ERR_INVALID,
                               "an administrator's account cannot expire; remove its end date "
                               "first");
        r = keep_an_administrator(store, id, &now, err);
        if (r == 0)
                r = sql_run(store, "UPDATE person SET role = $1 WHERE id = $2",
                            ARGS(V_INT(role), V_INT(id)), err);
        if (r == 0)
                r = sql_run(store, "DELETE FROM api_token WHERE person = $1", ARGS(V_INT(id)), err);
        return r < 0 ? r : raise_epoch(store, id, err);
}

int store_person_set_expires(struct store *store, int64_t id, int64_t expires, struct err *err)
{
        struct standing now;
        int r = load(store, id, &now, err);

        if (r < 0)
                return r;
        if (expires < 0)
                return err_set(err, ERR_INVALID, "an account ends after 1970, or never");
        if (now.role == ROLE_ADMINISTRATOR && expires != 0)
                return err_set(err, ERR_INVALID,
                               "an administrator's account cannot expire; choose another role "
                               "first");
        return sql_run(store, "UPDATE person SET expires = $1 WHERE id = $2",
                       ARGS(V_INT(expires), V_INT(id)), err);
}

int store_person_disable(struct store *store, int64_t id, struct err *err)
{
        struct standing now;
        int r = load(store, id, &now, err);

        if (r == 0)
                r = keep_an_administrator(store, id, &now, err);
        if (r == 0)
                r = sql_run(store, "UPDATE person SET state = 2 WHERE id = $1", ARGS(V_INT(id)),
                            err);
        return r < 0 ? r : raise_epoch(store, id, err);
}

int store_person_enable(struct store *store, int64_t id, struct err *err)
{
        struct standing now;
        int r = load(store, id, &now, err);

        if (r < 0 || now.state != PERSON_DISABLED)
                return r;
        return sql_run(store, "UPDATE person SET state = $1, failures = 0 WHERE id = $2",
                       ARGS(V_INT(now.has_password ? PERSON_ACTIVE : PERSON_INVITED), V_INT(id)),
                       err);
}

int store_person_activate(struct store *store, int64_t id, struct err *err)
{
        struct standing now;
        int r = load(store, id, &now, err);

        if (r < 0)
                return r;
        if (now.state == PERSON_DISABLED)
                return err_set(err, ERR_DENIED, "this account is disabled; ask an administrator");
        return sql_run(store, "UPDATE person SET state = 1 WHERE id = $1 AND state = 0",
                       ARGS(V_INT(id)), err);
}

int store_person_end_sessions(struct store *store, int64_t id, struct err *err)
{
        struct standing now;
        int r = load(store, id, &now, err);

        return r < 0 ? r : raise_epoch(store, id, err);
}

static int drop_belongings(struct store *store, int64_t id, struct err *err)
{
        static const char *const texts[] = {
                "DELETE FROM recovery_code WHERE person = $1",
                "DELETE FROM passkey WHERE person = $1",
                "DELETE FROM known_browser WHERE person = $1",
                "DELETE FROM group_member WHERE person = $1",
                "DELETE FROM publication_access WHERE person = $1",
                "DELETE FROM one_time WHERE person = $1",
                "DELETE FROM outbox WHERE recipient = (SELECT login FROM person WHERE id = $1)",
                "DELETE FROM api_token WHERE person = $1",
                "DELETE FROM sso_link WHERE person = $1",
        };
        int r = drop_logins(store, id, err);

        for (size_t i = 0; r == 0 && i < ARRAY_LEN(texts); i++)
                r = sql_run(store, texts[i], ARGS(V_INT(id)), err);
        return r;
}

int store_person_delete(struct store *store, int64_t id, struct err *err)
{
        struct standing now;
        char name[64];
        int r = load(store, id, &now, err);

        if (r == 0)
                r = keep_an_administrator(store, id, &now, err);
        if (r == 0)
                r = drop_belongings(store, id, err);
        if (r < 0)
                return r;
        snprintf(name, sizeof name, "former %s %lld",
                 person_role_is_author(now.role) ? "author" : "reader", (long long)id);
        r = sql_run(store,
                    "UPDATE person SET login = NULL, name = $1, state = 3, expires = 0,"
                    " epoch = epoch + 1, password = '', totp_secret = $2, totp_step = -1,"
                    " recovery_salt = $2, failures = 0, failed = 0 WHERE id = $3",
                    ARGS(V_TEXT(str_of(name)), V_BLOB(STR("")), V_INT(id)), err);
        if (r < 0)
                return r;
        return sql_run(store, "UPDATE revision SET author = $1 WHERE person = $2",
                       ARGS(V_TEXT(str_of(name)), V_INT(id)), err);
}

int store_revision_attribute(struct store *store, int64_t topic, int64_t number, int64_t person,
                             struct err *err)
{
        int64_t id;
        int r;

        check(store->writing);
        r = sql_one(store,
                    "UPDATE revision SET person = $1,"
                    " author = (SELECT name FROM person p WHERE p.id = $1)"
                    " WHERE topic = $2 AND number = $3"
                    " AND EXISTS (SELECT 1 FROM person p WHERE p.id = $1) RETURNING id",
                    ARGS(V_INT(person), V_INT(topic), V_INT(number)), &id, err);
        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_NOT_FOUND, "there is no such revision or account");
}
