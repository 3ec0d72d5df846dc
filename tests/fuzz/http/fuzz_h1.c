/*
 * fuzz_h1.c -- HTTP/1.1: the same bytes mean the same requests, however they are cut.
 */
#include "drive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct drive *d, const uint8_t *data, size_t size, size_t step)
{
        drive_open(d, false);
        for (size_t i = 0; i < size; i += step) {
                drive_feed(d, data + i, size - i < step ? size - i : step, 2000);
                if (i % 3 == 0)
                        drive_flush(d, 16384, 2000);
        }
        drive_flush(d, 5000, 2000);
        drive_reply_held(d);
        drive_flush(d, 16384, 2000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct drive whole, pieces, bytes;

        if (size > 40000)
                return 0;
        run(&whole, data, size, size > 0 ? size : 1);
        run(&pieces, data, size, 7);
        run(&bytes, data, size, 1);
        check(str_eq(buf_str(&whole.seen), buf_str(&pieces.seen)));
        check(str_eq(buf_str(&whole.seen), buf_str(&bytes.seen)));
        check(http_conn_wants_close(whole.conn) == http_conn_wants_close(bytes.conn));
        (void)!http_conn_timeout(whole.conn, 100000, NULL);
        drive_flush(&whole, 16384, 100000);
        drive_close(&whole);
        drive_close(&pieces);
        drive_close(&bytes);
        return 0;
}
