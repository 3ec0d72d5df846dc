/*
 * factors.c -- what a person has beside the password, all together.
 */
#include "base/check.h"
#include "store/credentials.h"
#include "store/inside.h"
#include "store/required.h"

_Static_assert(ROLE_COUNT == 4, "FACTOR_REQUIRED bounds the set of roles to four bits");

static int nobody(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "there is no such account; list the people to see all");
}

int store_factors_find(struct store *store, int64_t person, struct store_factors *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store,
                            "SELECT length(p.totp_secret) > 0,"
                            " (SELECT count(*) FROM passkey k WHERE k.person = p.id),"
                            " (SELECT count(*) FROM recovery_code c WHERE c.person = p.id"
                            " AND c.used = 0), " FACTOR_REQUIRED
                            " FROM person p WHERE p.id = $1 AND p.state <> 3",
                            ARGS(V_INT(person)), &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return nobody(err);
        *out = (struct store_factors){
                .app = query_int(q, 0) != 0,
                .passkeys = query_int(q, 1),
                .recovery = query_int(q, 2),
                .required = query_int(q, 3) != 0,
        };
        return 0;
}

int store_factors_clear(struct store *store, int64_t person, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store,
                        "UPDATE person SET totp_secret = $1, totp_step = -1, recovery_salt = $1"
                        " WHERE id = $2 AND state <> 3 RETURNING id",
                        ARGS(V_BLOB(STR("")), V_INT(person)), &unused, err);

        if (r == 0)
                return nobody(err);
        if (r == 1)
                r = sql_run(store, "DELETE FROM passkey WHERE person = $1", ARGS(V_INT(person)), err);
        if (r == 0)
                r = sql_run(store, "DELETE FROM recovery_code WHERE person = $1", ARGS(V_INT(person)),
                            err);
        return r < 0 ? r : store_person_end_sessions(store, person, err);
}
