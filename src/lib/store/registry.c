/*
 * registry.c -- portals and their names.
 */
#include "store/registry.h"

#include "base/xalloc.h"
#include "store/inside.h"
#include "store/list.h"

const char *registry_state_name(enum registry_state state)
{
        static const char *const names[] = { "creating", "active", "suspended", "deleted" };

        return (size_t)state < ARRAY_LEN(names) ? names[state] : "unknown";
}

int registry_open(const char *path, struct store **out, struct err *err)
{
        const struct store_options options = { .cache_kib = 1024, .busy_ms = 2000, .create = true };
        struct store *s CLEANUP_STORE = xalloc(sizeof *s);
        int r = sqlite_db_open(path, &options, &s->db, err);

        if (r == 0)
                r = sqlite_schema_update(s->db, &sqlite_registry_schema, false, err);
        if (r < 0)
                return r;
        sqlite_db_seal(s->db);
        *out = s;
        s = NULL;
        return 0;
}

int registry_portal_add(struct store *store, const struct registry_portal *portal, int64_t *out_id,
                        struct err *err)
{
        return sql_insert(store,
                          "INSERT INTO portal(name, title, language, owner, state, created, "
                          "delete_after, id)"
                          " VALUES ($1, $2, $3, $4, $5, $6, 0, nullif($7, 0))",
                          ARGS(V_TEXT(portal->name), V_TEXT(portal->title),
                               V_TEXT(portal->language), V_TEXT(portal->owner),
                               V_INT(portal->state), V_INT(portal->created), V_INT(portal->id)),
                          out_id, err);
}

int registry_portal_reserve(struct store *store, int64_t highest, struct err *err)
{
        const struct registry_portal held = {
                .id = highest, .name = STR("isolation-reserved"), .title = STR(""), .language = STR(""),
                .owner = STR(""),
        };
        int64_t used = 0, id;
        int r = sql_one(store, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'portal'",
                        NO_ARGS, &used, err);

        if (r < 0 || used >= highest)
                return r < 0 ? r : 0;
        r = registry_portal_add(store, &held, &id, err);
        return r < 0 ? r : registry_portal_forget(store, highest, err);
}

int registry_portal_set_state(struct store *store, int64_t id, enum registry_state state,
                              int64_t delete_after, struct err *err)
{
        return sql_run(store, "UPDATE portal SET state = $1, delete_after = $2 WHERE id = $3",
                       ARGS(V_INT(state), V_INT(delete_after), V_INT(id)), err);
}

int registry_portal_describe(struct store *store, int64_t id, struct str title, struct str language,
                             struct err *err)
{
        return sql_run(store, "UPDATE portal SET title = $1, language = $2 WHERE id = $3",
                       ARGS(V_TEXT(title), V_TEXT(language), V_INT(id)), err);
}

int registry_portal_forget(struct store *store, int64_t id, struct err *err)
{
        int r = sql_run(store, "DELETE FROM domain WHERE portal = $1", ARGS(V_INT(id)), err);

        if (r == 0)
                r = sql_run(store, "DELETE FROM allowed_origin WHERE portal = $1", ARGS(V_INT(id)), err);
        if (r == 0)
                r = sql_run(store, "DELETE FROM scrub WHERE portal = $1", ARGS(V_INT(id)), err);
        if (r == 0)
                r = sql_run(store, "DELETE FROM errand WHERE portal = $1", ARGS(V_INT(id)), err);
        if (r < 0)
                return r;
        return sql_run(store, "DELETE FROM portal WHERE id = $1", ARGS(V_INT(id)), err);
}

static void portal_row(struct query *q, struct arena *arena, void *item)
{
        struct registry_portal *p = item;

        p->id = query_int(q, 0);
        p->name = arena_str(arena, query_text(q, 1));
        p->title = arena_str(arena, query_text(q, 2));
        p->language = arena_str(arena, query_text(q, 3));
        p->owner = arena_str(arena, query_text(q, 4));
        p->state = (enum registry_state)query_int(q, 5);
        p->created = query_int(q, 6);
        p->delete_after = query_int(q, 7);
}

int registry_portal_find(struct store *store, struct str name, struct arena *arena,
                         struct registry_portal *out, struct err *err)
{
        struct registry_portal *rows;
        size_t n;
        int r = list_rows(store,
                          "SELECT id, name, title, language, owner, state, created, delete_after"
                          " FROM portal WHERE name = $1",
                          ARGS(V_TEXT(name)), sizeof *rows, portal_row, arena, &rows, &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return err_set(err, ERR_NOT_FOUND,
                               "there is no portal '%.*s'; 'carrel portal list' shows "
                               "all",
                               STR_ARG(name));
        *out = rows[0];
        return 0;
}

int registry_portal_list(struct store *store, struct arena *arena, struct registry_portal **out,
                         size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT id, name, title, language, owner, state, created, delete_after"
                         " FROM portal ORDER BY name",
                         NO_ARGS, sizeof **out, portal_row, arena, out, out_n, err);
}

int registry_domain_put(struct store *store, const struct registry_domain *domain, struct err *err)
{
        return sql_run(store,
                       "INSERT INTO domain(portal, host, state, issuer, expires)"
                       " VALUES ($1, $2, $3, $4, $5)"
                       " ON CONFLICT (host) DO UPDATE SET state = excluded.state,"
                       " issuer = excluded.issuer, expires = excluded.expires"
                       " WHERE domain.portal = excluded.portal",
                       ARGS(V_INT(domain->portal), V_TEXT(domain->host), V_TEXT(domain->state),
                            V_TEXT(domain->issuer), V_INT(domain->expires)),
                       err);
}

static void domain_row(struct query *q, struct arena *arena, void *item)
{
        struct registry_domain *d = item;

        d->portal = query_int(q, 0);
        d->portal_name = arena_str(arena, query_text(q, 1));
        d->host = arena_str(arena, query_text(q, 2));
        d->state = arena_str(arena, query_text(q, 3));
        d->issuer = arena_str(arena, query_text(q, 4));
        d->expires = query_int(q, 5);
}

int registry_domain_list(struct store *store, struct arena *arena, struct registry_domain **out,
                         size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT domain.portal, portal.name, host, domain.state, issuer, expires"
                         " FROM domain JOIN portal ON portal.id = domain.portal"
                         " ORDER BY portal.name, host",
                         NO_ARGS, sizeof **out, domain_row, arena, out, out_n, err);
}

int registry_domain_forget(struct store *store, struct str host, struct err *err)
{
        return sql_run(store, "DELETE FROM domain WHERE host = $1", ARGS(V_TEXT(host)), err);
}

int registry_origin_allow(struct store *store, const struct registry_origin *origin, struct err *err)
{
        int64_t n = 0;
        int r = sql_one(store, "SELECT count(*) FROM allowed_origin WHERE portal = $1 AND origin <> $2",
                        ARGS(V_INT(origin->portal), V_TEXT(origin->origin)), &n, err);

        if (r < 0)
                return r;
        if (n >= REGISTRY_ORIGINS_MAX)
                return err_set(err, ERR_LIMIT, "a portal may ask at most %d origins; take one away first",
                               REGISTRY_ORIGINS_MAX);
        return sql_run(store,
                       "INSERT INTO allowed_origin(portal, origin, reason, created)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (portal, origin, reason) DO NOTHING",
                       ARGS(V_INT(origin->portal), V_TEXT(origin->origin), V_TEXT(origin->reason),
                            V_INT(origin->created)),
                       err);
}

int registry_origin_forbid(struct store *store, int64_t portal, struct str origin, struct str reason,
                           struct err *err)
{
        int64_t id;
        int r = sql_one(store,
                        "DELETE FROM allowed_origin WHERE portal = $1 AND origin = $2 AND reason = $3"
                        " RETURNING id",
                        ARGS(V_INT(portal), V_TEXT(origin), V_TEXT(reason)), &id, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_NOT_FOUND, "%.*s was not allowed", STR_ARG(origin));
}

static void origin_row(struct query *q, struct arena *arena, void *item)
{
        struct registry_origin *o = item;

        o->portal = query_int(q, 0);
        o->origin = arena_str(arena, query_text(q, 1));
        o->reason = arena_str(arena, query_text(q, 2));
        o->created = query_int(q, 3);
}

int registry_origin_list(struct store *store, int64_t portal, struct arena *arena,
                         struct registry_origin **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT portal, origin, reason, created FROM allowed_origin"
                         " WHERE portal = $1 OR $1 = 0 ORDER BY portal, origin, reason",
                         ARGS(V_INT(portal)), sizeof **out, origin_row, arena, out, out_n, err);
}
