/*
 * registry_errand.c -- one row for each portal and kind of errand.
 */
#include "store/registry_errand.h"

#include "store/inside.h"
#include "store/list.h"

int registry_errand_put(struct store *store, const struct registry_errand *e, struct err *err)
{
        return sql_run(store,
                       "INSERT OR REPLACE INTO errand(portal, kind, begun, ended, code, backup,"
                       " before, day, count)"
                       " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9"
                       " WHERE EXISTS (SELECT 1 FROM portal WHERE id = $1)",
                       ARGS(V_INT(e->portal), V_INT(e->kind), V_INT(e->begun), V_INT(e->ended),
                            V_INT(e->code), V_INT(e->backup), V_INT(e->before), V_INT(e->day),
                            V_INT(e->count)),
                       err);
}

static void errand_row(struct query *q, struct arena *arena, void *item)
{
        (void)arena;
        struct registry_errand *e = item;

        e->portal = query_int(q, 0);
        e->kind = query_int(q, 1);
        e->begun = query_int(q, 2);
        e->ended = query_int(q, 3);
        e->code = query_int(q, 4);
        e->backup = query_int(q, 5);
        e->before = query_int(q, 6);
        e->day = query_int(q, 7);
        e->count = query_int(q, 8);
}

int registry_errand_list(struct store *store, struct arena *arena, struct registry_errand **out,
                         size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT portal, kind, begun, ended, code, backup, before, day, count"
                         " FROM errand ORDER BY portal, kind",
                         NO_ARGS, sizeof **out, errand_row, arena, out, out_n, err);
}
