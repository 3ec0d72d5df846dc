/*
 * passkey.c -- passkeys as they are stored.
 */
#include "base/check.h"
#include "store/credentials.h"
#include "store/inside.h"
#include "store/list.h"

#define PASSKEY_COLUMNS                                                                            \
        "id, person, credential, algorithm, public_key, model, counter, transports, verified,"     \
        " backup_eligible, backed_up, name, created, used"

static void passkey_row(struct query *q, struct arena *arena, void *item)
{
        struct store_passkey *k = item;

        k->id = query_int(q, 0);
        k->person = query_int(q, 1);
        k->credential = arena_str(arena, query_text(q, 2));
        k->algorithm = query_int(q, 3);
        k->public_key = arena_str(arena, query_text(q, 4));
        k->model = arena_str(arena, query_text(q, 5));
        k->counter = (uint32_t)query_int(q, 6);
        k->transports = (unsigned)query_int(q, 7);
        k->user_verified = query_int(q, 8) != 0;
        k->backup_eligible = query_int(q, 9) != 0;
        k->backed_up = query_int(q, 10) != 0;
        k->name = arena_str(arena, query_text(q, 11));
        k->created = query_int(q, 12);
        k->used = query_int(q, 13);
}

static int unknown(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "this passkey is not registered here; use another one");
}

static int check_name(struct str name, struct err *err)
{
        if (name.n > STORE_PASSKEY_NAME_MAX || !str_is_utf8(name))
                return err_set(err, ERR_INVALID, "a passkey's name is text of at most %d bytes",
                               STORE_PASSKEY_NAME_MAX);
        return 0;
}

static int check_room(struct store *store, const struct store_passkey *k, struct err *err)
{
        int64_t n = 0;
        int r = sql_one(store, "SELECT id FROM passkey WHERE credential = $1",
                        ARGS(V_BLOB(k->credential)), &n, err);

        if (r > 0)
                return err_set(err, ERR_EXISTS, "this passkey is registered already");
        if (r == 0)
                r = sql_one(store, "SELECT count(*) FROM passkey WHERE person = $1",
                            ARGS(V_INT(k->person)), &n, err);
        if (r < 0)
                return r;
        if (n >= PASSKEYS_MAX)
                return err_set(err, ERR_LIMIT,
                               "an account has at most %d passkeys; remove one first",
                               PASSKEYS_MAX);
        return 0;
}

int store_passkey_add(struct store *store, const struct store_passkey *k, int64_t now,
                      int64_t *out_id, struct err *err)
{
        check(store->writing);
        if (k->credential.n == 0 || k->credential.n > STORE_PASSKEY_ID_MAX || k->public_key.n == 0 ||
            k->public_key.n > STORE_PASSKEY_KEY_MAX || k->model.n > 16)
                return err_set(err, ERR_INVALID, "this passkey is larger than a passkey may be");
        int r = check_name(k->name, err);

        if (r == 0)
                r = check_room(store, k, err);
        if (r < 0)
                return r;
        return sql_insert(store,
                          "INSERT INTO passkey(person, credential, algorithm, public_key, model,"
                          " counter, transports, verified, backup_eligible, backed_up, name,"
                          " created, used)"
                          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
                          ARGS(V_INT(k->person), V_BLOB(k->credential), V_INT(k->algorithm),
                               V_BLOB(k->public_key), V_BLOB(k->model), V_INT(k->counter),
                               V_INT(k->transports), V_INT(k->user_verified),
                               V_INT(k->backup_eligible), V_INT(k->backed_up), V_TEXT(k->name),
                               V_INT(now)),
                          out_id, err);
}

int store_passkey_find(struct store *store, struct str credential, struct arena *arena,
                       struct store_passkey *out, struct err *err)
{
        struct store_passkey *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, "SELECT " PASSKEY_COLUMNS " FROM passkey WHERE credential = $1",
                          ARGS(V_BLOB(credential)), sizeof *rows, passkey_row, arena, &rows, &n,
                          err);

        if (r < 0)
                return r;
        if (n == 0)
                return unknown(err);
        *out = rows[0];
        return 0;
}

int store_passkey_list(struct store *store, int64_t person, struct arena *arena,
                       struct store_passkey **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " PASSKEY_COLUMNS " FROM passkey WHERE person = $1 ORDER BY id",
                         ARGS(V_INT(person)), sizeof **out, passkey_row, arena, out, out_n, err);
}

int store_passkey_use(struct store *store, int64_t id, const struct store_passkey_use *use,
                      int64_t now, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store,
                        "UPDATE passkey SET counter = $1, verified = $2, backed_up = $3, used = $4"
                        " WHERE id = $5 AND (counter < $1 OR (counter = 0 AND $1 = 0))"
                        " RETURNING id",
                        ARGS(V_INT(use->counter), V_INT(use->user_verified), V_INT(use->backed_up),
                             V_INT(now), V_INT(id)),
                        &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_DENIED,
                                    "this passkey's counter went back, so there may be a copy of "
                                    "it; log in another way and remove it");
}

static int change_own(struct store *store, const char *text, const struct sql_value *args,
                      size_t nargs, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store, text, args, nargs, &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : unknown(err);
}

int store_passkey_rename(struct store *store, int64_t person, int64_t id, struct str name,
                         struct err *err)
{
        int r = check_name(name, err);

        if (r < 0)
                return r;
        return change_own(store,
                          "UPDATE passkey SET name = $1 WHERE id = $2 AND person = $3 RETURNING id",
                          ARGS(V_TEXT(name), V_INT(id), V_INT(person)), err);
}

int store_passkey_remove(struct store *store, int64_t person, int64_t id, struct err *err)
{
        int r = change_own(store, "DELETE FROM passkey WHERE id = $1 AND person = $2 RETURNING id",
                           ARGS(V_INT(id), V_INT(person)), err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "DELETE FROM recovery_code WHERE person = $1"
                       " AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.person = $1)"
                       " AND EXISTS (SELECT 1 FROM person p WHERE p.id = $1"
                       " AND length(p.totp_secret) = 0)",
                       ARGS(V_INT(person)), err);
}
