/*
 * sessions.c -- sessions: one row each, checked against the person's row on every request.
 */
#include "store/sessions.h"

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/required.h"
#include "store/settings.h"

#define SESSION_COLUMNS                                                                            \
        "s.id, s.person, p.login, p.name, p.role, s.created, s.seen, s.until, s.ends,"             \
        " s.second_factor, s.elevated, s.address, s.agent,"                                        \
        " CASE s.second_factor WHEN 0 THEN " FACTOR_REQUIRED " ELSE 0 END"

/* $1 is now. */
#define SESSION_IS_LIVE                                                                            \
        "s.until > $1 AND s.ends > $1 AND s.epoch = p.epoch AND p.state = 1"                       \
        " AND (p.expires = 0 OR p.expires > $1)"

static void session_row(struct query *q, struct arena *arena, void *item)
{
        struct store_session *s = item;

        s->id = query_int(q, 0);
        s->person = query_int(q, 1);
        s->login = arena_str(arena, query_text(q, 2));
        s->name = arena_str(arena, query_text(q, 3));
        s->role = (enum person_role)query_int(q, 4);
        s->created = query_int(q, 5);
        s->seen = query_int(q, 6);
        s->until = query_int(q, 7);
        s->ends = query_int(q, 8);
        s->second_factor = query_int(q, 9) != 0;
        s->elevated = query_int(q, 10);
        s->address = arena_str(arena, query_text(q, 11));
        s->agent = arena_str(arena, query_text(q, 12));
        s->factor_missing = query_int(q, 13) != 0;
}

static int over(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "this session has ended; log in again");
}

/* At most max bytes of what a browser said, whole characters, nothing that is not text. */
static struct str cut(struct str s, size_t max)
{
        if (s.n > max) {
                s.n = max;
                while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
                        s.n--;
        }
        return str_is_utf8(s) ? s : STR("");
}

/* Role and epoch of a person who may log in now. */
static int may_start(struct store *store, int64_t person, int64_t now, enum person_role *out_role,
                     int64_t *out_epoch, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT role, epoch, state, expires FROM person WHERE id = $1",
                            ARGS(V_INT(person)), &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0 ||
            !person_is_live((enum person_state)query_int(q, 2), query_int(q, 3), now))
                return err_set(err, ERR_DENIED, "this account may not log in; ask an administrator");
        *out_role = (enum person_role)query_int(q, 0);
        *out_epoch = query_int(q, 1);
        return 0;
}

int store_session_start(struct store *store, const struct store_session_start *start, int64_t now,
                        int64_t *out_id, struct err *err)
{
        struct store_settings settings;
        enum person_role role = ROLE_POWER_READER;
        int64_t epoch = 0;

        check(store->writing);
        int r = may_start(store, start->person, now, &role, &epoch, err);

        if (r == 0)
                r = store_settings_load(store, &settings, err);
        if (r == 0)
                r = sql_run(store,
                            "DELETE FROM session WHERE person = $1 AND id NOT IN"
                            " (SELECT s.id FROM session s WHERE s.person = $1"
                            " ORDER BY s.seen DESC, s.id DESC LIMIT $2)",
                            ARGS(V_INT(start->person), V_INT(SESSIONS_MAX - 1)), err);
        if (r < 0)
                return r;
        check((unsigned)role < ROLE_COUNT);
        int64_t idle = settings.session[role].idle, ends = now + settings.session[role].absolute;

        return sql_insert(store,
                          "INSERT INTO session(token, person, epoch, created, seen, idle, ends,"
                          " until, second_factor, elevated, address, agent)"
                          " VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11)",
                          ARGS(V_DIGEST(&start->token), V_INT(start->person), V_INT(epoch),
                               V_INT(now), V_INT(idle), V_INT(ends),
                               V_INT(now + idle < ends ? now + idle : ends),
                               V_INT(start->second_factor), V_INT(start->elevated),
                               V_TEXT(cut(start->address, SESSION_ADDRESS_MAX)),
                               V_TEXT(cut(start->agent, SESSION_AGENT_MAX))),
                          out_id, err);
}

int store_session_find(struct store *store, const struct digest *token, int64_t now,
                       struct arena *arena, struct store_session *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store,
                            "SELECT " SESSION_COLUMNS " FROM session s"
                            " JOIN person p ON p.id = s.person"
                            " WHERE " SESSION_IS_LIVE " AND s.token = $2",
                            ARGS(V_INT(now), V_DIGEST(token)), &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return over(err);
        struct store_session found = { 0 };

        session_row(q, arena, &found);
        *out = found;
        return 0;
}

int store_session_touch(struct store *store, int64_t id, int64_t now, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "UPDATE session SET seen = $1,"
                       " until = CASE WHEN $1 + idle < ends THEN $1 + idle ELSE ends END"
                       " WHERE id = $2 AND seen <= $3",
                       ARGS(V_INT(now), V_INT(id), V_INT(now - SESSION_TOUCH_AFTER)), err);
}

static int change(struct store *store, const char *text, int64_t value, int64_t id, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store, text, ARGS(V_INT(value), V_INT(id)), &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : over(err);
}

int store_session_elevate(struct store *store, int64_t id, int64_t until, struct err *err)
{
        return change(store, "UPDATE session SET elevated = $1 WHERE id = $2 RETURNING id", until, id,
                      err);
}

int store_session_set_factor(struct store *store, int64_t id, bool second_factor, struct err *err)
{
        return change(store, "UPDATE session SET second_factor = $1 WHERE id = $2 RETURNING id",
                      second_factor, id, err);
}

int store_session_revoke(struct store *store, int64_t person, int64_t id, struct err *err)
{
        check(store->writing);
        return sql_run(store, "DELETE FROM session WHERE id = $1 AND person = $2",
                       ARGS(V_INT(id), V_INT(person)), err);
}

int store_session_revoke_others(struct store *store, int64_t person, int64_t keep, struct err *err)
{
        check(store->writing);
        return sql_run(store, "DELETE FROM session WHERE person = $1 AND id <> $2",
                       ARGS(V_INT(person), V_INT(keep)), err);
}

int store_session_list(struct store *store, int64_t person, int64_t now, struct arena *arena,
                       struct store_session **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " SESSION_COLUMNS " FROM session s JOIN person p ON p.id = s.person"
                         " WHERE " SESSION_IS_LIVE " AND s.person = $2"
                         " ORDER BY s.seen DESC, s.id DESC",
                         ARGS(V_INT(now), V_INT(person)), sizeof **out, session_row, arena, out,
                         out_n, err);
}

int store_sweep_logins(struct store *store, int64_t now, struct err *err)
{
        static const char *const texts[] = {
                "DELETE FROM session WHERE until <= $1",
                "DELETE FROM pending_login WHERE expires <= $1",
                "DELETE FROM one_time WHERE expires <= $1",
        };
        int r = 0;

        check(store->writing);
        for (size_t i = 0; r == 0 && i < ARRAY_LEN(texts); i++)
                r = sql_run(store, texts[i], ARGS(V_INT(now)), err);
        return r;
}
