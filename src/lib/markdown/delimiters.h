/*
 * delimiters.h -- short delimiter rows of tables, which md4c 0.4.8 does not take for such.
 *
 * GFM wants one hyphen in each cell of "|-|:-:|"; md4c wants three characters.
 *
 * Trust:  the source is hostile.
 * Owns:   nothing.
 * Private to markdown.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Append source to out with hyphens added to short delimiter rows outside code. False, and nothing
 * appended, when there are none, as in most documents.
 */
bool delimiters_widen(struct str source, struct buf *out);
