/*
 * digest.h -- SHA-256 (FIPS 180-4), of a whole slice or of a stream.
 *
 * Trust:  any bytes; nothing is interpreted.
 * Owns:   nothing; a digest and its running state are plain values.
 * Linked by whatever names content by its hash. Needs libsodium (inside this folder only).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { DIGEST_LEN = 32, DIGEST_HEX_LEN = 64 };

struct digest {
        uint8_t b[DIGEST_LEN];
};

/* The state of a digest that is still being fed; its inside belongs to digest.c. */
struct digest_stream {
        _Alignas(16) uint8_t opaque[128];
};

void digest_of(struct str bytes, struct digest *out);

void digest_start(struct digest_stream *s);
void digest_add(struct digest_stream *s, const void *p, size_t n);
void digest_finish(struct digest_stream *s, struct digest *out);       /* s must be started anew */

/* For canonical encodings: a number in 8 bytes, big-endian; a text with its length so before it, so
 * that no two lists of texts have the same bytes. */
void digest_add_u64(struct digest_stream *s, uint64_t value);
void digest_add_text(struct digest_stream *s, struct str text);

/* Lower-case hexadecimal, NUL-terminated. */
void digest_hex(const struct digest *d, char out[static DIGEST_HEX_LEN + 1]);
