/*
 * sqlite_snapshot.c -- SQLite's backup interface, in pieces under one read transaction.
 *
 * Without that transaction each commit between two pieces would start the copy anew, and a busy
 * portal's would never end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "store/inside.h"
#include "store/snapshot.h"
#include "store/sqlite_db.h"

enum { PIECE_PAGES = 2048, PATH_BYTES = 4096 };

/* A handle for files that only this process knows: no limits, no authorizer, no sync. */
static int open_plain(struct sqlite_db **out, const char *path, int flags, struct err *err)
{
        struct sqlite_db *db = xalloc(sizeof *db);
        int result = sqlite3_open_v2(path, &db->handle,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                                             SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                                     NULL);
        int r = result == SQLITE_OK ? 0 : sqlite_error(db, result, "open the copy", err);

        if (r == 0)
                r = sqlite_db_exec(db,
                                   "PRAGMA temp_store = memory; PRAGMA mmap_size = 0;"
                                   "PRAGMA trusted_schema = off; PRAGMA cell_size_check = on;"
                                   "PRAGMA synchronous = off",
                                   err);
        if (r < 0) {
                sqlite_db_close(&db);
                return r;
        }
        *out = db;
        return 0;
}

#define CLEANUP_DB CLEANUP(sqlite_db_close)

/* Fails when there is a file: sqlite3_open_v2() would take it and the copy overwrite it. */
static int make_empty(const char *path, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

        return fd < 0 ? err_errno(err, "make the copy %s", path) : 0;
}

static int copy_pieces(struct sqlite_db *to, struct sqlite_db *from, store_snapshot_fn *told,
                       void *ctx, struct err *err)
{
        sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
        int result;

        if (backup == NULL)
                return sqlite_error(to, sqlite3_errcode(to->handle), "copy the database", err);
        while ((result = sqlite3_backup_step(backup, PIECE_PAGES)) == SQLITE_OK) {
                uint64_t total = (uint64_t)sqlite3_backup_pagecount(backup);

                if (told != NULL)
                        told(ctx, total - (uint64_t)sqlite3_backup_remaining(backup), total);
        }
        sqlite3_backup_finish(backup);
        return result == SQLITE_DONE ? 0 : sqlite_error(to, result, "copy the database", err);
}

int store_snapshot(struct store *store, const char *folder, store_snapshot_fn *told, void *ctx,
                   struct err *err)
{
        struct sqlite_db *copy CLEANUP_DB = NULL;
        char path[PATH_BYTES];
        int64_t tables = 0;
        int n = snprintf(path, sizeof path, "%s/portal.db", folder);

        if (n < 0 || (size_t)n >= sizeof path)
                return err_set(err, ERR_LIMIT, "the folder's path is too long");
        int r = make_empty(path, err);

        if (r == 0)
                r = open_plain(&copy, path, SQLITE_OPEN_READWRITE, err);
        if (r == 0)
                r = sqlite_db_exec(store->db, "BEGIN", err);
        if (r < 0)
                return r;
        /* The first read is what takes the snapshot. */
        r = sqlite_db_int(store->db, "SELECT count(*) FROM sqlite_schema", &tables, err);
        if (r == 0)
                r = copy_pieces(copy, store->db, told, ctx, err);
        if (sqlite_db_exec(store->db, "ROLLBACK", r < 0 ? NULL : err) < 0 && r == 0)
                r = ERR_IO;
        return r;
}

static int sync_file(const char *path, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0 || fdatasync(fd) < 0)
                return err_errno(err, "sync %s", path);
        return 0;
}

/* The path goes in as a value: VACUUM INTO takes an expression. */
static int vacuum_into(struct sqlite_db *db, const char *to, struct err *err)
{
        sqlite3_stmt *stmt = NULL;
        int result = sqlite3_prepare_v2(db->handle, "VACUUM INTO $1", -1, &stmt, NULL);

        if (result == SQLITE_OK)
                result = sqlite3_bind_text(stmt, 1, to, -1, SQLITE_STATIC);
        if (result == SQLITE_OK)
                result = sqlite3_step(stmt);
        int r = result == SQLITE_DONE ? 0 : sqlite_error(db, result, "write the copy", err);

        sqlite3_finalize(stmt);
        return r;
}

int store_rewrite(const char *folder, const char *to, struct err *err)
{
        struct sqlite_db *db CLEANUP_DB = NULL;
        char path[PATH_BYTES];
        int n = snprintf(path, sizeof path, "%s/portal.db", folder);

        if (n < 0 || (size_t)n >= sizeof path)
                return err_set(err, ERR_LIMIT, "the folder's path is too long");
        int r = make_empty(to, err);

        if (r == 0)
                r = open_plain(&db, path, SQLITE_OPEN_READWRITE, err);
        if (r == 0)
                r = vacuum_into(db, to, err);
        return r < 0 ? r : sync_file(to, err);
}
