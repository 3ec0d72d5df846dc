/*
 * kinds.h -- one reader per kind of picture. Private to picture/.
 *
 * Trust:  see picture.h. Each is called when the first bytes are those of its kind.
 * Owns:   nothing.
 */
#pragma once

#include <stdint.h>

#include "picture/picture.h"

bool jpeg_measure(struct str head, struct picture_size *out);
bool svg_measure(struct str head, struct picture_size *out);

static inline unsigned picture_byte(struct str s, size_t at)
{
        return (unsigned char)s.p[at];
}

static inline unsigned picture_be16(struct str s, size_t at)
{
        return picture_byte(s, at) << 8 | picture_byte(s, at + 1);
}

static inline unsigned picture_le16(struct str s, size_t at)
{
        return picture_byte(s, at) | picture_byte(s, at + 1) << 8;
}
