/*
 * fuzz_reply.c -- a mail server may say anything, in any pieces.
 */
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "outbound/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The codes, until the talk ends or nothing more comes; step: how many bytes come at once. */
static size_t talk(const uint8_t *data, size_t size, size_t step, unsigned *codes, size_t most)
{
        struct buf in CLEANUP_BUF = { .max = REPLY_MAX };
        size_t n = 0;

        for (size_t at = 0; at < size; at += step) {
                unsigned code = 0;
                int r;

                buf_add(&in, data + at, size - at < step ? size - at : step);
                while ((r = reply_take(&in, &code, NULL)) > 0) {
                        check(code >= 200 && code <= 599);
                        if (n < most)
                                codes[n++] = code;
                }
                if (r < 0)
                        break;
                check(in.n < REPLY_MAX);
        }
        return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        unsigned whole[64], pieces[64];

        if (size >= REPLY_MAX)
                return 0;
        size_t n = talk(data, size, size + 1, whole, 64), m = talk(data, size, 1, pieces, 64);

        check(n == m && memcmp(whole, pieces, n * sizeof whole[0]) == 0);
        return 0;
}
