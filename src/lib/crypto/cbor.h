/*
 * cbor.h -- the part of CBOR (RFC 8949) that authenticators write, read strictly.
 *
 * Trust:  hostile bytes. Lengths are checked against what is left; definite lengths and shortest
 *         forms only; no tags and no floats; nesting is limited. Nothing is allocated.
 * Owns:   nothing; results point into the input.
 * For this folder only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { CBOR_DEPTH_MAX = 8 };

struct cbor {
        const uint8_t *at;
        const uint8_t *end;
};

static inline struct cbor cbor_of(struct str bytes)
{
        const uint8_t *p = (const uint8_t *)bytes.p;

        return (struct cbor){ p, bytes.n > 0 ? p + bytes.n : p };
}

static inline size_t cbor_left(const struct cbor *c)
{
        return (size_t)(c->end - c->at);
}

/* Each reads one item and moves on, or is false and leaves *c in no useful state. */
bool cbor_int(struct cbor *c, int64_t *out);                    /* within int64_t */
bool cbor_bytes(struct cbor *c, struct str *out);
bool cbor_text(struct cbor *c, struct str *out);                /* UTF-8 */
bool cbor_map(struct cbor *c, uint64_t *pairs);                 /* the pairs follow */
bool cbor_skip(struct cbor *c);                                 /* any item, CBOR_DEPTH_MAX deep */
