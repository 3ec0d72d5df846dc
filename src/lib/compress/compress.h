/*
 * compress.h -- whole buffers in the two encodings browsers ask for: gzip and brotli.
 *
 * Trust:    what is compressed is ours; what is decompressed may be foreign and is cut off at a
 *           limit.
 * Owns:     nothing; appends to the caller's buffer.
 * Linked by the jobs that publish, and by tests. Slow by intent at COMPRESS_BEST: never call it
 * from a portal's loop.
 * Source:   RFC 1952 (gzip), RFC 7932 (brotli).
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * BEST:  gzip level 9, brotli quality 11 up to 64 KiB, 10 up to 1 MiB, 9 above: for what is
 *        compressed once and sent for months.
 * QUICK: gzip level 6, brotli quality 5: for what is compressed by the thousand.
 */
enum compress_effort { COMPRESS_BEST, COMPRESS_QUICK };

/* Deterministic: the same input gives the same bytes (no name, no time in the gzip header). */
NODISCARD int compress_gzip(struct str in, enum compress_effort effort, struct buf *out,
                            struct err *err);
NODISCARD int compress_brotli(struct str in, enum compress_effort effort, struct buf *out,
                              struct err *err);

/* Whether an encoding is worth storing beside n plain bytes: at least 1/16 and 64 bytes smaller. */
bool compress_pays(size_t n, size_t compressed);

/*
 * The reverse. At most max bytes are appended.
 * Fails: ERR_LIMIT the content is longer; ERR_INVALID the bytes are damaged, cut short or followed
 * by others. out is untouched on failure.
 */
NODISCARD int decompress_gzip(struct str in, size_t max, struct buf *out, struct err *err);
NODISCARD int decompress_brotli(struct str in, size_t max, struct buf *out, struct err *err);
