/*
 * list.c -- arrays of rows.
 */
#include "store/list.h"

#include <string.h>

int list_rows(struct store *store, const char *text, const struct sql_value *args, size_t nargs,
              size_t size, list_row_fn *row, struct arena *arena, void *out, size_t *out_n,
              struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        char *items = NULL;
        size_t n = 0, cap = 0;
        int r = query_start(store, text, args, nargs, &q, err);

        if (r < 0)
                return r;
        while ((r = query_step(q, err)) == 1) {
                if (n == cap) {
                        size_t more = cap > 0 ? cap * 2 : 16;
                        char *grown = arena_array(arena, more, size);

                        if (n > 0)
                                memcpy(grown, items, n * size);
                        items = grown;
                        cap = more;
                }
                row(q, arena, items + n * size);
                n++;
        }
        if (r < 0)
                return r;
        memcpy(out, &items, sizeof items);
        *out_n = n;
        return 0;
}
