/*
 * test_hostile.c -- no document costs more than its size allows.
 *
 * Each shape has cost some Markdown program quadratic time. It is rendered at 32 and at 64 KiB; the
 * larger must be done within 200 ms of processor time and must not take four times as long as the
 * smaller. Times are the least of several runs, and below a floor they prove nothing either way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "markdown/markdown.h"

enum { HALF = 32 * 1024, RUNS = 5 };

#if defined(__SANITIZE_ADDRESS__) || defined(ARENA_HEAP)
static const double slower = 20;        /* instrumented code; the growth is what counts there */
#else
static const double slower = 1;
#endif

static const double limit_seconds = 0.2;
static const double floor_seconds = 0.02;

/* before and after stand once; middle fills the rest, each time with a number in place of '@'. */
struct shape {
        const char *before;
        const char *middle;
        const char *after;
};

static const struct shape shapes[] = {
        { "", "[", "" },                        { "", "[", "]" },
        { "", "![", "" },                       { "", "]", "" },
        { "", "[]", "" },                       { "", "![[]()", "" },
        { "", "[a](", "" },                     { "", "[a](<b", "" },
        { "", "[a](b \"", "" },                 { "", "[ (](", "" },
        { "", "*a ", "" },                      { "", "*a_ ", "" },
        { "", "a**b", "c* " },                  { "", "**x [*b **c ", "" },
        { "", "a_b_", "" },                     { "", "~~a~~ ~", "" },
        { "", "`@`", "" },                      { "", "a`b", "" },
        { "", "``` ` ", "" },                   { "", "```\n", "" },
        { "", "> ", "a" },                      { "", "> > a\n", "" },
        { "", "- ", "a" },                      { "", "* a\n ", "" },
        { "", "1. a\n\n", "" },                 { "", "- a\n  - b\n", "" },
        { "", "| a", "\n|-|-|\n" },             { "|a|b|\n|-|-|\n", "|", "" },
        { "", "a|", "\n-|-\n" },                { "", "|-", "" },
        { "", "<!--", "" },                     { "", "<a ", "" },
        { "", "<?", "" },                       { "", "<!A", "" },
        { "", "<![CDATA[", "" },                { "", "<div>", "" },
        { "", "<b>", "" },                      { "", "<b>*", "" },
        { "", "</div>", "" },                   { "", "<a href='", "" },
        { "", "<table><td>", "" },              { "", "<script>", "" },
        { "", "[a@]: b\n", "" },                { "", "[a]: b\n", "[a]" },
        { "[a]: /b\n\n", "[a]", "" },           { "", "[a\\", "" },
        { "[^a]: x\n\n", "[^a]", "" },          { "", "[^a@]: x\n", "" },
        { "", "[^a@]: [^a@]\n\n[^a@]", "" },    { "", "[^", "" },
        { "[^a]: ", "[^a]", "\n\n[^a]" },       { "", "[^a@]: [b]\n[b]: c\n", "" },
        { "", "# a\n", "" },                    { "", "# a {#b}\n", "" },
        { "", "# a-@\n", "" },                  { "", "a\n=\n", "" },
        { "# ", "{", "}" },                     { "", "# {#\n", "" },
        { "", "&amp;", "" },                    { "", "&", "" },
        { "", "\\", "" },                       { "", "http://a.", "" },
        { "", "www.", "" },                     { "", "a@", "" },
        { "", "a.b@c.d ", "" },                 { "", "<a@b.c>", "" },
        { "", "> [!NOTE]\n\n", "" },            { "", "- [ ] a\n", "" },
        { "", "\n", "a" },                      { "", "\t", "a" },
        { "", "a  \n", "" },                    { "", "![a](b)", "" },
        { "", "![a](//b)", "" },                { "", "\xf0\x9f\x98\x80", "" },
};

static void fill(struct buf *out, const struct shape *shape, size_t size)
{
        buf_puts(out, shape->before);
        for (unsigned i = 0; out->n < size; i++) {
                for (const char *p = shape->middle; *p != '\0'; p++) {
                        if (*p == '@' && p[1] != 'c' && p[1] != '\0' && shape->middle[1] != '@')
                                buf_printf(out, "%u", i);
                        else
                                buf_putc(out, *p);
                }
        }
        buf_puts(out, shape->after);
}

static double cpu_seconds(void)
{
        struct timespec t;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double measure(const struct shape *shape, size_t size)
{
        struct buf source CLEANUP_BUF = { 0 };
        double least = 1e9;

        fill(&source, shape, size);
        for (int i = 0; i < RUNS; i++) {
                struct arena *arena CLEANUP_ARENA = arena_new(0);
                struct markdown_options options = { .drop_first_h1 = true };
                struct markdown_doc doc;
                struct err err;
                double start = cpu_seconds();
                int r = markdown_render(arena, buf_str(&source), &options, &doc, &err);
                double took = cpu_seconds() - start;

                if (r != 0 && r != ERR_LIMIT)
                        fail_msg("'%s': %s", shape->middle, err.text);
                least = took < least ? took : least;
                if (least < floor_seconds)
                        break;
        }
        return least;
}

static bool grows(double half, double whole)
{
        return whole > 4 * (half > floor_seconds ? half : floor_seconds);
}

static void known_shapes_stay_fast_and_grow_with_their_size(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
                double half = measure(&shapes[i], HALF);
                double whole = measure(&shapes[i], 2 * HALF);

                /* A machine that is busy elsewhere slows one of the two; a shape that is slow stays so. */
                for (int again = 0; again < 4 && grows(half, whole); again++) {
                        half = measure(&shapes[i], HALF);
                        whole = measure(&shapes[i], 2 * HALF);
                }

                if (whole > limit_seconds * slower)
                        fail_msg("'%s' takes %.0f ms", shapes[i].middle, whole * 1000);
                if (grows(half, whole))
                        fail_msg("'%s' grows from %.0f to %.0f ms", shapes[i].middle, half * 1000,
                                 whole * 1000);
        }
}

static int render_limit(struct str source, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_doc doc;

        return markdown_render(arena, source, NULL, &doc, err);
}

static void a_long_address_named_often_is_refused_before_it_fills_the_memory(void **state)
{
        struct buf source CLEANUP_BUF = { 0 };
        struct err err;

        (void)state;
        buf_puts(&source, "[a]: /");
        for (int i = 0; i < HALF; i++)
                buf_putc(&source, 'x');
        buf_puts(&source, "\n\n");
        for (int i = 0; i < HALF / 3; i++)
                buf_puts(&source, "[a]");
        assert_int_equal(render_limit(buf_str(&source), &err), ERR_LIMIT);
        assert_non_null(strstr(err.text, "split"));
}

static void a_wide_table_with_many_short_rows_is_refused(void **state)
{
        struct buf source CLEANUP_BUF = { 0 };
        struct err err;

        (void)state;
        for (int i = 0; i < 8 * 1024; i++)
                buf_puts(&source, "|a");
        buf_puts(&source, "\n");
        for (int i = 0; i < 8 * 1024; i++)
                buf_puts(&source, "|-");
        buf_puts(&source, "\n");
        for (int i = 0; i < 8 * 1024; i++)
                buf_puts(&source, "|\n");
        assert_int_equal(render_limit(buf_str(&source), &err), ERR_LIMIT);
}

static void nesting_has_an_end(void **state)
{
        struct buf source CLEANUP_BUF = { 0 };
        struct err err;

        (void)state;
        for (int i = 0; i < 200; i++)
                buf_puts(&source, "> ");
        buf_puts(&source, "a\n");
        assert_int_equal(render_limit(buf_str(&source), &err), 0);
        buf_clear(&source);
        for (int i = 0; i < 100000; i++)
                buf_puts(&source, "> ");
        buf_puts(&source, "a\n");
        assert_int_equal(render_limit(buf_str(&source), &err), ERR_LIMIT);
        assert_non_null(strstr(err.text, "nested"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_shapes_stay_fast_and_grow_with_their_size),
                cmocka_unit_test(a_long_address_named_often_is_refused_before_it_fills_the_memory),
                cmocka_unit_test(a_wide_table_with_many_short_rows_is_refused),
                cmocka_unit_test(nesting_has_an_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
