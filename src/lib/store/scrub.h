/*
 * scrub.h -- is a portal's database still what was written to it?
 *
 * Three questions, each finding what the others cannot: does every block have the sum that was noted when
 * it was written (block_sums.h); does SQLite find its own structure and every reference whole; do files,
 * newest revisions, rendered pages and the log agree with the digests that are stored beside them.
 *
 * Trust:  the file may be damaged in any way. Nothing of what it says is told but numbers of rows and blocks.
 * Owns:   nothing.
 * Linked by the portal's jobs.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct store_scrub {
        uint64_t blocks;                /* that were read */
        uint64_t fresh;                 /* of these without a sum until now */
        uint64_t digests;               /* that were compared */
        uint64_t findings;              /* 0: the database is well */
        char first[ERR_TEXT_MAX];       /* a sentence about the first one; empty: none */
};

typedef void store_scrub_fn(void *ctx, const char *stage, uint64_t done, uint64_t total);

/*
 * Look at all of folder/portal.db, which must not be open in this process. Readers and writers go on;
 * the write-ahead log cannot be emptied meanwhile. Blocks that have no sum yet get one when all else is well.
 *
 * 0: it was looked at, and out says what was found. Fails: ERR_BUSY and others: it could not be.
 */
NODISCARD int store_scrub(const char *folder, store_scrub_fn *told, void *ctx, struct store_scrub *out,
                          struct err *err);
