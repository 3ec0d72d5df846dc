/*
 * mime.h -- text of any language in the headers and the body of a letter.
 *
 * Trust:  text may be anything; no byte of it becomes a line of its own in a header, or a part of its own in
 *         a body.
 * Owns:   nothing; writes into the caller's buffer. Lines end with CR LF.
 * Linked by mail/ and its tests.
 */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * "Name: text": printable ASCII as it is, anything else in encoded words of UTF-8 (RFC 2047), folded to
 * lines of at most 76 bytes. Control characters become spaces. tail, ASCII such as " <a@b.example>", follows
 * on the last line or, folded, on one of its own.
 */
void mime_header(struct buf *out, const char *name, struct str text, const char *tail);

/*
 * A part's body in quoted-printable (RFC 2045, 6.7): lines of at most 76 bytes, line feeds become CR LF.
 */
void mime_quoted(struct buf *out, struct str text);
