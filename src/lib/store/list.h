/*
 * list.h -- private to store/: gather rows into an array in an arena.
 */
#pragma once

#include "base/arena.h"
#include "store/sql.h"

/* Fill one zeroed item from the current row. */
typedef void list_row_fn(struct query *q, struct arena *arena, void *item);

/* Run a query and give its rows as an array of items of the given size (NULL and 0 when none). */
NODISCARD int list_rows(struct store *store, const char *text, const struct sql_value *args,
                        size_t nargs, size_t size, list_row_fn *row, struct arena *arena, void *out,
                        size_t *out_n, struct err *err);
