/*
 * totp.c -- liboath computes, we compare: its own check stops at the first match and knows no
 * replay.
 */
#include "crypto/totp.h"

#include <ctype.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

#include "base/check.h"
#include "crypto/random.h"
#include "crypto/secret.h"

enum { DIGITS = 6, WINDOW = 1, NAME_MAX_BYTES = 128, TYPED_MAX = 64 };

void totp_new(struct totp *out)
{
        random_fill(out->secret, sizeof out->secret);
}

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void totp_text(const struct totp *totp, char out[static TOTP_TEXT_LEN + 1])
{
        uint64_t bits = 0;
        unsigned have = 0;
        size_t n = 0;

        for (size_t i = 0; i < sizeof totp->secret; i++) {
                bits = bits << 8 | totp->secret[i];
                for (have += 8; have >= 5; have -= 5)
                        out[n++] = base32[bits >> (have - 5) & 31];
        }
        check(n == TOTP_TEXT_LEN);
        out[n] = '\0';
}

int totp_parse(struct str text, struct totp *out, struct err *err)
{
        struct totp parsed = { 0 };
        uint64_t bits = 0;
        unsigned have = 0;
        size_t letters = 0, n = 0;

        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];

                if (c == ' ' || c == '-')
                        continue;
                const char *at = c == '\0' ? NULL : strchr(base32, toupper((unsigned char)c));

                if (at == NULL || ++letters > TOTP_TEXT_LEN)
                        return err_set(err, ERR_INVALID, "a secret has 32 letters A-Z and digits 2-7");
                bits = bits << 5 | (uint64_t)(at - base32);
                for (have += 5; have >= 8; have -= 8)
                        parsed.secret[n++] = (uint8_t)(bits >> (have - 8));
        }
        if (letters != TOTP_TEXT_LEN)
                return err_set(err, ERR_INVALID, "a secret has 32 letters A-Z and digits 2-7");
        *out = parsed;
        secret_wipe(&parsed, sizeof parsed);
        return 0;
}

/* The digits alone; false unless there are six and nothing but spaces beside them. */
static bool digits_of(struct str code, char out[static DIGITS + 1])
{
        size_t n = 0;

        if (code.n > TYPED_MAX)
                return false;
        for (size_t i = 0; i < code.n; i++) {
                if (code.p[i] == ' ')
                        continue;
                if (code.p[i] < '0' || code.p[i] > '9' || n == DIGITS)
                        return false;
                out[n++] = code.p[i];
        }
        out[n] = '\0';
        return n == DIGITS;
}

int totp_check(const struct totp *totp, struct str code, int64_t now, int64_t last_step, int64_t *step,
               struct err *err)
{
        char typed[DIGITS + 1], right[DIGITS + 1];
        int64_t current = now / TOTP_STEP_SECONDS, found = -1;

        if (!digits_of(code, typed))
                return err_set(err, ERR_DENIED, "type the six digits that the app shows now");
        for (int64_t s = current - WINDOW; s <= current + WINDOW; s++) {
                if (s < 0)
                        continue;
                check(oath_totp_generate((const char *)totp->secret, sizeof totp->secret,
                                         (time_t)(s * TOTP_STEP_SECONDS), TOTP_STEP_SECONDS, 0, DIGITS,
                                         right) == OATH_OK);
                bool match = sodium_memcmp(typed, right, DIGITS) == 0;

                if (match && s > last_step && found < 0)
                        found = s;
        }
        secret_wipe(right, sizeof right);
        if (found < 0)
                return err_set(err, ERR_DENIED,
                               "this code is wrong or was used already; wait for the app's next one");
        *step = found;
        return 0;
}

static void add_encoded(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.n; i++) {
                unsigned char c = (unsigned char)text.p[i];

                if ((c < 0x80 && isalnum(c)) || (c != '\0' && strchr("-._~", c) != NULL))
                        buf_putc(out, (char)c);
                else
                        buf_printf(out, "%%%02X", c);
        }
}

int totp_uri(const struct totp *totp, struct str issuer, struct str account, struct buf *out,
             struct err *err)
{
        char text[TOTP_TEXT_LEN + 1];

        if (issuer.n > NAME_MAX_BYTES || account.n > NAME_MAX_BYTES)
                return err_set(err, ERR_LIMIT, "issuer and account have at most %d bytes each",
                               NAME_MAX_BYTES);
        if (issuer.n == 0 || account.n == 0 || !str_is_utf8(issuer) || !str_is_utf8(account))
                return err_set(err, ERR_INVALID, "issuer and account must be text");
        totp_text(totp, text);
        BUF_LIT(out, "otpauth://totp/");
        add_encoded(out, issuer);
        buf_putc(out, ':');
        add_encoded(out, account);
        BUF_LIT(out, "?secret=");
        buf_puts(out, text);
        BUF_LIT(out, "&issuer=");
        add_encoded(out, issuer);
        BUF_LIT(out, "&algorithm=SHA1&digits=6&period=30");
        secret_wipe(text, sizeof text);
        return 0;
}
