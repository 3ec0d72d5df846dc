/*
 * blob.h -- files' bytes, each content once, in parts.
 *
 * A blob is named by the SHA-256 of its content; the same image in ten publications is one blob.
 * Bytes lie in rows of STORE_PART, so writing and reading hold one part in memory.
 *
 * Linked by the portal's jobs.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "crypto/digest.h"
#include "store/store.h"

/*
 * Give n bytes from offset of the content; called with growing offsets, whole parts but the last.
 */
typedef int store_bytes_fn(void *ctx, uint64_t offset, void *p, size_t n, struct err *err);

/*
 * Store size bytes with this digest unless they are there already; *out_id names them either way.
 * Inside a transaction. ERR_CORRUPT when the bytes have another digest; roll back then.
 */
NODISCARD int store_blob_put(struct store *store, const struct digest *digest, uint64_t size,
                             store_bytes_fn *bytes, void *ctx, int64_t *out_id, struct err *err);

/* All of a content, a part at a time, in order; what take fails with ends it. */
typedef int store_take_fn(void *ctx, struct str part, struct err *err);
NODISCARD int store_blob_read(struct store *store, int64_t blob, store_take_fn *take, void *ctx,
                              struct err *err);

/* Append the first bytes of the content, at most `most`. ERR_NOT_FOUND: no such blob, or an empty one. */
NODISCARD int store_blob_head(struct store *store, int64_t blob, size_t most, struct buf *out,
                              struct err *err);

/* Remove the blobs that no file and no publication uses. Inside a transaction. */
NODISCARD int store_blob_sweep(struct store *store, struct err *err);
