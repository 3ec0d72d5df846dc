/*
 * qr.h -- a QR code (ISO/IEC 18004) as an SVG drawing.
 *
 * Trust:  the text may be anything; it reaches the drawing as squares only, never as text.
 * Owns:   nothing.
 * Linked by portals and the site. Needs libqrencode (inside this folder only).
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { QR_TEXT_MAX = 1000 };

/*
 * Append the drawing: one svg element with a white ground and one black path, four modules of
 * margin, no script, style, link or id; at most about 70 KB. It has neither width nor height: the
 * page decides.
 * Fails: ERR_INVALID  empty     ERR_LIMIT  above QR_TEXT_MAX bytes
 */
NODISCARD int qr_svg(struct str text, struct buf *out, struct err *err);
