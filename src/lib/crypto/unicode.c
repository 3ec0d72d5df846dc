/*
 * unicode.c -- libunistring, which is not asked about ASCII: that is its own normal form, and what
 * does not pass through a library's buffers needs no wiping there.
 */
#include "crypto/unicode.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/check.h"

static bool is_ascii(struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] >= 0x80)
                        return false;
        return true;
}

/* result is out's own memory, or the library's when that was too small. */
static int keep(uint8_t *result, size_t n, struct secret *out, struct err *err)
{
        check(result != NULL);
        if (result == (uint8_t *)out->p) {
                out->n = n;
                return 0;
        }
        secret_wipe(result, n);
        free(result);
        return err_set(err, ERR_LIMIT, "this text grows too much in Unicode's normal form; shorten it");
}

int unicode_nfkc(struct str text, struct secret *out, struct err *err)
{
        secret_make(out, is_ascii(text) ? text.n : SECRET_MAX / 2);
        if (is_ascii(text)) {
                if (text.n > 0)
                        memcpy(out->p, text.p, text.n);
                out->n = text.n;
                return 0;
        }
        size_t n = out->room;
        uint8_t *result = u8_normalize(UNINORM_NFKC, (const uint8_t *)text.p, text.n,
                                       (uint8_t *)out->p, &n);

        return keep(result, n, out, err);
}

int unicode_fold(struct str text, struct secret *out, struct err *err)
{
        secret_make(out, is_ascii(text) ? text.n : SECRET_MAX);
        if (is_ascii(text)) {
                for (size_t i = 0; i < text.n; i++) {
                        char c = text.p[i];

                        out->p[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
                }
                out->n = text.n;
                return 0;
        }
        size_t n = out->room;
        uint8_t *result = u8_casefold((const uint8_t *)text.p, text.n, NULL, UNINORM_NFKC,
                                      (uint8_t *)out->p, &n);

        return keep(result, n, out, err);
}

uint32_t unicode_next(struct str text, size_t *at)
{
        unsigned char c = (unsigned char)text.p[*at];
        size_t more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        uint32_t point = more == 0 ? c : c & (0x3fu >> more);

        check(*at + more < text.n);
        for (size_t i = 1; i <= more; i++)
                point = point << 6 | ((unsigned char)text.p[*at + i] & 0x3f);
        *at += more + 1;
        return point;
}

size_t unicode_length(struct str text)
{
        size_t n = 0;

        for (size_t at = 0; at < text.n; n++)
                (void)unicode_next(text, &at);
        return n;
}

bool unicode_is_lower(uint32_t c)
{
        return uc_is_general_category(c, UC_CATEGORY_Ll);
}

bool unicode_is_upper(uint32_t c)
{
        return uc_is_general_category(c, UC_CATEGORY_Lu);
}

bool unicode_is_digit(uint32_t c)
{
        return uc_is_general_category(c, UC_CATEGORY_Nd);
}

bool unicode_is_letter(uint32_t c)
{
        return uc_is_general_category(c, UC_CATEGORY_L);
}
