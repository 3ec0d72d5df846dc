/*
 * base64url.c -- libsodium's codec, which refuses spare bits and padding, behind our names.
 */
#include "crypto/base64url.h"

#include <sodium.h>

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

int base64url_bytes(struct str text, void *out, size_t room, struct err *err)
{
        size_t n = 0;

        if (text.n > 0 && sodium_base642bin(out, room, text.p, text.n, NULL, &n, NULL, VARIANT) != 0)
                return err_set(err, ERR_INVALID,
                               "not base64url of at most %zu bytes: letters, digits, - and _ without "
                               "padding are allowed", room);
        check(n <= room);
        return (int)n;
}
