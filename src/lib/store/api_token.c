/*
 * api_token.c -- bearer tokens.
 */
#include "store/api_token.h"

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/required.h"

#define TOKEN_COLUMNS                                                                              \
        "t.id, t.person, t.name, t.scopes, t.created, t.expires, t.used_day, p.name, p.role"

static void token_row(struct query *q, struct arena *arena, void *item)
{
        struct store_api_token *t = item;

        t->id = query_int(q, 0);
        t->person = query_int(q, 1);
        t->name = arena_str(arena, query_text(q, 2));
        t->scopes = (uint32_t)query_int(q, 3);
        t->created = query_int(q, 4);
        t->expires = query_int(q, 5);
        t->used_day = query_int(q, 6);
        t->person_name = arena_str(arena, query_text(q, 7));
        t->role = (enum person_role)query_int(q, 8);
}

static int check_row(const struct store_api_token *t, int64_t now, struct err *err)
{
        if (t->name.n == 0 || t->name.n > API_TOKEN_NAME_MAX || !str_is_utf8(t->name))
                return err_set(err, ERR_INVALID, "a token's name is text of 1 to %d bytes",
                               API_TOKEN_NAME_MAX);
        if (t->scopes == 0)
                return err_set(err, ERR_INVALID, "a token that allows nothing is of no use; choose "
                               "what it may do");
        if (t->expires <= now || t->expires > now + API_TOKEN_DAYS_MAX * (int64_t)86400)
                return err_set(err, ERR_INVALID, "a token ends within %d days; choose its last day",
                               API_TOKEN_DAYS_MAX);
        return 0;
}

int store_api_token_add(struct store *store, const struct digest *token,
                        const struct store_api_token *t, int64_t now, int64_t *out_id,
                        struct err *err)
{
        int64_t n = 0;

        check(store->writing);
        int r = check_row(t, now, err);

        if (r == 0)
                r = sql_one(store, "SELECT count(*) FROM api_token WHERE person = $1",
                            ARGS(V_INT(t->person)), &n, err);
        if (r < 0)
                return r;
        if (n >= API_TOKENS_MAX)
                return err_set(err, ERR_LIMIT, "an account has at most %d tokens; revoke one first",
                               API_TOKENS_MAX);
        return sql_insert(store,
                          "INSERT INTO api_token(token, person, name, scopes, created, expires,"
                          " used_day) VALUES ($1, $2, $3, $4, $5, $6, 0)",
                          ARGS(V_DIGEST(token), V_INT(t->person), V_TEXT(t->name), V_INT(t->scopes),
                               V_INT(now), V_INT(t->expires)),
                          out_id, err);
}

int store_api_token_find(struct store *store, const struct digest *token, int64_t now,
                         struct arena *arena, struct store_api_token *out, struct err *err)
{
        struct store_api_token *rows = NULL;
        size_t n = 0;
        int r = list_rows(store,
                          "SELECT " TOKEN_COLUMNS " FROM api_token t JOIN person p ON p.id = t.person"
                          " WHERE t.token = $1 AND t.expires > $2 AND p.state = 1"
                          " AND (p.expires = 0 OR p.expires > $2)"
                          " AND NOT " FACTOR_LACKING,
                          ARGS(V_DIGEST(token), V_INT(now)), sizeof *rows, token_row, arena, &rows,
                          &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return err_set(err, ERR_NOT_FOUND, "this token is not valid; make a new one in your "
                               "account");
        *out = rows[0];
        return 0;
}

int store_api_token_touch(struct store *store, int64_t id, int64_t now, struct err *err)
{
        check(store->writing);
        return sql_run(store, "UPDATE api_token SET used_day = $1 WHERE id = $2 AND used_day < $1",
                       ARGS(V_INT(now / 86400), V_INT(id)), err);
}

int store_api_token_list(struct store *store, int64_t person, struct arena *arena,
                         struct store_api_token **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " TOKEN_COLUMNS " FROM api_token t JOIN person p ON p.id = t.person"
                         " WHERE t.person = $1 ORDER BY t.id",
                         ARGS(V_INT(person)), sizeof **out, token_row, arena, out, out_n, err);
}

int store_api_token_revoke(struct store *store, int64_t person, int64_t id, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store, "DELETE FROM api_token WHERE id = $1 AND person = $2 RETURNING id",
                        ARGS(V_INT(id), V_INT(person)), &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_NOT_FOUND, "there is no such token; list them to see all");
}
