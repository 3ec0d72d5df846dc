/*
 * hex.c -- one spelling only, so that a text that was read is the text that would be written.
 */
#include "crypto/hex.h"

#include <stdint.h>

void hex_write(const void *p, size_t n, char *out)
{
        static const char digits[] = "0123456789abcdef";
        const uint8_t *bytes = p;

        for (size_t i = 0; i < n; i++) {
                out[2 * i] = digits[bytes[i] >> 4];
                out[2 * i + 1] = digits[bytes[i] & 15];
        }
        out[2 * n] = '\0';
}

static int value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_read(struct str digits, void *out, size_t n)
{
        uint8_t *bytes = out;

        if (digits.n != 2 * n)
                return false;
        for (size_t i = 0; i < n; i++) {
                int high = value(digits.p[2 * i]), low = value(digits.p[2 * i + 1]);

                if (high < 0 || low < 0)
                        return false;
                bytes[i] = (uint8_t)(high << 4 | low);
        }
        return true;
}
