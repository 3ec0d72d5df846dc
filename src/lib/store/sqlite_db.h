/*
 * sqlite_db.h -- private to the sqlite_*.c files: the handle, and how SQLite's results become
 * errors.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"
#include "store/sql.h"

enum {
        STATEMENT_SLOTS = 512,          /* a power of two */
        STATEMENTS_MAX = 448,           /* more than this folder has */
};

struct query {
        sqlite3_stmt *stmt;
        const char *text;               /* the constant itself: its address is the key */
        struct store *store;
        bool running;
};

struct sqlite_db {
        sqlite3 *handle;
        bool sealed;
        struct query *statements[STATEMENT_SLOTS];      /* by the text's address */
        size_t nstatements;
};

/* Record what SQLite said, as a sentence for the operator; returns the code. */
NODISCARD int sqlite_error(struct sqlite_db *db, int result, const char *what, struct err *err);

/* Make SQLite draw its randomness from getrandom(2). Once per process, before the first open. */
NODISCARD int sqlite_vfs_install(struct err *err);
/* The layer that sums every block of a database (block_sums.h). */
#define SUMMED_VFS "carrel-summed"

/* Called by SQLite while it compiles a statement: may this be done now? */
int sqlite_authorize(void *ctx, int action, const char *a, const char *b, const char *schema,
                     const char *trigger);
