/*
 * registry_scrub.c -- one row for each portal whose database was looked at.
 */
#include "store/registry_scrub.h"

#include "store/inside.h"
#include "store/list.h"

int registry_scrub_put(struct store *store, const struct registry_scrub *scrub, struct err *err)
{
        return sql_run(store,
                       "INSERT INTO scrub(portal, done, suspect, sentence) VALUES ($1, $2, $3, $4)"
                       " ON CONFLICT (portal) DO UPDATE SET done = excluded.done,"
                       " suspect = excluded.suspect, sentence = excluded.sentence",
                       ARGS(V_INT(scrub->portal), V_INT(scrub->done), V_INT(scrub->suspect),
                            V_TEXT(scrub->sentence)),
                       err);
}

static void scrub_row(struct query *q, struct arena *arena, void *item)
{
        struct registry_scrub *s = item;

        s->portal = query_int(q, 0);
        s->done = query_int(q, 1);
        s->suspect = query_int(q, 2);
        s->sentence = arena_str(arena, query_text(q, 3));
}

int registry_scrub_list(struct store *store, struct arena *arena, struct registry_scrub **out,
                        size_t *out_n, struct err *err)
{
        return list_rows(store, "SELECT portal, done, suspect, sentence FROM scrub ORDER BY portal", NO_ARGS,
                         sizeof **out, scrub_row, arena, out, out_n, err);
}
