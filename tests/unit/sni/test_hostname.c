/*
 * test_hostname.c -- what is a host name, and what is below another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sni/hostname.h"

static void a_good_name_comes_out_in_lower_case(void **state)
{
        static const char *const names[][2] = {
                { "docs.example.org", "docs.example.org" },
                { "DOCS.Example.ORG", "docs.example.org" },
                { "localhost", "localhost" },
                { "a", "a" },
                { "1st.example", "1st.example" },
                { "xn--bcher-kva.example", "xn--bcher-kva.example" },
                { "10.0.0.1.nip.io", "10.0.0.1.nip.io" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                struct hostname name;

                assert_int_equal(hostname_parse(str_of(names[i][0]), &name, NULL), 0);
                assert_string_equal(name.text, names[i][1]);
                assert_int_equal(name.n, strlen(names[i][1]));
        }
}

static void what_is_no_name_is_refused_with_a_reason(void **state)
{
        static const struct str names[] = {
                { "", 0 }, { ".", 1 }, { "a..b", 4 }, { ".a", 2 }, { "a.", 2 }, { "-a.b", 4 },
                { "a-.b", 4 }, { "a b", 3 }, { "a_b", 3 }, { "a\0b", 3 }, { "a/b", 3 },
                { "*.example.org", 13 }, { "127.0.0.1", 9 }, { "::1", 3 }, { "b\xc3\xbc", 3 },
                { "a:443", 5 }, { "a\n", 2 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                struct hostname name = { .text = "untouched", .n = 9 };
                struct err err = { 0 };

                assert_int_equal(hostname_parse(names[i], &name, &err), ERR_INVALID);
                assert_true(strlen(err.text) > 10);
                assert_string_equal(name.text, "untouched");
        }
}

static void labels_end_at_63_and_names_at_253_characters(void **state)
{
        char text[260];
        struct hostname name;

        (void)state;
        memset(text, 'a', sizeof text);
        assert_int_equal(hostname_parse(str_make(text, 63), &name, NULL), 0);
        assert_int_equal(hostname_parse(str_make(text, 64), &name, NULL), ERR_INVALID);
        for (size_t i = 49; i < sizeof text; i += 50)
                text[i] = '.';
        assert_int_equal(hostname_parse(str_make(text, 253), &name, NULL), 0);
        assert_int_equal(hostname_parse(str_make(text, 254), &name, NULL), ERR_INVALID);
}

static bool below(const char *name, const char *suffix)
{
        struct hostname n, s;

        assert_int_equal(hostname_parse(str_of(name), &n, NULL), 0);
        assert_int_equal(hostname_parse(str_of(suffix), &s, NULL), 0);
        return hostname_is_below(&n, &s);
}

static void below_means_whole_labels(void **state)
{
        (void)state;
        assert_true(below("docs.test", "docs.test"));
        assert_true(below("a.docs.test", "docs.test"));
        assert_true(below("b.a.docs.test", "docs.test"));
        assert_false(below("evildocs.test", "docs.test"));
        assert_false(below("test", "docs.test"));
        assert_false(below("docs.test.evil", "docs.test"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_good_name_comes_out_in_lower_case),
                cmocka_unit_test(what_is_no_name_is_refused_with_a_reason),
                cmocka_unit_test(labels_end_at_63_and_names_at_253_characters),
                cmocka_unit_test(below_means_whole_labels),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
