/*
 * shares.c -- a line through the key: share x is key + x * slope, byte by byte in GF(256).
 */
#include "vault/shares.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/secret.h"

enum {
        SET_LEN = 2,
        CHECK_LEN = 3,
        BODY_LEN = 1 + SET_LEN + SHARES_KEY_LEN + CHECK_LEN,    /* number, set, share, check */
        DIGITS = (BODY_LEN * 8 + 4) / 5,
        GROUP = 4,
};

#define PREFIX "CARRELSHARE"

struct share {
        uint8_t body[BODY_LEN];
};

/* RFC 4648, 6: no 0, 1, 8 or 9, which look like letters. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* No table and no branch on a secret: the time says nothing. */
static uint8_t times(uint8_t a, uint8_t b)
{
        uint8_t product = 0;

        for (int i = 0; i < 8; i++) {
                product ^= (uint8_t)(a & -(b & 1));
                a = (uint8_t)((a << 1) ^ (0x1b & -(a >> 7)));
                b >>= 1;
        }
        return product;
}

/* a^254; zero stays zero. */
static uint8_t inverse(uint8_t a)
{
        uint8_t power = a, out = 1;

        for (int i = 0; i < 7; i++) {
                power = times(power, power);
                out = times(out, power);
        }
        return out;
}

static void put_check(uint8_t body[static BODY_LEN], uint8_t out[static CHECK_LEN])
{
        struct digest d;

        digest_of(str_make((const char *)body, BODY_LEN - CHECK_LEN), &d);
        memcpy(out, d.b, CHECK_LEN);
}

static void write_line(const struct share *share, char out[static SHARES_LINE_MAX])
{
        size_t n = (size_t)snprintf(out, SHARES_LINE_MAX, "CARREL-SHARE ");
        uint32_t bits = 0;
        unsigned have = 0, digits = 0;

        for (size_t i = 0; i < BODY_LEN || have > 0; i++) {
                if (i < BODY_LEN) {
                        bits = bits << 8 | share->body[i];
                        have += 8;
                } else {
                        bits <<= 5 - have;
                        have = 5;
                }
                for (; have >= 5; have -= 5) {
                        if (digits > 0 && digits % GROUP == 0)
                                out[n++] = '-';
                        out[n++] = alphabet[bits >> (have - 5) & 31];
                        digits++;
                }
        }
        out[n] = '\0';
}

void shares_split(const uint8_t key[static SHARES_KEY_LEN], char out[static SHARES][SHARES_LINE_MAX])
{
        uint8_t slope[SHARES_KEY_LEN], set[SET_LEN];
        struct share share;

        random_fill(slope, sizeof slope);
        random_fill(set, sizeof set);
        for (unsigned x = 1; x <= SHARES; x++) {
                share.body[0] = (uint8_t)x;
                memcpy(share.body + 1, set, SET_LEN);
                for (size_t i = 0; i < SHARES_KEY_LEN; i++)
                        share.body[1 + SET_LEN + i] = key[i] ^ times((uint8_t)x, slope[i]);
                put_check(share.body, share.body + BODY_LEN - CHECK_LEN);
                write_line(&share, out[x - 1]);
        }
        secret_wipe(slope, sizeof slope);
        secret_wipe(&share, sizeof share);
}

/* A digit's value; -1: it is none; -2: it means nothing here. */
static int digit(char c)
{
        if (c >= 'a' && c <= 'z')
                c = (char)(c - 'a' + 'A');
        if (c == ' ' || c == '-' || c == '\t' || c == '\r')
                return -2;
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool read_digits(struct str line, struct share *out)
{
        static const char prefix[] = PREFIX;
        size_t at = 0, seen = 0, digits = 0;
        uint32_t bits = 0;
        unsigned have = 0;

        for (size_t i = 0; i < line.n; i++) {
                int value = digit(line.p[i]);

                if (value == -2)
                        continue;
                if (value < 0 || (seen >= sizeof prefix - 1 && ++digits > DIGITS))
                        return false;
                if (seen < sizeof prefix - 1) {
                        if (alphabet[value] != prefix[seen++])
                                return false;
                        continue;
                }
                bits = (bits << 5 | (uint32_t)value) & 0xffff;
                have += 5;
                if (have >= 8 && at < BODY_LEN) {
                        have -= 8;
                        out->body[at++] = (uint8_t)(bits >> have);
                }
        }
        return digits == DIGITS && at == BODY_LEN && (bits & ((1u << have) - 1)) == 0;
}

static int read_line(struct str line, const char *which, struct share *out, struct err *err)
{
        uint8_t wanted[CHECK_LEN];

        if (line.n > 4 * SHARES_LINE_MAX || !read_digits(line, out))
                return err_set(err, ERR_INVALID, "the %s share is not a whole line that begins with "
                               "CARREL-SHARE; type it as it was printed", which);
        put_check(out->body, wanted);
        if (memcmp(wanted, out->body + BODY_LEN - CHECK_LEN, CHECK_LEN) != 0 || out->body[0] < 1 ||
            out->body[0] > SHARES)
                return err_set(err, ERR_INVALID, "the %s share has a typing error in it; compare it with "
                               "the paper", which);
        return 0;
}

/* At x = 0 of the line through (x1, y1) and (x2, y2). */
static void interpolate(const struct share *a, const struct share *b, uint8_t *out)
{
        uint8_t x1 = a->body[0], x2 = b->body[0], over = inverse(x1 ^ x2);

        for (size_t i = 0; i < SHARES_KEY_LEN; i++) {
                uint8_t y1 = a->body[1 + SET_LEN + i], y2 = b->body[1 + SET_LEN + i];

                out[i] = times(over, times(y1, x2) ^ times(y2, x1));
        }
}

int shares_join(struct str first, struct str second, uint8_t out[static SHARES_KEY_LEN],
                struct err *err)
{
        struct share a = { { 0 } }, b = { { 0 } };
        int r = read_line(first, "first", &a, err);

        if (r == 0)
                r = read_line(second, "second", &b, err);
        if (r == 0 && memcmp(a.body + 1, b.body + 1, SET_LEN) != 0)
                r = err_set(err, ERR_INVALID, "the two shares are of different sets; find two that were "
                            "printed together");
        if (r == 0 && a.body[0] == b.body[0])
                r = err_set(err, ERR_INVALID, "this is the same share twice; a second one is needed");
        if (r == 0)
                interpolate(&a, &b, out);
        secret_wipe(&a, sizeof a);
        secret_wipe(&b, sizeof b);
        return r;
}
