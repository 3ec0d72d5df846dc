/*
 * credentials.c -- passwords, failures, codes and known browsers.
 */
#include "store/credentials.h"

#include <string.h>

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"

#define CREDENTIAL_COLUMNS                                                                         \
        "id, login, name, role, state, created, expires, epoch, password, totp_secret, totp_step," \
        " failures, failed"

static void credentials_row(struct query *q, struct arena *arena, void *item)
{
        struct store_credentials *c = item;

        c->person.id = query_int(q, 0);
        c->person.login = arena_str(arena, query_text(q, 1));
        c->person.name = arena_str(arena, query_text(q, 2));
        c->person.role = (enum person_role)query_int(q, 3);
        c->person.state = (enum person_state)query_int(q, 4);
        c->person.created = query_int(q, 5);
        c->person.expires = query_int(q, 6);
        c->person.epoch = query_int(q, 7);
        c->password = arena_str(arena, query_text(q, 8));
        c->totp_secret = arena_str(arena, query_text(q, 9));
        c->totp_step = query_int(q, 10);
        c->failures = query_int(q, 11);
        c->failed = query_int(q, 12);
        c->person.has_password = c->password.n > 0;
        c->person.has_totp = c->totp_secret.n > 0;
}

static int nobody(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "there is no such account; list the people to see all");
}

static int find_one(struct store *store, const char *text, struct sql_value key,
                    struct arena *arena, struct store_credentials *out, struct err *err)
{
        struct store_credentials *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, text, &key, 1, sizeof *rows, credentials_row, arena, &rows, &n,
                          err);

        if (r < 0)
                return r;
        if (n == 0)
                return nobody(err);
        *out = rows[0];
        return 0;
}

int store_credentials_find_login(struct store *store, struct str login, struct arena *arena,
                                 struct store_credentials *out, struct err *err)
{
        struct str folded;

        if (store_login_fold(login, arena, &folded, NULL) < 0)
                return nobody(err);
        return find_one(store, "SELECT " CREDENTIAL_COLUMNS " FROM person WHERE login = $1",
                        V_TEXT(folded), arena, out, err);
}

int store_credentials_find(struct store *store, int64_t person, struct arena *arena,
                           struct store_credentials *out, struct err *err)
{
        return find_one(store,
                        "SELECT " CREDENTIAL_COLUMNS " FROM person WHERE id = $1 AND state <> 3",
                        V_INT(person), arena, out, err);
}

/* An UPDATE of person that gives the row back; no row: there is no such account. */
static int change(struct store *store, const char *text, const struct sql_value *args, size_t nargs,
                  int64_t *out, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store, text, args, nargs, out != NULL ? out : &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : nobody(err);
}

static int check_hash(struct str hash, struct err *err)
{
        /* Whatever else may be stored by mistake, a password is not (policy P8). */
        if (hash.n > PASSWORD_HASH_MAX || !str_starts(hash, STR("$argon2id$")))
                return err_set(err, ERR_INVALID, "only the Argon2id hash of a password is stored");
        return 0;
}

int store_password_recover(struct store *store, int64_t person, struct str hash, struct err *err)
{
        int r = check_hash(hash, err);

        if (r == 0)
                r = change(store,
                           "UPDATE person SET password = $1,"
                           " state = CASE state WHEN 0 THEN 1 ELSE state END"
                           " WHERE id = $2 AND state <> 3 RETURNING id",
                           ARGS(V_TEXT(hash), V_INT(person)), NULL, err);
        if (r == 0)
                r = sql_run(store, "DELETE FROM one_time WHERE person = $1", ARGS(V_INT(person)),
                            err);
        return r < 0 ? r : store_person_end_sessions(store, person, err);
}

int store_password_set(struct store *store, int64_t person, struct str hash, struct err *err)
{
        int r = store_password_recover(store, person, hash, err);

        return r < 0 ? r : store_failure_clear(store, person, err);
}

int store_password_rehash(struct store *store, int64_t person, struct str old_hash,
                          struct str new_hash, struct err *err)
{
        int r = check_hash(new_hash, err);

        check(store->writing);
        if (r < 0)
                return r;
        return sql_run(store, "UPDATE person SET password = $1 WHERE id = $2 AND password = $3",
                       ARGS(V_TEXT(new_hash), V_INT(person), V_TEXT(old_hash)), err);
}

int store_failure_add(struct store *store, int64_t person, int64_t now, int64_t *out_failures,
                      struct err *err)
{
        return change(store,
                      "UPDATE person SET failures = failures + 1, failed = $1"
                      " WHERE id = $2 AND state <> 3 RETURNING failures",
                      ARGS(V_INT(now), V_INT(person)), out_failures, err);
}

int store_failure_clear(struct store *store, int64_t person, struct err *err)
{
        return change(store,
                      "UPDATE person SET failures = 0 WHERE id = $1 AND state <> 3 RETURNING id",
                      ARGS(V_INT(person)), NULL, err);
}

int store_totp_set(struct store *store, int64_t person, struct str secret, int64_t step,
                   struct err *err)
{
        if (secret.n == 0 || secret.n > TOTP_SECRET_MAX)
                return err_set(err, ERR_INVALID, "a secret for codes has 1 to %d bytes",
                               TOTP_SECRET_MAX);
        return change(store,
                      "UPDATE person SET totp_secret = $1, totp_step = $2"
                      " WHERE id = $3 AND state <> 3 RETURNING id",
                      ARGS(V_BLOB(secret), V_INT(step), V_INT(person)), NULL, err);
}

int store_totp_clear(struct store *store, int64_t person, struct err *err)
{
        int r = change(store,
                       "UPDATE person SET totp_secret = $1, totp_step = -1"
                       " WHERE id = $2 AND state <> 3 RETURNING id",
                       ARGS(V_BLOB(STR("")), V_INT(person)), NULL, err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "DELETE FROM recovery_code WHERE person = $1"
                       " AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.person = $1)",
                       ARGS(V_INT(person)), err);
}

int store_totp_use(struct store *store, int64_t person, int64_t step, struct err *err)
{
        int64_t id;

        check(store->writing);
        int r = sql_one(store,
                        "UPDATE person SET totp_step = $1 WHERE id = $2 AND totp_step < $1"
                        " AND state <> 3 AND length(totp_secret) > 0 RETURNING id",
                        ARGS(V_INT(step), V_INT(person)), &id, err);

        if (r < 0)
                return r;
        return r == 1 ? 0
                      : err_set(err, ERR_DENIED, "this code was used already; wait for the next");
}

int store_recovery_replace(struct store *store, int64_t person, struct str salt,
                           const struct digest *codes, size_t n, struct err *err)
{
        if (n > RECOVERY_CODES_MAX || salt.n > RECOVERY_SALT_MAX)
                return err_set(err, ERR_LIMIT, "at most %d recovery codes", RECOVERY_CODES_MAX);
        int r = change(store,
                       "UPDATE person SET recovery_salt = $1 WHERE id = $2 AND state <> 3"
                       " RETURNING id",
                       ARGS(V_BLOB(salt), V_INT(person)), NULL, err);

        if (r == 0)
                r = sql_run(store, "DELETE FROM recovery_code WHERE person = $1",
                            ARGS(V_INT(person)), err);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = sql_run(store,
                            "INSERT INTO recovery_code(person, code, used) VALUES ($1, $2, 0)",
                            ARGS(V_INT(person), V_DIGEST(&codes[i])), err);
        return r;
}

static void code_row(struct query *q, struct arena *arena, void *item)
{
        struct digest *code = item;
        struct str bytes = query_text(q, 0);

        (void)arena;
        /* A damaged row stays zero, which is no code's digest. */
        if (bytes.n == sizeof code->b)
                memcpy(code->b, bytes.p, bytes.n);
}

int store_recovery_load(struct store *store, int64_t person, struct arena *arena,
                        struct store_recovery *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        struct store_recovery found = { 0 };
        int r = query_start(store, "SELECT recovery_salt FROM person WHERE id = $1 AND state <> 3",
                            ARGS(V_INT(person)), &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return nobody(err);
        found.salt = arena_str(arena, query_text(q, 0));
        r = list_rows(store,
                      "SELECT code FROM recovery_code WHERE person = $1 AND used = 0 ORDER BY id",
                      ARGS(V_INT(person)), sizeof *found.codes, code_row, arena, &found.codes,
                      &found.n, err);
        if (r == 0)
                *out = found;
        return r;
}

int store_recovery_use(struct store *store, int64_t person, const struct digest *code, int64_t now,
                       struct err *err)
{
        int64_t id;

        check(store->writing && now > 0);
        int r = sql_one(store,
                        "UPDATE recovery_code SET used = $1 WHERE person = $2 AND code = $3"
                        " AND used = 0 RETURNING id",
                        ARGS(V_INT(now), V_INT(person), V_DIGEST(code)), &id, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_DENIED,
                                    "this is none of the unused recovery codes; try another");
}

int store_browser_put(struct store *store, int64_t person, const struct digest *token, int64_t now,
                      struct err *err)
{
        check(store->writing);
        int r = sql_run(store,
                        "INSERT INTO known_browser(person, token, seen) VALUES ($1, $2, $3)"
                        " ON CONFLICT (person, token) DO UPDATE SET seen = excluded.seen",
                        ARGS(V_INT(person), V_DIGEST(token), V_INT(now)), err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "DELETE FROM known_browser WHERE person = $1 AND id NOT IN"
                       " (SELECT b.id FROM known_browser b WHERE b.person = $1"
                       " ORDER BY b.seen DESC, b.id DESC LIMIT $2)",
                       ARGS(V_INT(person), V_INT(BROWSERS_MAX)), err);
}

int store_browser_known(struct store *store, int64_t person, const struct digest *token, bool *out,
                        struct err *err)
{
        int64_t id;
        int r = sql_one(store, "SELECT id FROM known_browser WHERE person = $1 AND token = $2",
                        ARGS(V_INT(person), V_DIGEST(token)), &id, err);

        if (r < 0)
                return r;
        *out = r == 1;
        return 0;
}

int store_browser_forget(struct store *store, int64_t person, struct err *err)
{
        check(store->writing);
        return sql_run(store, "DELETE FROM known_browser WHERE person = $1", ARGS(V_INT(person)),
                       err);
}
