/*
 * test_base.c -- the foundation keeps its promises: zeroed memory, honest limits, strict numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/map.h"

static void an_error_sentence_never_carries_control_bytes(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(err_set(&err, ERR_INVALID, "bad \n\x1b[31m name"), ERR_INVALID);
        assert_string_equal(err.text, "bad ??[31m name");
        assert_string_equal(err_name(ERR_PROTOCOL), "ERR_PROTOCOL");
        assert_string_equal(err_name(-99), "ERR_UNKNOWN");
}

static void a_buffer_leaves_out_what_passes_its_limit_and_says_so(void **state)
{
        struct buf b = { .max = 4 };

        (void)state;
        buf_puts(&b, "abcd");
        assert_false(b.over);
        buf_putc(&b, 'e');
        assert_true(b.over);
        assert_int_equal(b.n, 4);
        assert_string_equal(buf_cstr(&b), "abcd");
        buf_free(&b);
}

static void a_long_printf_is_whole(void **state)
{
        struct buf b = { 0 };

        (void)state;
        buf_printf(&b, "%0500d", 7);
        assert_int_equal(b.n, 500);
        assert_int_equal(b.p[499], '7');
        buf_free(&b);
}

static void a_number_is_digits_within_its_limit(void **state)
{
        uint64_t n = 42;

        (void)state;
        assert_int_equal(str_to_u64(STR("65535"), 65535, &n, NULL), 0);
        assert_int_equal(n, 65535);
        assert_int_equal(str_to_u64(STR("65536"), 65535, &n, NULL), ERR_LIMIT);
        assert_int_equal(str_to_u64(STR("99999999999999999999999"), UINT64_MAX, &n, NULL), ERR_LIMIT);
        assert_int_equal(str_to_u64(STR("-1"), 9, &n, NULL), ERR_INVALID);
        assert_int_equal(str_to_u64(STR(""), 9, &n, NULL), ERR_INVALID);
        assert_int_equal(n, 65535);
}

static void utf8_refuses_overlong_surrogate_and_cut_sequences(void **state)
{
        (void)state;
        assert_true(str_is_utf8(STR("gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\x9a \xe6\x96\x87")));
        assert_false(str_is_utf8(STR("\xc0\xaf")));
        assert_false(str_is_utf8(STR("\xed\xa0\x80")));
        assert_false(str_is_utf8(STR("\xe2\x82")));
        assert_false(str_is_utf8(STR("\xf4\x90\x80\x80")));
        assert_false(str_is_utf8(STR("a\0b")));
}

static void a_map_survives_growth_and_removal(void **state)
{
        struct map *m CLEANUP_MAP = map_new();
        static int values[5000];
        char key[16];

        (void)state;
        for (int i = 0; i < 5000; i++) {
                snprintf(key, sizeof key, "k%d", i);
                assert_null(map_put(m, str_of(key), &values[i]));
        }
        for (int i = 0; i < 5000; i += 2) {
                snprintf(key, sizeof key, "k%d", i);
                assert_ptr_equal(map_remove(m, str_of(key)), &values[i]);
        }
        assert_int_equal(map_count(m), 2500);
        assert_null(map_get(m, STR("k0")));
        assert_ptr_equal(map_get(m, STR("k4999")), &values[4999]);
        size_t at = 0, seen = 0;
        struct str k;
        void *v;

        while (map_next(m, &at, &k, &v))
                seen++;
        assert_int_equal(seen, 2500);
}

static void an_arena_hands_out_zeroed_aligned_memory(void **state)
{
        struct arena *a CLEANUP_ARENA = arena_new(64);

        (void)state;
        for (size_t size = 1; size < 3000; size += 7) {
                unsigned char *p = arena_alloc(a, size);

                assert_int_equal((uintptr_t)p % 16, 0);
                for (size_t i = 0; i < size; i++)
                        assert_int_equal(p[i], 0);
                memset(p, 0xff, size);
        }
        arena_reset(a);
        char *again = arena_alloc(a, 16);

        assert_int_equal(again[0], 0);
        assert_string_equal(arena_printf(a, "%s-%d", "x", 5), "x-5");
}

static void slices_cut_trim_and_compare(void **state)
{
        struct str rest = STR("a/b//c");

        (void)state;
        assert_true(str_is(str_cut(&rest, '/'), "a"));
        assert_true(str_is(str_cut(&rest, '/'), "b"));
        assert_true(str_is(str_cut(&rest, '/'), ""));
        assert_true(str_is(str_cut(&rest, '/'), "c"));
        assert_int_equal(rest.n, 0);
        assert_true(str_is(str_trim(STR(" \t x y\r\n")), "x y"));
        assert_true(str_eq_nocase(STR("HoSt"), STR("host")));
        assert_true(str_ends(STR("a.md"), STR(".md")));
        assert_int_equal(str_find_str(STR("hello"), STR("lo")), 3);
}

static void dates_are_spelled_as_the_standards_say(void **state)
{
        char http[CLOCK_HTTP_LEN + 1], iso[CLOCK_ISO_LEN + 1];

        (void)state;
        clock_http_date(784111777, http);
        assert_string_equal(http, "Sun, 06 Nov 1994 08:49:37 GMT");
        clock_iso(784111777, iso);
        assert_string_equal(iso, "1994-11-06T08:49:37Z");
}

static void a_date_is_a_day_that_there_is(void **state)
{
        static const char *const wrong[] = {
                "", "2026-1-31", "2026-01-32", "2026-02-29", "2026-00-10", "2026-13-01", "2026-01-00",
                "1969-12-31", "2026/01/31", "31-01-2026", "2026-01-31 ", "2026-01-3a", "-026-01-31",
        };
        int64_t t = 7;
        struct err err;

        (void)state;
        assert_int_equal(clock_parse_date(STR("1970-01-01"), &t, &err), 0);
        assert_int_equal(t, 0);
        assert_int_equal(clock_parse_date(STR("1994-11-06"), &t, &err), 0);
        assert_int_equal(t, 784111777 - (8 * 3600 + 49 * 60 + 37));
        assert_int_equal(clock_parse_date(STR("2028-02-29"), &t, &err), 0);
        assert_int_equal(clock_parse_date(STR("9999-12-31"), &t, &err), 0);
        t = 7;
        for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
                assert_int_equal(clock_parse_date(str_of(wrong[i]), &t, &err), ERR_INVALID);
        assert_int_equal(t, 7);
        assert_non_null(strstr(err.text, "YYYY-MM-DD"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_error_sentence_never_carries_control_bytes),
                cmocka_unit_test(a_buffer_leaves_out_what_passes_its_limit_and_says_so),
                cmocka_unit_test(a_long_printf_is_whole),
                cmocka_unit_test(a_number_is_digits_within_its_limit),
                cmocka_unit_test(utf8_refuses_overlong_surrogate_and_cut_sequences),
                cmocka_unit_test(a_map_survives_growth_and_removal),
                cmocka_unit_test(an_arena_hands_out_zeroed_aligned_memory),
                cmocka_unit_test(slices_cut_trim_and_compare),
                cmocka_unit_test(dates_are_spelled_as_the_standards_say),
                cmocka_unit_test(a_date_is_a_day_that_there_is),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
