/*
 * since.c -- topics by when they were last changed.
 */
#include "store/since.h"

#include "store/inside.h"
#include "store/list.h"

int store_count_since(struct store *store, const int64_t *since, size_t n, int64_t *counts, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT updated FROM topic", NO_ARGS, &q, err);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                counts[i] = 0;
        while ((r = query_step(q, err)) == 1)
                for (size_t i = 0; i < n; i++)
                        counts[i] += query_int(q, 0) >= since[i];
        return r;
}

static void change_row(struct query *q, struct arena *arena, void *item)
{
        struct store_change *c = item;

        c->project = arena_str(arena, query_text(q, 0));
        c->title = arena_str(arena, query_text(q, 1));
        c->updated = query_int(q, 2);
        c->project_slug = arena_str(arena, query_text(q, 3));
        c->slug = arena_str(arena, query_text(q, 4));
}

int store_list_since(struct store *store, int64_t since, size_t limit, struct arena *arena,
                     struct store_change **out, size_t *out_n, struct err *err)
{
        if (limit == 0 || limit > CHANGES_MAX)
                return err_set(err, ERR_LIMIT, "ask for 1 to %d at a time", CHANGES_MAX);
        return list_rows(store,
                         "SELECT p.title, t.title, t.updated, p.slug, t.slug FROM topic t"
                         " JOIN project p ON p.id = t.project"
                         " WHERE t.updated >= $1 ORDER BY t.updated DESC, t.id DESC LIMIT $2",
                         ARGS(V_INT(since), V_INT(limit)), sizeof **out, change_row, arena, out, out_n, err);
}
