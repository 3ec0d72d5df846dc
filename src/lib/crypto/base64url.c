/*
 * base64url.c -- libsodium's codec, which refuses spare bits and padding, behind our names.
 *
 * It is given letters of the alphabet only: version 1.0.18 takes bytes above 0x7f for some of them.
 */
#include "crypto/base64url.h"

#include <sodium.h>
#include <stdbool.h>

#include "base/check.h"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

void base64url_text(const void *p, size_t n, char *out)
{
        sodium_bin2base64(out, BASE64URL_LEN(n) + 1, p, n, VARIANT);
}

void base64url_add(struct buf *out, const void *p, size_t n)
{
        size_t len = BASE64URL_LEN(n);

        buf_reserve(out, len + 1);
        base64url_text(p, n, out->p + out->n);
        out->n += len;
}

static bool is_alphabet(struct str text)
{
        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];

                if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_'))
                        return false;
        }
        return true;
}

int base64url_bytes(struct str text, void *out, size_t room, struct err *err)
{
        size_t n = 0;

        if (text.n > 0 && (!is_alphabet(text) || sodium_base642bin(out, room, text.p, text.n, NULL, &n,
                                                                   NULL, VARIANT) != 0))
                return err_set(err, ERR_INVALID,
                               "not base64url of at most %zu bytes: letters, digits, - and _ without "
                               "padding are allowed", room);
        check(n <= room);
        return (int)n;
}
