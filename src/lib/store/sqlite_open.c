/*
 * sqlite_open.c -- the handle: flags, limits and settings, each for a reason.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "store/inside.h"
#include "store/sqlite_db.h"

enum {
        CACHE_KIB = 256,              /* a thousand portals may be alive at once */
        VALUE_MAX = 96 * 1024 * 1024, /* one rendered page; files are kept in parts */
        LOG_KEEP = 8 * 1024 * 1024,   /* what the write-ahead log is cut to after a large change */
};

int sqlite_error(struct sqlite_db *db, int result, const char *what, struct err *err)
{
        switch (result & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return err_set(err, ERR_BUSY,
                               "%s: another change to this portal is under way; try again", what);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return err_set(err, ERR_CORRUPT,
                               "%s: the portal's database is damaged; restore a backup", what);
        case SQLITE_FULL:
                return err_set(err, ERR_IO, "%s: the disk is full; free some space", what);
        case SQLITE_CANTOPEN:
                return err_set(err, ERR_NOT_FOUND, "%s: there is no database to open", what);
        case SQLITE_TOOBIG:
                return err_set(err, ERR_LIMIT, "%s: a value is larger than %d MiB", what,
                               VALUE_MAX >> 20);
        case SQLITE_CONSTRAINT:
                return err_set(err, ERR_EXISTS, "%s: %s", what, sqlite3_errmsg(db->handle));
        default:
                return err_set(err, ERR_IO, "%s: %s", what,
                               db->handle != NULL ? sqlite3_errmsg(db->handle) :
                                                    sqlite3_errstr(result));
        }
}

static void set_limits(sqlite3 *handle)
{
        static const struct {
                int which, value;
        } limits[] = {
                { SQLITE_LIMIT_LENGTH, VALUE_MAX },
                { SQLITE_LIMIT_SQL_LENGTH, 32 * 1024 },
                { SQLITE_LIMIT_COLUMN, 64 },
                { SQLITE_LIMIT_EXPR_DEPTH, 32 },
                { SQLITE_LIMIT_COMPOUND_SELECT, 4 },
                { SQLITE_LIMIT_VDBE_OP, 20000 },
                { SQLITE_LIMIT_FUNCTION_ARG, 8 },
                { SQLITE_LIMIT_ATTACHED, 0 },
                { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 128 },
                { SQLITE_LIMIT_VARIABLE_NUMBER, 32 },
                { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
                { SQLITE_LIMIT_WORKER_THREADS, 0 },
        };

        for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
                sqlite3_limit(handle, limits[i].which, limits[i].value);
}

static int set_switches(struct sqlite_db *db, struct err *err)
{
        static const struct {
                int which, value;
        } switches[] = {
                { SQLITE_DBCONFIG_DEFENSIVE, 1 },       /* no writes to the schema's own pages */
                { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
                { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
                { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
                { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
                { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
                { SQLITE_DBCONFIG_DQS_DML, 0 },         /* "x" is a name, never a string */
                { SQLITE_DBCONFIG_DQS_DDL, 0 },
        };

        for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
                int now = -1;

                if (sqlite3_db_config(db->handle, switches[i].which, switches[i].value, &now) !=
                            SQLITE_OK ||
                    now != switches[i].value)
                        return err_set(err, ERR_UNSUPPORTED,
                                       "this SQLite does not know a protection it must have (%d)",
                                       switches[i].which);
        }
        return 0;
}

static int set_pragmas(struct sqlite_db *db, const struct store_options *options, struct err *err)
{
        char text[512];

        snprintf(text, sizeof text,
                 "PRAGMA temp_store = memory; PRAGMA mmap_size = 0; PRAGMA cache_size = -%u;"
                 "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on;"
                 "PRAGMA journal_size_limit = %d; PRAGMA cell_size_check = on;"
                 /* What is deleted is overwritten where it stood: a person has the right to it. */
                 "PRAGMA secure_delete = fast",
                 options->cache_kib > 0 ? options->cache_kib : (unsigned)CACHE_KIB, LOG_KEEP);
        int r = sqlite_db_exec(db, text, err);
        int64_t level = 0;

        if (r == 0)
                r = sqlite_db_int(db, "PRAGMA synchronous", &level, err);
        if (r == 0 && level != 2)
                return err_set(err, ERR_UNSUPPORTED, "SQLite refused synchronous = full");
        return r;
}

static int open_handle(struct sqlite_db *db, const char *path, const struct store_options *options,
                       struct err *err)
{
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE |
                    (options->create ? SQLITE_OPEN_CREATE : 0);
        int result = sqlite3_open_v2(path, &db->handle, flags, options->summed ? SUMMED_VFS : NULL);

        if (result != SQLITE_OK)
                return sqlite_error(db, result, "open the portal's database", err);
        sqlite3_busy_timeout(db->handle, (int)options->busy_ms);
        set_limits(db->handle);
        int r = set_switches(db, err);

        if (r < 0)
                return r;
        sqlite3_set_authorizer(db->handle, sqlite_authorize, db);
        return set_pragmas(db, options, err);
}

int sqlite_db_open(const char *path, const struct store_options *options, struct sqlite_db **out,
                   struct err *err)
{
        int r = sqlite_vfs_install(err);

        if (r < 0)
                return r;
        struct sqlite_db *db = xalloc(sizeof *db);

        r = open_handle(db, path, options, err);
        if (r < 0) {
                sqlite_db_close(&db);
                return r;
        }
        *out = db;
        return 0;
}

/* A throw-away database in memory pulls in what the first real one would. */
int sqlite_prepare(struct err *err)
{
        sqlite3 *handle = NULL;
        int r = sqlite_vfs_install(err);

        if (r < 0)
                return r;
        if (sqlite3_initialize() != SQLITE_OK ||
            sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY,
                            NULL) != SQLITE_OK ||
            sqlite3_exec(handle,
                         "CREATE TABLE t(a INTEGER PRIMARY KEY, b); SELECT b FROM t WHERE a = 1",
                         NULL, NULL, NULL) != SQLITE_OK)
                r = err_set(err, ERR_UNSUPPORTED, "SQLite does not work on this machine");
        sqlite3_close(handle);
        return r;
}

void sqlite_db_close(struct sqlite_db **db)
{
        if (*db == NULL)
                return;
        for (size_t i = 0; i < STATEMENT_SLOTS; i++) {
                if ((*db)->statements[i] == NULL)
                        continue;
                check(!(*db)->statements[i]->running);
                sqlite3_finalize((*db)->statements[i]->stmt);
                free((*db)->statements[i]);
        }
        check(sqlite3_close((*db)->handle) == SQLITE_OK);
        free(*db);
        *db = NULL;
}

int sqlite_db_exec(struct sqlite_db *db, const char *text, struct err *err)
{
        int result = sqlite3_exec(db->handle, text, NULL, NULL, NULL);

        return result == SQLITE_OK ? 0 : sqlite_error(db, result, "change the database", err);
}

int sqlite_db_int(struct sqlite_db *db, const char *text, int64_t *out, struct err *err)
{
        sqlite3_stmt *stmt = NULL;
        int result = sqlite3_prepare_v2(db->handle, text, -1, &stmt, NULL);

        if (result == SQLITE_OK)
                result = sqlite3_step(stmt);
        if (result == SQLITE_ROW)
                *out = sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
        return result == SQLITE_ROW ? 0 : sqlite_error(db, result, "read the database", err);
}

int sqlite_db_empty(struct sqlite_db *db, struct str table, struct err *err)
{
        char *text = sqlite3_mprintf("DELETE FROM \"%.*w\"", STR_ARG(table));
        int r = text != NULL ? sqlite_db_exec(db, text, err)
                             : sqlite_error(db, SQLITE_NOMEM, "empty a table", err);

        sqlite3_free(text);
        return r;
}

void sqlite_db_checkpoint(struct sqlite_db *db)
{
        /* A reader in the middle of a statement makes this fail; the next commit tries again. */
        if (sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
            SQLITE_OK)
                return;
}

void sqlite_db_seal(struct sqlite_db *db)
{
        db->sealed = true;
}
