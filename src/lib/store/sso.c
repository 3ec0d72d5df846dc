/*
 * sso.c -- providers of sign-on, their rules, and whose account there is whose here.
 */
#include "store/sso.h"

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/sso_check.h"

/* The secret is the last column, and only where it is asked for. */
#define SSO_COLUMNS                                                                                \
        "v.id, v.name, v.label, v.issuer, v.client, v.method, v.origins, v.scopes, v.domains,"    \
        " v.claim, v.factor, v.administrators, v.enabled, v.created, v.changed,"                   \
        " (SELECT count(*) FROM sso_link l WHERE l.provider = v.id)"

static void sso_row(struct query *q, struct arena *arena, void *item)
{
        struct store_sso *v = item;

        *v = (struct store_sso){
                .id = query_int(q, 0),
                .name = arena_str(arena, query_text(q, 1)),
                .label = arena_str(arena, query_text(q, 2)),
                .issuer = arena_str(arena, query_text(q, 3)),
                .client = arena_str(arena, query_text(q, 4)),
                .method = query_int(q, 5),
                .origins = arena_str(arena, query_text(q, 6)),
                .scopes = arena_str(arena, query_text(q, 7)),
                .domains = arena_str(arena, query_text(q, 8)),
                .claim = arena_str(arena, query_text(q, 9)),
                .factor = arena_str(arena, query_text(q, 10)),
                .administrators = query_int(q, 11) != 0,
                .enabled = query_int(q, 12) != 0,
                .created = query_int(q, 13),
                .changed = query_int(q, 14),
                .links = query_int(q, 15),
                .secret = arena_str(arena, query_text(q, 16)),
        };
}

static void rule_row(struct query *q, struct arena *arena, void *item)
{
        struct store_sso_rule *rule = item;

        rule->value = arena_str(arena, query_text(q, 0));
        rule->role = (enum person_role)query_int(q, 1);
        rule->groups = arena_str(arena, query_text(q, 2));
}

static int nothing(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "there is no such provider of sign-on here");
}

static int load_rules(struct store *store, struct arena *arena, struct store_sso *v, struct err *err)
{
        return list_rows(store,
                         "SELECT value, role, groups FROM sso_rule WHERE provider = $1 ORDER BY position",
                         ARGS(V_INT(v->id)), sizeof *v->rules, rule_row, arena, &v->rules, &v->nrules, err);
}

static int find_one(struct store *store, const char *text, struct sql_value key, struct arena *arena,
                    struct store_sso *out, struct err *err)
{
        struct store_sso *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, text, &key, 1, sizeof *rows, sso_row, arena, &rows, &n, err);

        if (r == 0 && n == 0)
                r = nothing(err);
        if (r == 0)
                r = load_rules(store, arena, &rows[0], err);
        if (r == 0)
                *out = rows[0];
        return r;
}

int store_sso_find(struct store *store, struct str name, struct arena *arena, struct store_sso *out,
                   struct err *err)
{
        return find_one(store, "SELECT " SSO_COLUMNS ", v.secret FROM sso_provider v WHERE v.name = $1",
                        V_TEXT(name), arena, out, err);
}

int store_sso_find_id(struct store *store, int64_t id, struct arena *arena, struct store_sso *out,
                      struct err *err)
{
        return find_one(store, "SELECT " SSO_COLUMNS ", v.secret FROM sso_provider v WHERE v.id = $1",
                        V_INT(id), arena, out, err);
}

int store_sso_list(struct store *store, struct arena *arena, struct store_sso **out, size_t *out_n,
                   struct err *err)
{
        struct store_sso *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, "SELECT " SSO_COLUMNS ", '' FROM sso_provider v ORDER BY v.id", NO_ARGS,
                          sizeof *rows, sso_row, arena, &rows, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = load_rules(store, arena, &rows[i], err);
        if (r < 0)
                return r;
        *out = rows;
        *out_n = n;
        return 0;
}

static int add_rules(struct store *store, int64_t id, const struct store_sso *sso, struct err *err)
{
        int r = sql_run(store, "DELETE FROM sso_rule WHERE provider = $1", ARGS(V_INT(id)), err);

        for (size_t i = 0; r == 0 && i < sso->nrules; i++)
                r = sql_run(store,
                            "INSERT INTO sso_rule(provider, position, value, role, groups)"
                            " VALUES ($1, $2, $3, $4, $5)",
                            ARGS(V_INT(id), V_INT(i + 1), V_TEXT(sso->rules[i].value),
                                 V_INT(sso->rules[i].role), V_TEXT(sso->rules[i].groups)),
                            err);
        return r;
}

static int check_place(struct store *store, const struct store_sso *sso, struct err *err)
{
        int64_t n = 0;
        int r = sql_one(store, "SELECT id FROM sso_provider WHERE name = $1 OR issuer = $2 LIMIT 1",
                        ARGS(V_TEXT(sso->name), V_TEXT(sso->issuer)), &n, err);

        if (r > 0)
                return err_set(err, ERR_EXISTS, "there is a provider of this name or issuer already; change "
                               "that one, or remove it first");
        if (r == 0)
                r = sql_one(store, "SELECT count(*) FROM sso_provider", NO_ARGS, &n, err);
        if (r < 0)
                return r;
        return n < SSO_PROVIDERS_MAX ? 0
                                     : err_set(err, ERR_LIMIT, "a portal has at most %d providers of sign-on",
                                               SSO_PROVIDERS_MAX);
}

int store_sso_add(struct store *store, const struct store_sso *sso, int64_t now, int64_t *out_id,
                  struct err *err)
{
        int64_t id = 0;
        int r = sso_check_identity(sso, err);

        check(store->writing);
        if (r == 0)
                r = sso_check_settings(sso, err);
        if (r == 0 && (sso->method == SSO_METHOD_PUBLIC) != (sso->secret.n == 0))
                r = err_set(err, ERR_INVALID, "a client has a secret, or is a public one, and not both");
        if (r == 0)
                r = check_place(store, sso, err);
        if (r < 0)
                return r;
        r = sql_insert(store,
                       "INSERT INTO sso_provider(name, label, issuer, client, secret, method, origins,"
                       " scopes, domains, claim, factor, administrators, enabled, created, changed)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
                       ARGS(V_TEXT(sso->name), V_TEXT(sso->label), V_TEXT(sso->issuer), V_TEXT(sso->client),
                            V_TEXT(sso->secret), V_INT(sso->method), V_TEXT(sso->origins),
                            V_TEXT(sso->scopes), V_TEXT(sso->domains), V_TEXT(sso->claim),
                            V_TEXT(sso->factor), V_INT(sso->administrators), V_INT(sso->enabled),
                            V_INT(now)),
                       &id, err);
        if (r == 0)
                r = add_rules(store, id, sso, err);
        if (r == 0)
                *out_id = id;
        return r;
}

int store_sso_change(struct store *store, const struct store_sso *sso, int64_t now, struct err *err)
{
        int64_t id;
        int r = sso_check_settings(sso, err);

        check(store->writing);
        if (r < 0)
                return r;
        /* A public client has no secret; another one keeps the one it has unless it gets a new one. */
        r = sql_one(store,
                    "UPDATE sso_provider SET label = $1, method = $2, scopes = $3, domains = $4, claim = $5,"
                    " factor = $6, administrators = $7, enabled = $8, changed = $9,"
                    " secret = CASE WHEN $2 = 2 THEN '' WHEN $10 = '' THEN secret ELSE $10 END"
                    " WHERE id = $11 AND ($2 = 2 OR $10 <> '' OR secret <> '') RETURNING id",
                    ARGS(V_TEXT(sso->label), V_INT(sso->method), V_TEXT(sso->scopes), V_TEXT(sso->domains),
                         V_TEXT(sso->claim), V_TEXT(sso->factor), V_INT(sso->administrators),
                         V_INT(sso->enabled), V_INT(now), V_TEXT(sso->secret), V_INT(sso->id)),
                    &id, err);
        if (r < 0)
                return r;
        if (r == 0)
                return err_set(err, ERR_INVALID, "there is no such provider, or its client has no secret "
                               "yet: give one, or make it a public client");
        return add_rules(store, sso->id, sso, err);
}

int store_sso_remove(struct store *store, int64_t id, struct err *err)
{
        int64_t unused;
        int r = sql_run(store, "DELETE FROM sso_link WHERE provider = $1", ARGS(V_INT(id)), err);

        check(store->writing);
        if (r == 0)
                r = sql_run(store, "DELETE FROM sso_rule WHERE provider = $1", ARGS(V_INT(id)), err);
        if (r == 0)
                r = sql_one(store, "DELETE FROM sso_provider WHERE id = $1 RETURNING id", ARGS(V_INT(id)),
                            &unused, err);
        if (r < 0)
                return r;
        return r == 1 ? 0 : nothing(err);
}

int store_sso_person(struct store *store, int64_t provider, struct str subject, int64_t *out_person,
                     struct err *err)
{
        int r = sql_one(store, "SELECT person FROM sso_link WHERE provider = $1 AND subject = $2",
                        ARGS(V_INT(provider), V_TEXT(subject)), out_person, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_NOT_FOUND, "nobody here has this account of the provider");
}

int store_sso_link(struct store *store, int64_t provider, struct str subject, int64_t person, int64_t now,
                   struct err *err)
{
        int64_t taken;

        check(store->writing);
        if (subject.n == 0 || subject.n > SSO_SUBJECT_MAX || !str_is_utf8(subject))
                return err_set(err, ERR_INVALID, "the provider names people by something that is no text");
        int r = sql_one(store,
                        "SELECT id FROM sso_link WHERE provider = $1"
                        " AND (subject = $2 OR person = $3) LIMIT 1",
                        ARGS(V_INT(provider), V_TEXT(subject), V_INT(person)), &taken, err);

        if (r < 0)
                return r;
        if (r > 0)
                return err_set(err, ERR_EXISTS, "this account belongs to another one of the provider's");
        return sql_run(store,
                       "INSERT INTO sso_link(provider, subject, person, created, used)"
                       " VALUES ($1, $2, $3, $4, $4)",
                       ARGS(V_INT(provider), V_TEXT(subject), V_INT(person), V_INT(now)), err);
}

int store_sso_touch(struct store *store, int64_t provider, struct str subject, int64_t now, struct err *err)
{
        check(store->writing);
        return sql_run(store, "UPDATE sso_link SET used = $1 WHERE provider = $2 AND subject = $3",
                       ARGS(V_INT(now), V_INT(provider), V_TEXT(subject)), err);
}

int store_sso_has_link(struct store *store, int64_t person, bool *out, struct err *err)
{
        int64_t unused;
        int r = sql_one(store,
                        "SELECT l.id FROM sso_link l JOIN sso_provider v ON v.id = l.provider"
                        " WHERE l.person = $1 AND v.enabled = 1 LIMIT 1",
                        ARGS(V_INT(person)), &unused, err);

        if (r < 0)
                return r;
        *out = r == 1;
        return 0;
}
