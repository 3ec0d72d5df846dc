/*
 * reparse.h -- a second opinion on HTML: what a browser's parser makes of it.
 *
 * The parser is gumbo, which follows the HTML standard and shares nothing with the code under test.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Parse html as the content of a div and append the tree, written out again, to out. Where html is
 * what every browser will see, the two are the same bytes.
 */
void reparse(struct str html, struct buf *out);

/*
 * Why html may not be sent, in a static sentence: an element, attribute or address off the list; or
 * NULL.
 */
const char *reparse_fault(struct str html);
