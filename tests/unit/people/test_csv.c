/*
 * test_csv.c -- tables: read as RFC 4180 has it, refused by line, and written so that no field is a formula.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "people/csv.h"

static struct arena *arena;
static struct csv_row *rows;
static size_t n;
static struct err err;

static int begin(void **state)
{
        (void)state;
        arena = arena_new(0);
        rows = NULL;
        n = 0;
        return 0;
}

static int end(void **state)
{
        (void)state;
        arena_free(&arena);
        return 0;
}

static int parse(const char *text)
{
        return csv_read(str_of(text), arena, &rows, &n, &err);
}

/* "a|b;c|d": fields and rows. */
static void assert_rows(const char *text, const char *wanted)
{
        struct buf got CLEANUP_BUF = { 0 };

        if (parse(text) < 0)
                fail_msg("%s: %s", text, err.text);
        for (size_t i = 0; i < n; i++) {
                buf_puts(&got, i > 0 ? "#" : "");
                for (size_t k = 0; k < rows[i].n; k++) {
                        buf_puts(&got, k > 0 ? "|" : "");
                        buf_add_str(&got, rows[i].fields[k]);
                }
        }
        assert_string_equal(buf_cstr(&got), wanted);
}

static void assert_refused(const char *text, const char *part)
{
        if (parse(text) == 0)
                fail_msg("this was taken for a table: %s", text);
        if (strstr(err.text, part) == NULL)
                fail_msg("%s: the sentence lacks '%s': %s", text, part, err.text);
}

static void rows_and_fields_are_as_the_standard_has_them(void **state)
{
        (void)state;
        assert_rows("", "");
        assert_rows("a,b\r\nc,d\r\n", "a|b#c|d");
        assert_rows("a,b\nc,d", "a|b#c|d");
        assert_rows("a,,\n,b", "a||#|b");
        assert_rows("\"a,1\",\"say \"\"yes\"\"\"\n", "a,1|say \"yes\"");
        assert_rows("\"two\nlines\",x\n", "two\nlines|x");
        assert_rows(" a , b \n", "a|b");
        assert_rows("\xef\xbb\xbf" "a,b\n", "a|b");
        assert_rows("\"\",\"\"", "|");
        assert_rows("\n\n\r\na\n\n", "a");
}

static void other_separators_are_seen_on_the_first_line(void **state)
{
        (void)state;
        assert_rows("a;b\nc;d,e", "a|b#c|d,e");
        assert_rows("a\tb\n", "a|b");
        assert_rows("a,b;c\nd;e", "a|b;c#d;e");
}

static void a_row_knows_its_line(void **state)
{
        (void)state;
        assert_int_equal(parse("a\n\n\"x\ny\"\nb\n"), 0);
        assert_int_equal(n, 3);
        assert_int_equal(rows[0].line, 1);
        assert_int_equal(rows[1].line, 3);
        assert_int_equal(rows[2].line, 5);
}

static void what_is_no_table_is_refused_by_its_line(void **state)
{
        (void)state;
        assert_refused("a\nb\n\"open", "line 3");
        assert_refused("a\n\"b\"c\n", "line 2");
        assert_refused("a\nb\"c\n", "line 2");
        assert_refused("a\rb\n", "line 1");
        assert_refused("\xff\n", "UTF-8");
        assert_refused(",,,,,,,,,,,,,,,,\n", "at most 16 fields");
}

/* n copies of a text. */
static char *repeated(const char *text, size_t times)
{
        struct buf out = { 0 };
        size_t unused;

        for (size_t i = 0; i < times; i++)
                buf_puts(&out, text);
        return buf_detach(&out, &unused);
}

static void limits_hold_from_both_sides(void **state)
{
        char *fits = repeated("a\n", CSV_ROWS_MAX), *over = repeated("a\n", CSV_ROWS_MAX + 1);
        char *field = repeated("x", CSV_FIELD_MAX), *longer = repeated("x", CSV_FIELD_MAX + 1);
        char *large = repeated("xxxxxxx\n", CSV_BYTES_MAX / 8 + 1);
        char *quoted = arena_printf(arena, "\"%s\"", longer);

        (void)state;
        assert_int_equal(parse(fits), 0);
        assert_int_equal(n, CSV_ROWS_MAX);
        assert_refused(over, "2000 lines");
        assert_int_equal(parse(field), 0);
        assert_refused(longer, "at most 1024 bytes");
        assert_refused(quoted, "at most 1024 bytes");
        assert_refused(large, "256 KiB");
        assert_int_equal(parse("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p"), 0);
        free(fits), free(over), free(field), free(longer), free(large);
}

static void no_field_is_a_formula(void **state)
{
        static const struct {
                const char *field;
                const char *written;
        } cases[] = {
                { "=1+1", "\"'=1+1\"" }, { "+1", "\"'+1\"" }, { "-1", "\"'-1\"" }, { "@SUM(A1)", "\"'@SUM(A1)\"" },
                { "\tx", "\"'\tx\"" }, { "\rx", "\"'\rx\"" }, { "=\"a\"", "\"'=\"\"a\"\"\"" },
                { "a,b", "\"a,b\"" }, { "a;b", "\"a;b\"" }, { "a\"b", "\"a\"\"b\"" }, { "a\nb", "\"a\nb\"" },
                { "plain", "plain" }, { "", "" }, { "a=1", "a=1" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buf out CLEANUP_BUF = { 0 };
                struct str field = str_of(cases[i].field);

                csv_write(&out, &field, 1);
                assert_string_equal(buf_cstr(&out), arena_printf(arena, "%s\r\n", cases[i].written));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(rows_and_fields_are_as_the_standard_has_them, begin, end),
                cmocka_unit_test_setup_teardown(other_separators_are_seen_on_the_first_line, begin, end),
                cmocka_unit_test_setup_teardown(a_row_knows_its_line, begin, end),
                cmocka_unit_test_setup_teardown(what_is_no_table_is_refused_by_its_line, begin, end),
                cmocka_unit_test_setup_teardown(limits_hold_from_both_sides, begin, end),
                cmocka_unit_test_setup_teardown(no_field_is_a_formula, begin, end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
