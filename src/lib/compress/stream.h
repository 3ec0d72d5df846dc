/*
 * stream.h -- zstd from one descriptor to another, for what is larger than memory.
 *
 * Trust:    what is decompressed may be foreign: its window, and so its memory, is limited, and its length
 *           is cut off where the caller says.
 * Owns:     nothing; descriptors are borrowed and must block.
 * Linked by the jobs that make and read backups, and by the command line, which opens them.
 * Source:   RFC 8878.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/* Read `in` to its end and write one frame, with a check of its content, at level 3. */
NODISCARD int compress_stream(int in, int out, struct err *err);

/*
 * The reverse: one frame and then the end of `in`. Fails: ERR_CORRUPT  damaged, cut short or followed by
 * something    ERR_LIMIT  longer than max bytes    and as the descriptors do
 */
NODISCARD int decompress_stream(int in, int out, uint64_t max, struct err *err);

/* The same where the packed bytes come piece by piece; out is borrowed until it is freed. */
struct decompressor;
NODISCARD struct decompressor *decompressor_new(int out, uint64_t max);
void decompressor_free(struct decompressor **d);
#define CLEANUP_DECOMPRESSOR CLEANUP(decompressor_free)
NODISCARD int decompressor_add(struct decompressor *d, struct str packed, struct err *err);
/* The packed bytes ended: was that the end of the frame? */
NODISCARD int decompressor_finish(const struct decompressor *d, struct err *err);
