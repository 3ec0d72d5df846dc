/*
 * pending.c -- logins that wait for their next step.
 */
#include "base/check.h"
#include "store/inside.h"
#include "store/sessions.h"

static int over(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "this login took too long or failed too often; start again");
}

static int check_sizes(const struct store_pending *p, int64_t now, struct err *err)
{
        if (p->data.n > PENDING_DATA_MAX || p->return_to.n > PENDING_RETURN_MAX ||
            !str_is_utf8(p->return_to))
                return err_set(err, ERR_LIMIT, "the address to return to is too long; open the page "
                               "again after logging in");
        if (p->expires <= now || p->expires > now + PENDING_SECONDS_MAX)
                return err_set(err, ERR_INVALID, "a login waits at most %d seconds",
                               PENDING_SECONDS_MAX);
        return 0;
}

static int epoch_of(struct store *store, int64_t person, int64_t now, int64_t *out, struct err *err)
{
        if (person == 0) {
                *out = 0;
                return 0;
        }
        int r = sql_one(store,
                        "SELECT epoch FROM person WHERE id = $1 AND state = 1"
                        " AND (expires = 0 OR expires > $2)",
                        ARGS(V_INT(person), V_INT(now)), out, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_DENIED,
                                    "this account may not log in; ask an administrator");
}

/* Anybody can begin a login: however many do, the table stays small. */
static int make_room(struct store *store, int64_t person, int64_t now, struct err *err)
{
        int r = sql_run(store, "DELETE FROM pending_login WHERE expires <= $1", ARGS(V_INT(now)), err);

        if (r < 0)
                return r;
        if (person != 0)
                return sql_run(store,
                               "DELETE FROM pending_login WHERE person = $1 AND id NOT IN"
                               " (SELECT l.id FROM pending_login l WHERE l.person = $1"
                               " ORDER BY l.id DESC LIMIT $2)",
                               ARGS(V_INT(person), V_INT(PENDING_PERSON_MAX - 1)), err);
        return sql_run(store,
                       "DELETE FROM pending_login WHERE person IS NULL AND id <="
                       " (SELECT l.id FROM pending_login l WHERE l.person IS NULL"
                       " ORDER BY l.id DESC LIMIT 1 OFFSET $1)",
                       ARGS(V_INT(PENDING_NOBODY_MAX - 1)), err);
}

int store_pending_add(struct store *store, const struct digest *token,
                      const struct store_pending *p, int64_t now, struct err *err)
{
        int64_t epoch = 0;

        check(store->writing);
        int r = check_sizes(p, now, err);

        if (r == 0)
                r = epoch_of(store, p->person, now, &epoch, err);
        if (r == 0)
                r = make_room(store, p->person, now, err);
        if (r < 0)
                return r;
        return sql_run(store,
                       "INSERT INTO pending_login(token, kind, person, epoch, data, return_to,"
                       " created, expires, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
                       ARGS(V_DIGEST(token), V_INT(p->kind),
                            p->person != 0 ? V_INT(p->person) : V_NULL, V_INT(epoch),
                            V_BLOB(p->data), V_TEXT(p->return_to), V_INT(now), V_INT(p->expires)),
                       err);
}

int store_pending_find(struct store *store, const struct digest *token, enum pending_kind kind,
                       int64_t now, struct arena *arena, struct store_pending *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store,
                            "SELECT l.id, l.person, l.data, l.return_to, l.created, l.expires,"
                            " l.attempts FROM pending_login l LEFT JOIN person p ON p.id = l.person"
                            " WHERE l.token = $1 AND l.kind = $2 AND l.expires > $3"
                            " AND l.attempts < $4 AND (l.person IS NULL OR (p.epoch = l.epoch"
                            " AND p.state = 1 AND (p.expires = 0 OR p.expires > $3)))",
                            ARGS(V_DIGEST(token), V_INT(kind), V_INT(now),
                                 V_INT(PENDING_ATTEMPTS_MAX)),
                            &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return over(err);
        *out = (struct store_pending){
                .id = query_int(q, 0),
                .kind = kind,
                .person = query_is_null(q, 1) ? 0 : query_int(q, 1),
                .data = arena_str(arena, query_text(q, 2)),
                .return_to = arena_str(arena, query_text(q, 3)),
                .created = query_int(q, 4),
                .expires = query_int(q, 5),
                .attempts = query_int(q, 6),
        };
        return 0;
}

int store_pending_fail(struct store *store, int64_t id, struct err *err)
{
        check(store->writing);
        return sql_run(store, "UPDATE pending_login SET attempts = attempts + 1 WHERE id = $1",
                       ARGS(V_INT(id)), err);
}

int store_pending_take(struct store *store, int64_t id, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store, "DELETE FROM pending_login WHERE id = $1 RETURNING id",
                        ARGS(V_INT(id)), &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : over(err);
}
