/*
 * asserts.h -- what tests of pages have in common: text that means harm, and what a page has or lacks.
 *
 * Linked by the tests of this folder.
 */
#pragma once

#include "base/buf.h"

/* Every way out of text and attributes, and a byte that ends a C string. */
#define HOSTILE "x\"'><script>alert(1)</script><!--&amp;\0</title>"
#define EVIL_URL "java\tscript:alert(1)"

extern const struct str hostile;
extern const struct str evil_url;

/* How often the page has it, overlapping ones included. */
size_t count(const struct buf *page, const char *needle);

/* Otherwise the test fails and shows the page. */
void assert_has(const struct buf *page, const char *needle);
void assert_lacks(const struct buf *page, const char *needle);

/* One whole page on which hostile is text, and neither it nor evil_url is markup or a scheme. */
void assert_harmless(const struct buf *page);
