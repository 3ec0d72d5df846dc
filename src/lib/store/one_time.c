/*
 * one_time.c -- links that work once.
 */
#include "store/one_time.h"

#include "base/check.h"
#include "store/inside.h"

/* Of a link o: still good for its person at $1. States 0 and 1 are invited and active. */
#define LINK_IS_GOOD                                                                               \
        "o.used = 0 AND o.expires > $1 AND CASE o.kind"                                            \
        " WHEN 0 THEN NOT EXISTS (SELECT 1 FROM person a WHERE a.role = 0 AND a.state = 1)"        \
        " WHEN 1 THEN EXISTS (SELECT 1 FROM person p WHERE p.id = o.person AND p.state = 0"        \
        " AND p.epoch = o.epoch AND (p.expires = 0 OR p.expires > $1))"                            \
        " ELSE EXISTS (SELECT 1 FROM person p WHERE p.id = o.person AND p.state = 1"               \
        " AND p.epoch = o.epoch AND (p.expires = 0 OR p.expires > $1)) END"

static int void_link(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND,
                       "this link was used already or is no longer valid; ask for a new one");
}

static int check_person(struct store *store, const struct store_one_time *link, int64_t now,
                        int64_t *out_epoch, struct err *err)
{
        int64_t epoch = 0;
        int r;

        if (link->kind == ONE_TIME_SETUP) {
                check(link->person == 0);
                r = sql_one(store, "SELECT id FROM person WHERE role = 0 AND state = 1 LIMIT 1",
                            NO_ARGS, &epoch, err);
                if (r > 0)
                        return err_set(err, ERR_DENIED,
                                       "this portal is set up; ask one of its administrators");
                if (r == 0)
                        *out_epoch = 0;
                return r;
        }
        r = sql_one(store,
                    "SELECT epoch FROM person WHERE id = $1 AND state = $2"
                    " AND (expires = 0 OR expires > $3)",
                    ARGS(V_INT(link->person),
                         V_INT(link->kind == ONE_TIME_INVITE ? PERSON_INVITED : PERSON_ACTIVE),
                         V_INT(now)),
                    &epoch, err);
        if (r < 0)
                return r;
        if (r == 0)
                return err_set(err, ERR_DENIED, link->kind == ONE_TIME_INVITE ?
                                       "only who has never logged in can be invited" :
                                       "only an active account can use such a link");
        *out_epoch = epoch;
        return 0;
}

/* So that nobody fills the table or a mailbox, the oldest links go. */
static int make_room(struct store *store, const struct store_one_time *link, struct err *err)
{
        if (link->kind == ONE_TIME_SETUP)
                return sql_run(store, "DELETE FROM one_time WHERE person IS NULL AND kind = 0",
                               NO_ARGS, err);
        return sql_run(store,
                       "DELETE FROM one_time WHERE person = $1 AND kind = $2 AND id NOT IN"
                       " (SELECT o.id FROM one_time o WHERE o.person = $1 AND o.kind = $2"
                       " ORDER BY o.id DESC LIMIT $3)",
                       ARGS(V_INT(link->person), V_INT(link->kind), V_INT(ONE_TIME_OPEN_MAX - 1)),
                       err);
}

int store_one_time_add(struct store *store, const struct digest *token,
                       const struct store_one_time *link, int64_t now, struct err *err)
{
        int64_t epoch = 0;

        check(store->writing);
        if (link->detail.n > ONE_TIME_DETAIL_MAX || !str_is_utf8(link->detail))
                return err_set(err, ERR_LIMIT, "what a link carries is text of at most %d bytes",
                               ONE_TIME_DETAIL_MAX);
        if (link->expires <= now || link->expires > now + ONE_TIME_SECONDS_MAX)
                return err_set(err, ERR_INVALID, "a link is valid for at most %d days",
                               ONE_TIME_SECONDS_MAX / 86400);
        int r = check_person(store, link, now, &epoch, err);

        if (r == 0)
                r = make_room(store, link, err);
        if (r < 0)
                return r;
        return sql_run(store,
                       "INSERT INTO one_time(token, kind, person, epoch, detail, created, expires,"
                       " used) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
                       ARGS(V_DIGEST(token), V_INT(link->kind),
                            link->person != 0 ? V_INT(link->person) : V_NULL, V_INT(epoch),
                            V_TEXT(link->detail), V_INT(now), V_INT(link->expires)),
                       err);
}

int store_one_time_count(struct store *store, int64_t person, enum one_time_kind kind,
                         int64_t since, int64_t *out, struct err *err)
{
        int64_t n = 0;
        int r = sql_one(store,
                        "SELECT count(*) FROM one_time WHERE person = $1 AND kind = $2"
                        " AND created > $3",
                        ARGS(V_INT(person), V_INT(kind), V_INT(since)), &n, err);

        if (r < 0)
                return r;
        *out = n;
        return 0;
}

/* Columns person, detail and expires of the one row. */
static int take_row(struct store *store, const char *text, const struct digest *token,
                    enum one_time_kind kind, int64_t now, struct arena *arena,
                    struct store_one_time *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, text, ARGS(V_INT(now), V_DIGEST(token), V_INT(kind)), &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return void_link(err);
        struct store_one_time link = {
                .kind = kind,
                .person = query_is_null(q, 0) ? 0 : query_int(q, 0),
                .detail = arena_str(arena, query_text(q, 1)),
                .expires = query_int(q, 2),
        };

        /* A token is unique; the second step lets a change run to its end. */
        r = query_step(q, err);
        check(r <= 0);
        if (r == 0)
                *out = link;
        return r;
}

int store_one_time_find(struct store *store, const struct digest *token, enum one_time_kind kind,
                        int64_t now, struct arena *arena, struct store_one_time *out,
                        struct err *err)
{
        return take_row(store,
                        "SELECT o.person, o.detail, o.expires FROM one_time o"
                        " WHERE " LINK_IS_GOOD " AND o.token = $2 AND o.kind = $3",
                        token, kind, now, arena, out, err);
}

int store_one_time_use(struct store *store, const struct digest *token, enum one_time_kind kind,
                       int64_t now, struct arena *arena, struct store_one_time *out,
                       struct err *err)
{
        check(store->writing && now > 0);
        return take_row(store,
                        "UPDATE one_time AS o SET used = $1"
                        " WHERE " LINK_IS_GOOD " AND o.token = $2 AND o.kind = $3"
                        " RETURNING person, detail, expires",
                        token, kind, now, arena, out, err);
}
