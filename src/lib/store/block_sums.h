/*
 * block_sums.h -- what every block of a database file must be: eight bytes for each 4096, in a file beside
 * it, written whenever the block is.
 *
 * SQLite notices damage only where it hurts its own structure; a bit that flips inside a text stays
 * unnoticed. Here any change of a block that did not come through this program is found. A sum is no
 * secret and no proof against somebody who can write both files: it is against disks, not people.
 * docs/formats/portal-sums.md has the bytes and a vector.
 *
 * Trust:  the file lies beside the database and may be as damaged; what does not fit counts as damage.
 * Owns:   nothing; descriptors are the caller's.
 * Linked by the portal and its jobs. Needs libc only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum { BLOCK = 4096, BLOCK_SUMS_HEAD = 16, BLOCK_SUM_LEN = 8 };

/* Of block `number` (from 0) with these bytes; never 0, which stands for "not known". */
uint64_t block_sum(uint64_t number, const uint8_t bytes[static BLOCK]);

/*
 * The file beside path ("portal.sums" beside "portal.db"), made when it is not there. *out: a descriptor to
 * read and write.
 */
NODISCARD int block_sums_open(const char *path, int *out, struct err *err);

/*
 * n bytes p were just written at this offset. Anything but whole blocks makes what they touch unknown.
 * false: the disk refused.
 */
NODISCARD bool block_sums_note(int sums, uint64_t offset, const void *p, size_t n);

/* Before the database is cut to so many bytes: what lies behind is forgotten. */
NODISCARD bool block_sums_cut(int sums, uint64_t size);

/*
 * What the file says of a block; 0: it is not known. ERR_CORRUPT: the file's head is not that of sums.
 */
NODISCARD int block_sums_check_head(int sums, struct err *err);
NODISCARD int block_sums_get(int sums, uint64_t number, uint64_t *out, struct err *err);
NODISCARD int block_sums_put(int sums, uint64_t number, uint64_t sum, struct err *err);
