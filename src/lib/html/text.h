/*
 * text.h -- foreign bytes into text that markup can hold: well-formed, without controls, decoded.
 *
 * Trust:  every input is hostile.
 * Owns:   nothing; results live in the caller's arena or buffer.
 * Linked by the portal's jobs, as a part of html. Needs base only.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/*
 * text itself when nothing is wrong with it, else a copy in arena: ill-formed UTF-8 and the code
 * points that are no characters become U+FFFD, the control characters of C0 (but tab and newline),
 * DEL and C1 are left out, CR LF and CR become LF. HTML forbids them or changes them on the way, so
 * markup that holds one does not parse to what was written.
 */
NODISCARD struct str html_clean(struct arena *arena, struct str text);

/*
 * Append what one whole character reference stands for: "&copy;", "&#169;", "&#xA9;" (the ';'
 * required). False, and nothing appended, when it names nothing. A reference to a control character
 * adds nothing.
 */
bool html_reference(struct buf *out, struct str reference);

/*
 * Append text with its character references replaced as WHATWG HTML 13.2.5.72 does, the old names
 * without ';' included. attribute: by the rule for attribute values, where "&copy=1" stays.
 */
void html_decode(struct buf *out, struct str text, bool attribute);
