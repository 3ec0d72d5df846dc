/*
 * sqlite_replace.c -- a whole database copied into a live one by SQLite's own backup.
 *
 * It is a transaction like any other: the new pages go to the write-ahead log and count from the commit
 * on. No file is swapped under anybody, so there is no moment at which a log and a database could be each
 * other's strangers.
 */
#include "store/inside.h"
#include "store/restore.h"
#include "store/sqlite_db.h"

static int copy_all(struct sqlite_db *to, struct sqlite_db *from, struct err *err)
{
        sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");

        if (backup == NULL)
                return sqlite_error(to, sqlite3_errcode(to->handle), "copy the database", err);
        int result = sqlite3_backup_step(backup, -1);
        int finished = sqlite3_backup_finish(backup);

        if (result == SQLITE_DONE)
                return 0;
        return sqlite_error(to, finished != SQLITE_OK ? finished : result, "copy the database", err);
}

int store_replace(struct store *live, struct store *copy, struct err *err)
{
        uint64_t mine = generation_before_commit(&live->generation);
        int r = copy_all(live->db, copy->db, err);

        /* Also after a failure: the counter must not stay odd. */
        generation_after_commit(&live->generation, mine);
        if (r == 0)
                store_checkpoint(live);
        return r;
}
