/*
 * test_compress.c -- what goes in comes out, and nothing else does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compress/compress.h"

typedef int pack_fn(struct str in, enum compress_effort effort, struct buf *out, struct err *err);
typedef int unpack_fn(struct str in, size_t max, struct buf *out, struct err *err);

static const struct {
        pack_fn *pack;
        unpack_fn *unpack;
} CODINGS[] = {
        { compress_gzip, decompress_gzip },
        { compress_brotli, decompress_brotli },
};

static struct str sample(size_t n)
{
        char *p = malloc(n + 1);

        assert_non_null(p);
        for (size_t i = 0; i < n; i++)
                p[i] = "the quick brown fox jumps over the lazy dog. "[(i * (1 + i / 997)) % 45];
        return str_make(p, n);
}

static void what_goes_in_comes_out(void **state)
{
        static const size_t sizes[] = { 0, 1, 100, 12288, 70000, 1100000 };

        (void)state;
        for (size_t c = 0; c < ARRAY_LEN(CODINGS); c++)
                for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
                        struct str in = sample(sizes[i]);
                        struct buf packed = { 0 }, again = { 0 }, out = { 0 };

                        buf_puts(&out, "kept");
                        assert_int_equal(CODINGS[c].pack(in, COMPRESS_BEST, &packed, NULL), 0);
                        assert_int_equal(CODINGS[c].pack(in, COMPRESS_BEST, &again, NULL), 0);
                        assert_true(str_eq(buf_str(&packed), buf_str(&again)));
                        assert_int_equal(CODINGS[c].unpack(buf_str(&packed), in.n, &out, NULL), 0);
                        assert_int_equal(out.n, in.n + 4);
                        assert_memory_equal(out.p, "kept", 4);
                        assert_true(str_eq(str_make(out.p + 4, out.n - 4), in));
                        if (in.n >= 12288)
                                assert_true(compress_pays(in.n, packed.n));
                        buf_free(&packed);
                        buf_free(&again);
                        buf_free(&out);
                        free((char *)(uintptr_t)in.p);
                }
}

static void quick_is_not_smaller_than_best(void **state)
{
        struct str in = sample(30000);

        (void)state;
        for (size_t c = 0; c < ARRAY_LEN(CODINGS); c++) {
                struct buf best = { 0 }, quick = { 0 };

                assert_int_equal(CODINGS[c].pack(in, COMPRESS_BEST, &best, NULL), 0);
                assert_int_equal(CODINGS[c].pack(in, COMPRESS_QUICK, &quick, NULL), 0);
                assert_true(best.n <= quick.n);
                buf_free(&best);
                buf_free(&quick);
        }
        free((char *)(uintptr_t)in.p);
}

static void a_bomb_stops_at_the_limit(void **state)
{
        char *zeros = calloc(1, 10 * MIB);

        (void)state;
        assert_non_null(zeros);
        for (size_t c = 0; c < ARRAY_LEN(CODINGS); c++) {
                struct buf packed = { 0 }, out = { 0 };

                assert_int_equal(CODINGS[c].pack(str_make(zeros, 10 * MIB), COMPRESS_QUICK, &packed,
                                                 NULL), 0);
                assert_true(packed.n < 20000);
                assert_int_equal(CODINGS[c].unpack(buf_str(&packed), 100000, &out, NULL), ERR_LIMIT);
                assert_int_equal(out.n, 0);
                buf_free(&packed);
                buf_free(&out);
        }
        free(zeros);
}

static void damage_is_noticed(void **state)
{
        struct str in = sample(5000);

        (void)state;
        for (size_t c = 0; c < ARRAY_LEN(CODINGS); c++) {
                struct buf packed = { 0 }, out = { 0 };

                assert_int_equal(CODINGS[c].pack(in, COMPRESS_BEST, &packed, NULL), 0);
                for (size_t n = 0; n < packed.n; n += 7)
                        assert_int_equal(CODINGS[c].unpack(str_make(packed.p, n), in.n, &out, NULL),
                                         ERR_INVALID);
                buf_putc(&packed, 'x');
                assert_int_equal(CODINGS[c].unpack(buf_str(&packed), in.n, &out, NULL), ERR_INVALID);
                assert_int_equal(out.n, 0);
                buf_free(&packed);
                buf_free(&out);
        }
        free((char *)(uintptr_t)in.p);
}

static void storing_both_must_pay(void **state)
{
        (void)state;
        assert_false(compress_pays(100, 100));
        assert_false(compress_pays(100, 120));
        assert_false(compress_pays(100, 50));
        assert_true(compress_pays(1000, 900));
        assert_false(compress_pays(100000, 99000));
        assert_true(compress_pays(100000, 93000));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_goes_in_comes_out),
                cmocka_unit_test(quick_is_not_smaller_than_best),
                cmocka_unit_test(a_bomb_stops_at_the_limit),
                cmocka_unit_test(damage_is_noticed),
                cmocka_unit_test(storing_both_must_pay),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
