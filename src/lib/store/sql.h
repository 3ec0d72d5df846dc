/*
 * sql.h -- private to store/: run a statement. Engine-neutral; sqlite_sql.c is the SQLite side.
 *
 * Statements are string constants, prepared once per store and kept. Parameters are $1, $2, ... in
 * the order of their first use, which is what both SQLite and PostgreSQL understand; this is
 * checked when a statement is prepared. Values are always bound, never printed into text.
 *
 * Owns:   the statements. Slices from columns live until the next step of the same query.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

struct store;
struct query;

enum sql_kind { SQL_NULL, SQL_INT, SQL_TEXT, SQL_BLOB };

struct sql_value {
        enum sql_kind kind;
        int64_t i;
        struct str s;
};

#define V_INT(x) ((struct sql_value){ .kind = SQL_INT, .i = (int64_t)(x) })
#define V_TEXT(x) ((struct sql_value){ .kind = SQL_TEXT, .s = (x) })
#define V_BLOB(x) ((struct sql_value){ .kind = SQL_BLOB, .s = (x) })
/* Of a struct digest, which must outlive the query. */
#define V_DIGEST(d) V_BLOB(str_make((const char *)(d)->b, sizeof (d)->b))
#define V_NULL ((struct sql_value){ .kind = SQL_NULL })

/* The values of a statement's parameters and how many there are; text and blobs are borrowed until
 * the query ends. */
#define ARGS(...)                                                                                  \
        ((const struct sql_value[]){ __VA_ARGS__ }),                                               \
                (sizeof((const struct sql_value[]){ __VA_ARGS__ }) / sizeof(struct sql_value))
#define NO_ARGS NULL, 0

/* Start a query; end it with query_end() on every path (CLEANUP_QUERY). A statement runs once at a
 * time: the same text cannot be started again before it has ended. */
NODISCARD int query_start(struct store *store, const char *text, const struct sql_value *args,
                          size_t nargs, struct query **out, struct err *err);
void query_end(struct query **q);
#define CLEANUP_QUERY CLEANUP(query_end)

/* The next row: 1, or 0 at the end, or a negative error. */
NODISCARD int query_step(struct query *q, struct err *err);

int64_t query_int(struct query *q, int column);
bool query_is_null(struct query *q, int column);
struct str query_text(struct query *q, int column);     /* also for blobs */

/* What a row is made of, for those who pass it on whatever it is. Names are constants of the text. */
int query_columns(struct query *q);
const char *query_name(struct query *q, int column);
enum sql_kind query_kind(struct query *q, int column);

/*
 * A statement that gives at most one row, of one number (as "... RETURNING id"): 1 and *out, or 0
 * when there was none. How a change that checks and marks in one says whether it did.
 */
NODISCARD int sql_one(struct store *store, const char *text, const struct sql_value *args,
                      size_t nargs, int64_t *out, struct err *err);

/* A statement that gives no rows. */
NODISCARD int sql_run(struct store *store, const char *text, const struct sql_value *args,
                      size_t nargs, struct err *err);

/* Run an INSERT and give the new row's id. */
NODISCARD int sql_insert(struct store *store, const char *text, const struct sql_value *args,
                         size_t nargs, int64_t *out_id, struct err *err);
