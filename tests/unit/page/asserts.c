/*
 * asserts.c -- what tests of pages have in common: text that means harm, and what a page has or lacks.
 */
#include "asserts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

const struct str hostile = { HOSTILE, sizeof HOSTILE - 1 };
const struct str evil_url = { EVIL_URL, sizeof EVIL_URL - 1 };

size_t count(const struct buf *page, const char *needle)
{
        struct str rest = buf_str(page);
        size_t n = 0;
        ptrdiff_t at;

        while ((at = str_find_str(rest, str_of(needle))) >= 0) {
                n++;
                rest = str_make(rest.p + at + 1, rest.n - (size_t)at - 1);
        }
        return n;
}

void assert_has(const struct buf *page, const char *needle)
{
        if (count(page, needle) == 0)
                fail_msg("the page lacks: %s\n%.*s", needle, STR_ARG(buf_str(page)));
}

void assert_lacks(const struct buf *page, const char *needle)
{
        if (count(page, needle) != 0)
                fail_msg("the page has: %s\n%.*s", needle, STR_ARG(buf_str(page)));
}

void assert_harmless(const struct buf *page)
{
        assert_lacks(page, "<script>");
        assert_lacks(page, "<!--");
        assert_lacks(page, "x\"'");
        assert_lacks(page, "quot;'");
        assert_lacks(page, "script:");
        assert_int_equal(count(page, "</title>"), 1);
        assert_int_equal(count(page, "</html>"), 1);
        assert_has(page, "&lt;script&gt;");
}
