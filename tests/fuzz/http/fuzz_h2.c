/*
 * fuzz_h2.c -- HTTP/2: frames behind a good preface; the first byte of the input chooses how they are cut.
 */
#include "drive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char start[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
        struct drive d;
        uint64_t now = 2000;

        if (size < 2 || size > 40000)
                return 0;
        size_t step = data[0] < 200 ? (size_t)data[0] + 1 : size;

        drive_open(&d, true);
        drive_feed(&d, (const uint8_t *)start, sizeof start, now);
        for (size_t i = 1; i < size; i += step) {
                if (!http_conn_wants_input(d.conn))
                        drive_flush(&d, 16384, now);
                drive_feed(&d, data + i, size - i < step ? size - i : step, now);
                now += step;
                if (i % 3 == 0)
                        drive_flush(&d, 9000, now);
                if (i % 5 == 0)
                        drive_reply_held(&d);
        }
        if (data[0] % 2 == 0)
                drive_reply_held(&d);
        drive_flush(&d, 16384, now);
        (void)!http_conn_timeout(d.conn, now + 100000, NULL);
        drive_flush(&d, 16384, now + 100000);
        drive_close(&d);
        return 0;
}
