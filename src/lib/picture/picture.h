/*
 * picture.h -- how wide and high a picture is, from its first bytes, so that a page can keep its
 * place free.
 *
 * PNG (ISO/IEC 15948), JPEG (ITU-T T.81, with the orientation of Exif 2.3), GIF (89a), WebP
 * (RFC 9649) and SVG (SVG 2, 8.2 and 8.6: width and height of the outermost element, one of them
 * by its viewBox).
 *
 * Trust:  the bytes are hostile. Nothing is decoded: only headers are looked at, each byte once.
 * Owns:   nothing.
 * Linked by the portal's jobs. Needs base only.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"

enum {
        PICTURE_HEAD = 256 * 1024,      /* bytes from the start that are enough; more are not looked at */
        PICTURE_SIDE_MAX = 32767,       /* CSS pixels; a larger one is no picture for a page */
};

struct picture_size {
        unsigned width, height;         /* as shown, in CSS pixels; 1 to PICTURE_SIDE_MAX */
};

/* The kind is told by the bytes, whatever the file is called. False: none of these, or damaged. */
bool picture_measure(struct str head, struct picture_size *out);
