/*
 * deletion.c -- the rows that outlive their portals.
 */
#include "store/deletion.h"

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"

#define COLUMNS "portal, name, created, due, content, destroyed, certificate"

int store_deletion_begin(struct store *store, const struct store_deletion *d, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "INSERT INTO deletion(" COLUMNS ") VALUES ($1, $2, $3, $4, $5, 0, '')"
                       " ON CONFLICT (portal) DO NOTHING",
                       ARGS(V_INT(d->portal), V_TEXT(d->name), V_INT(d->created), V_INT(d->due),
                            V_TEXT(d->content)),
                       err);
}

int store_deletion_finish(struct store *store, int64_t portal, int64_t destroyed,
                          struct str certificate, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "UPDATE deletion SET destroyed = $1, certificate = $2 WHERE portal = $3",
                       ARGS(V_INT(destroyed), V_TEXT(certificate), V_INT(portal)), err);
}

static void deletion_row(struct query *q, struct arena *arena, void *item)
{
        struct store_deletion *d = item;

        d->portal = query_int(q, 0);
        d->name = arena_str(arena, query_text(q, 1));
        d->created = query_int(q, 2);
        d->due = query_int(q, 3);
        d->content = arena_str(arena, query_text(q, 4));
        d->destroyed = query_int(q, 5);
        d->certificate = arena_str(arena, query_text(q, 6));
}

int store_deletion_find(struct store *store, int64_t portal, struct arena *arena,
                        struct store_deletion *out, struct err *err)
{
        struct store_deletion *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, "SELECT " COLUMNS " FROM deletion WHERE portal = $1",
                          ARGS(V_INT(portal)), sizeof *rows, deletion_row, arena, &rows, &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return err_set(err, ERR_NOT_FOUND, "the portal is not being destroyed");
        *out = rows[0];
        return 0;
}

int store_deletion_list(struct store *store, struct str name, struct arena *arena,
                        struct store_deletion **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " COLUMNS " FROM deletion WHERE name = $1 ORDER BY portal DESC",
                         ARGS(V_TEXT(name)), sizeof **out, deletion_row, arena, out, out_n, err);
}
