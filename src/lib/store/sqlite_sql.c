/*
 * sqlite_sql.c -- sql.h on SQLite: prepared once, bound by position, stepped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "store/inside.h"
#include "store/sqlite_db.h"

/* SQLite numbers $1, $2, ... as it meets them; positions are only right when they come in order. */
static void check_parameters(sqlite3_stmt *stmt)
{
        int n = sqlite3_bind_parameter_count(stmt);

        for (int i = 1; i <= n; i++) {
                char want[16];
                const char *name = sqlite3_bind_parameter_name(stmt, i);

                snprintf(want, sizeof want, "$%d", i);
                check(name != NULL && strcmp(name, want) == 0);
        }
}

/* Where the statement with this text is, or the free slot where it belongs. */
static struct query **slot_of(struct sqlite_db *db, const char *text)
{
        size_t i = (size_t)(((uintptr_t)text * 0x9e3779b97f4a7c15ull) >> 40);

        for (;; i++) {
                struct query **slot = &db->statements[i % STATEMENT_SLOTS];

                if (*slot == NULL || (*slot)->text == text)
                        return slot;
        }
}

static int prepare(struct store *store, const char *text, struct query **slot, struct err *err)
{
        struct sqlite_db *db = store->db;
        sqlite3_stmt *stmt = NULL;

        check(db->nstatements < STATEMENTS_MAX);
        int result =
                sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);

        if (result != SQLITE_OK)
                return sqlite_error(db, result, "prepare a statement", err);
        check_parameters(stmt);
        struct query *q = xalloc(sizeof *q);

        q->stmt = stmt;
        q->text = text;
        q->store = store;
        db->nstatements++;
        *slot = q;
        return 0;
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct sql_value *v)
{
        /* A NULL pointer would bind NULL; an empty slice is an empty text. */
        const char *p = v->s.p != NULL ? v->s.p : "";

        switch (v->kind) {
        case SQL_INT:
                return sqlite3_bind_int64(stmt, at, v->i);
        case SQL_TEXT:
                return sqlite3_bind_text64(stmt, at, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
        case SQL_BLOB:
                return sqlite3_bind_blob64(stmt, at, p, v->s.n, SQLITE_STATIC);
        case SQL_NULL:
                break;
        }
        return sqlite3_bind_null(stmt, at);
}

int query_start(struct store *store, const char *text, const struct sql_value *args, size_t nargs,
                struct query **out, struct err *err)
{
        struct query **slot = slot_of(store->db, text);

        if (*slot == NULL) {
                int r = prepare(store, text, slot, err);

                if (r < 0)
                        return r;
        }
        struct query *q = *slot;

        check(!q->running);
        check(sqlite3_bind_parameter_count(q->stmt) == (int)nargs);
        for (size_t i = 0; i < nargs; i++) {
                int result = bind_one(q->stmt, (int)i + 1, &args[i]);

                if (result != SQLITE_OK) {
                        sqlite3_clear_bindings(q->stmt);
                        return sqlite_error(store->db, result, "bind a value", err);
                }
        }
        q->running = true;
        *out = q;
        return 0;
}

void query_end(struct query **q)
{
        if (*q == NULL)
                return;
        /* The result of a reset repeats the last step's, which its caller has seen. */
        (void)sqlite3_reset((*q)->stmt);
        sqlite3_clear_bindings((*q)->stmt);
        (*q)->running = false;
        *q = NULL;
}

int query_step(struct query *q, struct err *err)
{
        int result = sqlite3_step(q->stmt);

        if (result == SQLITE_ROW)
                return 1;
        if (result == SQLITE_DONE)
                return 0;
        return sqlite_error(q->store->db, result, "run a statement", err);
}

int64_t query_int(struct query *q, int column)
{
        return sqlite3_column_int64(q->stmt, column);
}

bool query_is_null(struct query *q, int column)
{
        return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int query_columns(struct query *q)
{
        return sqlite3_column_count(q->stmt);
}

const char *query_name(struct query *q, int column)
{
        return sqlite3_column_name(q->stmt, column);
}

/* No table of ours holds a REAL. */
enum sql_kind query_kind(struct query *q, int column)
{
        switch (sqlite3_column_type(q->stmt, column)) {
        case SQLITE_INTEGER:
                return SQL_INT;
        case SQLITE_TEXT:
                return SQL_TEXT;
        case SQLITE_BLOB:
                return SQL_BLOB;
        default:
                return SQL_NULL;
        }
}

struct str query_text(struct query *q, int column)
{
        const char *p = sqlite3_column_blob(q->stmt, column);

        return str_make(p, p != NULL ? (size_t)sqlite3_column_bytes(q->stmt, column) : 0);
}

int sql_run(struct store *store, const char *text, const struct sql_value *args, size_t nargs,
            struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, text, args, nargs, &q, err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        check(r <= 0);
        return r;
}

int sql_one(struct store *store, const char *text, const struct sql_value *args, size_t nargs,
            int64_t *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, text, args, nargs, &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r <= 0)
                return r;
        int64_t value = query_int(q, 0);

        r = query_step(q, err);
        check(r <= 0);
        if (r < 0)
                return r;
        *out = value;
        return 1;
}

int sql_insert(struct store *store, const char *text, const struct sql_value *args, size_t nargs,
               int64_t *out_id, struct err *err)
{
        int r = sql_run(store, text, args, nargs, err);

        if (r == 0)
                *out_id = sqlite3_last_insert_rowid(store->db->handle);
        return r;
}
