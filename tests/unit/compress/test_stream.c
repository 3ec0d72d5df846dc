/*
 * test_stream.c -- zstd from descriptor to descriptor: whole, or refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/fd.h"
#include "compress/stream.h"

static int file_of(struct str bytes)
{
        FILE *file = tmpfile();

        assert_non_null(file);
        int fd = dup(fileno(file));

        fclose(file);
        assert_int_equal(fd_write_all(fd, bytes.p, bytes.n, NULL), 0);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        return fd;
}

static int pump(int (*run)(int in, int out, struct err *err), struct str in, struct buf *out)
{
        int from CLEANUP_FD = file_of(in), to CLEANUP_FD = file_of(STR(""));
        int r = run(from, to, NULL);

        assert_int_equal(lseek(to, 0, SEEK_SET), 0);
        assert_int_equal(fd_read_to_end(to, 1 << 26, out, NULL), 0);
        return r;
}

static uint64_t most;

static int unpack(int in, int out, struct err *err)
{
        return decompress_stream(in, out, most, err);
}

static void sample(struct buf *out, size_t n)
{
        for (size_t i = 0; i < n; i++)
                buf_putc(out, "the quick brown fox jumps over the lazy dog. "[(i * (1 + i / 997)) % 45]);
}

static void what_goes_in_comes_out(void **state)
{
        static const size_t sizes[] = { 0, 1, 131072, 131073, 3000000 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
                struct buf in CLEANUP_BUF = { 0 }, packed CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };

                sample(&in, sizes[i]);
                assert_int_equal(pump(compress_stream, buf_str(&in), &packed), 0);
                most = sizes[i] > 0 ? sizes[i] : 1;
                assert_int_equal(pump(unpack, buf_str(&packed), &out), 0);
                assert_true(str_eq(buf_str(&in), buf_str(&out)));
        }
}

static void what_is_cut_flipped_or_followed_by_something_is_refused(void **state)
{
        struct buf in CLEANUP_BUF = { 0 }, packed CLEANUP_BUF = { 0 };

        (void)state;
        sample(&in, 50000);
        assert_int_equal(pump(compress_stream, buf_str(&in), &packed), 0);
        most = 1 << 20;
        for (size_t i = 0; i < packed.n; i += 1 + packed.n / 200) {
                struct buf out CLEANUP_BUF = { 0 };

                assert_int_equal(pump(unpack, str_make(packed.p, i), &out), ERR_CORRUPT);
                buf_clear(&out);
                packed.p[i] ^= 1;
                int r = pump(unpack, buf_str(&packed), &out);

                assert_true(r == ERR_CORRUPT || r == ERR_LIMIT || str_eq(buf_str(&out), buf_str(&in)));
                packed.p[i] ^= 1;
        }
        struct buf out CLEANUP_BUF = { 0 };

        buf_putc(&packed, 'x');
        assert_int_equal(pump(unpack, buf_str(&packed), &out), ERR_CORRUPT);
}

static void a_bomb_stops_at_the_limit(void **state)
{
        struct buf in CLEANUP_BUF = { 0 }, packed CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };

        (void)state;
        for (size_t i = 0; i < 20000000; i++)
                buf_putc(&in, 0);
        assert_int_equal(pump(compress_stream, buf_str(&in), &packed), 0);
        assert_true(packed.n < 10000);
        most = 1000000;
        assert_int_equal(pump(unpack, buf_str(&packed), &out), ERR_LIMIT);
        assert_true(out.n <= most);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_goes_in_comes_out),
                cmocka_unit_test(what_is_cut_flipped_or_followed_by_something_is_refused),
                cmocka_unit_test(a_bomb_stops_at_the_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
