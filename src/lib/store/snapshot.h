/*
 * snapshot.h -- a copy of a portal's database at one moment, while people go on writing.
 *
 * Linked by the portal's jobs.
 */
#pragma once

#include <stdint.h>

#include "store/store.h"

/* How many pages of the file are copied so far, and of how many. */
typedef void store_snapshot_fn(void *ctx, uint64_t done, uint64_t total);

/*
 * Copy the database to folder/portal.db, where store_open(folder) finds it. folder must exist and
 * hold no database. The copy is of one moment, the call's; writers are not held up, but the
 * write-ahead log cannot be emptied before the copy is complete.
 * told may be NULL.
 *
 * The copy is not synced: it is made to be read and thrown away. After a failure or a kill remove
 * it with the folder. What was deleted may still stand in its free pages, as in the original:
 * store_rewrite() leaves that behind.
 *
 * Fails: ERR_EXISTS   there is a database in folder already
 *        ERR_IO       the disk is full, and whatever else the file system says
 */
NODISCARD int store_snapshot(struct store *store, const char *folder, store_snapshot_fn *told,
                             void *ctx, struct err *err);

/*
 * Write folder's portal.db anew to the file `to`, which must not exist: every row, no free page, no
 * write-ahead log beside it. folder's database must not be open. The file is synced.
 */
NODISCARD int store_rewrite(const char *folder, const char *to, struct err *err);
