/*
 * test_qr.c -- the drawing holds squares alone, whatever the text is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/qr.h"

enum { SIDE_MAX = 200 };

/* Move over this text, which must be there. */
static void expect(const char **p, const char *text)
{
        assert_memory_equal(*p, text, strlen(text));
        *p += strlen(text);
}

static unsigned number(const char **p)
{
        unsigned n = 0;

        assert_true(**p >= '0' && **p <= '9');
        for (; **p >= '0' && **p <= '9'; ++*p)
                n = n * 10 + (unsigned)(**p - '0');
        return n;
}

/* Paint the path's rectangles back; the number of modules on a side. Any other byte in the drawing fails. */
static unsigned paint(const char *svg, bool dark[SIDE_MAX][SIDE_MAX])
{
        const char *p = svg;

        expect(&p, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
        unsigned side = number(&p);

        assert_true(side > 8 && side < SIDE_MAX);
        expect(&p, " ");
        assert_int_equal(number(&p), side);
        expect(&p, "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h");
        assert_int_equal(number(&p), side);
        expect(&p, "v");
        assert_int_equal(number(&p), side);
        expect(&p, "H0z\"/><path d=\"");
        memset(dark, 0, sizeof(bool[SIDE_MAX][SIDE_MAX]));
        while (*p == 'M') {
                expect(&p, "M");
                unsigned x = number(&p);

                expect(&p, " ");
                unsigned y = number(&p);

                expect(&p, "h");
                unsigned width = number(&p);

                expect(&p, "v1h-");
                assert_int_equal(number(&p), width);
                expect(&p, "z");
                assert_true(x >= 4 && y >= 4 && x + width + 4 <= side && y + 4 < side);
                for (unsigned i = 0; i < width; i++)
                        dark[y][x + i] = true;
        }
        assert_string_equal(p, "\"/></svg>");
        return side;
}

/* ISO/IEC 18004, 6.3.3: 7 x 7 dark, a light ring, 3 x 3 dark, in three corners. */
static void the_drawing_has_the_three_finder_patterns(void **state)
{
        static bool dark[SIDE_MAX][SIDE_MAX];
        struct buf out CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        (void)state;
        assert_int_equal(qr_svg(STR("otpauth://totp/Acme:jo?secret=GEZDGNBVGY3TQOJQ"), &out, &err), 0);
        unsigned side = paint(buf_cstr(&out), dark), corners[3][2] = { { 4, 4 }, { side - 11, 4 }, { 4, side - 11 } };

        for (size_t c = 0; c < 3; c++)
                for (unsigned y = 0; y < 7; y++)
                        for (unsigned x = 0; x < 7; x++) {
                                unsigned ring_x = x < 3 ? 3 - x : x - 3, ring_y = y < 3 ? 3 - y : y - 3;
                                bool expected = (ring_x > ring_y ? ring_x : ring_y) != 2;

                                assert_int_equal(dark[corners[c][1] + y][corners[c][0] + x], expected);
                        }
}

static void no_byte_of_the_text_reaches_the_drawing(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };
        struct err err = { 0 };
        static bool dark[SIDE_MAX][SIDE_MAX];

        (void)state;
        assert_int_equal(qr_svg(STR("\"/><script>alert(1)</script>\0&"), &out, &err), 0);
        assert_true(paint(buf_cstr(&out), dark) > 0);
        assert_null(strstr(buf_cstr(&out), "script"));
}

static void the_longest_text_fits_and_more_is_refused(void **state)
{
        char text[QR_TEXT_MAX + 1];
        struct buf out CLEANUP_BUF = { 0 };
        struct err err = { 0 };
        static bool dark[SIDE_MAX][SIDE_MAX];

        (void)state;
        for (size_t i = 0; i < sizeof text; i++)
                text[i] = (char)(i * 37);
        assert_int_equal(qr_svg(str_make(text, QR_TEXT_MAX), &out, &err), 0);
        assert_true(paint(buf_cstr(&out), dark) > 0);
        assert_true(out.n < 80 * 1024);
        size_t before = out.n;

        assert_int_equal(qr_svg(str_make(text, sizeof text), &out, &err), ERR_LIMIT);
        assert_int_equal(qr_svg(STR(""), &out, &err), ERR_INVALID);
        assert_int_equal(out.n, before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_drawing_has_the_three_finder_patterns),
                cmocka_unit_test(no_byte_of_the_text_reaches_the_drawing),
                cmocka_unit_test(the_longest_text_fits_and_more_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
