/*
 * test_text.c -- character references mean what the HTML standard says, and controls never get
 * through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "html/text.h"

static void expect_decoded(const char *source, bool attribute, const char *expected)
{
        struct buf out CLEANUP_BUF = { 0 };

        html_decode(&out, str_of(source), attribute);
        assert_string_equal(buf_cstr(&out), expected);
}

static void references_are_decoded_as_in_a_browser(void **state)
{
        (void)state;
        expect_decoded("a &amp; b &lt;&gt;", false, "a & b <>");
        expect_decoded("&copy;&#169;&#xA9;&#Xa9;", false, "\xc2\xa9\xc2\xa9\xc2\xa9\xc2\xa9");
        expect_decoded("&copy &notit; &ampx", false, "\xc2\xa9 \xc2\xacit; &x");
        expect_decoded("&CounterClockwiseContourIntegral;", false, "\xe2\x88\xb3");
        expect_decoded("&NotEqualTilde;", false, "\xe2\x89\x82\xcc\xb8");
        expect_decoded("&bogus; & &; &# &#x; &#;", false, "&bogus; & &; &# &#x; &#;");
        expect_decoded("&#x80;&#146;", false, "\xe2\x82\xac\xe2\x80\x99");
        expect_decoded("&#128512", false, "\xf0\x9f\x98\x80");
}

static void in_an_attribute_an_old_name_before_a_letter_stays(void **state)
{
        (void)state;
        expect_decoded("?a=1&copy=2&lt", true, "?a=1&copy=2<");
        expect_decoded("&notit;", true, "&notit;");
        expect_decoded("&copy;=", true, "\xc2\xa9=");
}

static void a_reference_never_makes_a_control_or_half_a_character(void **state)
{
        (void)state;
        expect_decoded("a&#0;b", false, "a\xef\xbf\xbd" "b");
        expect_decoded("a&#1;&#8;&#x7f;&#x81;b", false, "ab");
        expect_decoded("&#xd800;&#x110000;&#99999999999999;", false,
                       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
        expect_decoded("&#13;&#10;&#9;", false, "\n\n\t");
        expect_decoded("&#xffff;&#xfdd0;&#x1fffe;", false,
                       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void a_whole_reference_is_decoded_and_nothing_else(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        assert_true(html_reference(&out, STR("&auml;")));
        assert_string_equal(buf_cstr(&out), "\xc3\xa4");
        assert_false(html_reference(&out, STR("&auml")));
        assert_false(html_reference(&out, STR("&auml;x")));
        assert_false(html_reference(&out, STR("&x;")));
        assert_string_equal(buf_cstr(&out), "\xc3\xa4");
}

static void clean_text_is_not_copied(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str text = STR("fine\n\ttext caf\xc3\xa9 \xf0\x9f\x98\x80");

        (void)state;
        assert_ptr_equal(html_clean(arena, text).p, text.p);
}

static void dirty_text_is_made_fit_for_markup(void **state)
{
        static const struct {
                struct str dirty;
                const char *clean;
        } cases[] = {
                { { "a\0b\x01" "c\x7f" "d", 7 }, "abcd" },
                { { "a\r\nb\rc", 6 }, "a\nb\nc" },
                { { "a\xc2\x80" "b\xc2\x9f", 6 }, "ab" },
                { { "\xff\xc3(", 3 }, "\xef\xbf\xbd\xef\xbf\xbd(" },
                { { "\xed\xa0\x80", 3 }, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
                { { "\xef\xbf\xbf|\xef\xb7\x90", 7 }, "\xef\xbf\xbd|\xef\xbf\xbd" },
                { { "\xf0\x9f\xbf\xbe|", 5 }, "\xef\xbf\xbd|" },
                { { "\xe2\x82", 2 }, "\xef\xbf\xbd\xef\xbf\xbd" },
        };
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct str clean = html_clean(arena, cases[i].dirty);

                assert_int_equal(clean.n, strlen(cases[i].clean));
                assert_memory_equal(clean.p, cases[i].clean, clean.n);
                assert_ptr_equal(html_clean(arena, clean).p, clean.p);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(references_are_decoded_as_in_a_browser),
                cmocka_unit_test(in_an_attribute_an_old_name_before_a_letter_stays),
                cmocka_unit_test(a_reference_never_makes_a_control_or_half_a_character),
                cmocka_unit_test(a_whole_reference_is_decoded_and_nothing_else),
                cmocka_unit_test(clean_text_is_not_copied),
                cmocka_unit_test(dirty_text_is_made_fit_for_markup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
