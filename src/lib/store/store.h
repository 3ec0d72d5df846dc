/*
 * store.h -- one portal's database: open it, change it in transactions, notice others' changes.
 *
 * Everything a portal has lies in one SQLite file, `portal.db` in its container, so no statement
 * ever names a portal: the boundary between clients is the kernel's, not a WHERE clause. This
 * folder is the only place with SQL.
 *
 * Trust:  the file itself may be hostile (a restored backup): views, triggers and virtual
 *         tables are refused, the schema is not trusted, and nothing but this folder's statements
 *         can run.
 * Owns:   the database handle, its prepared statements and the mapped generation counter.
 * Linked by the portal and its jobs. Needs SQLite (in the sqlite_*.c files only).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct store;

/* What a writer may find: the schema this program reads and writes. */
enum { STORE_SCHEMA_VERSION = 5 };

struct store_options {
        unsigned cache_kib;             /* page cache; 0: 256 KiB. A job may take more */
        unsigned busy_ms;               /* how long to wait for another writer; 0: not at all */
        bool create;                    /* make the database when it is not there */
        bool as_is;                     /* an older schema stays: to read a copy, not to use it */
        bool summed;                    /* store_open() sets it: each block has its sum (block_sums.h) */
        const char *name;               /* of the file in its folder; NULL: portal.db */
};

/* For the zygote, once: initialise the engine, so that its children share the warm pages. */
NODISCARD int store_prepare(struct err *err);

/*
 * Open folder's portal.db: WAL, synchronous=FULL, foreign keys; older schemas are brought up to
 * date, each step in one transaction. Also maps folder's `generation` file (made when missing).
 * Open before the seccomp filter is loaded; later calls need only the calls named in
 * docs/formats/portal-db.md.
 *
 * Fails: ERR_NOT_FOUND    no database, and create is false
 *        ERR_UNSUPPORTED  written by a newer release
 *        ERR_CORRUPT      not a portal's database, or it holds what no release ever made
 */
NODISCARD int store_open(const char *folder, const struct store_options *options,
                         struct store **out, struct err *err);
void store_close(struct store **store);
#define CLEANUP_STORE CLEANUP(store_close)

/*
 * A value that differs from an earlier one whenever something may have been committed in between,
 * by any process. In the ordinary case it is one atomic load and no system call. Read it before a
 * lookup and keep it beside what the lookup gave: while it stays the same, so does the answer.
 *
 * While a commit is in flight, or after its writer died between commit and notice, the answer comes
 * from store_data_version() instead, so that no crash can leave a reader with stale pages.
 */
uint64_t store_generation(struct store *store);

/* The same question asked of SQLite itself: some microseconds and system calls. */
uint64_t store_data_version(struct store *store);

/*
 * One write transaction at a time: begin, change, commit. ERR_BUSY when another process writes
 * longer than busy_ms. Commit returns 0 only when the change is on disk; when it fails all is
 * rolled back.
 */
NODISCARD int store_begin(struct store *store, struct err *err);
NODISCARD int store_commit(struct store *store, struct err *err);
/*
 * The same for changes that no kept answer depends on: when a session was last used, how often a
 * login failed, what went into the log. The generation stays, so nobody drops a cache for them.
 */
NODISCARD int store_commit_quietly(struct store *store, struct err *err);
void store_rollback(struct store *store);               /* nothing happens outside a transaction */

/*
 * Move the write-ahead log into the database and truncate it; best effort while readers are active.
 */
void store_checkpoint(struct store *store);

/*
 * The whole file's self-check (PRAGMA integrity_check and the foreign keys); ERR_CORRUPT says what.
 */
NODISCARD int store_verify(struct store *store, struct err *err);

/*
 * Whether the tables are, word for word, those this release makes: for a file that came from elsewhere,
 * whose tables might lack the constraints that statements rely on. ERR_CORRUPT otherwise.
 */
NODISCARD int store_verify_schema(struct store *store, struct err *err);
