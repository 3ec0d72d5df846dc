/*
 * zip.h -- write a zip file as a stream: one entry after another, each with its digest.
 *
 * A zip because every desktop opens one without help and one entry can be read without the others.
 * Texts are deflated; what is packed already (pictures, databases of packed pages) is stored, which
 * also keeps any honest archive far below the proportion at which archive_visit() smells a bomb.
 *
 * Owns:   the writer; the descriptor stays the caller's.
 * Linked by the portal's jobs. Needs libarchive (inside this folder only).
 */
#pragma once

#include "crypto/digest.h"
#include "exchange/exchange.h"

struct zip;

NODISCARD int zip_new(int fd, struct zip **out, struct err *err);
/* Without zip_finish() the file stays without its directory, and no reader takes it for whole. */
void zip_free(struct zip **zip);
#define CLEANUP_ZIP CLEANUP(zip_free)

#define ZIP_SIZE_UNKNOWN UINT64_MAX     /* of an entry that is not packed already */

/*
 * An entry of exactly size bytes, which zip_add() brings in pieces; zip_end() gives its size and
 * SHA-256. name has passed archive_name_is_good(). when: Unix seconds.
 */
NODISCARD int zip_begin(struct zip *zip, struct str name, uint64_t size, bool packed, int64_t when,
                        struct err *err);
NODISCARD int zip_add(struct zip *zip, const void *p, size_t n, struct err *err);
NODISCARD int zip_end(struct zip *zip, uint64_t *out_size, struct digest *out,
                      struct err *err);

/* The directory; all is written when it returns 0. */
NODISCARD int zip_finish(struct zip *zip, struct err *err);
uint64_t zip_written(const struct zip *zip);            /* bytes so far */
