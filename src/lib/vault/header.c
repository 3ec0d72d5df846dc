/*
 * header.c -- reading a message's head where no list says what it must be.
 *
 * Only as much is understood here as is needed to write the same head again. Everything that is not exactly
 * so, such as another order or a number with a leading zero, shows when the two are compared.
 */
#include <string.h>

#include "base/clock.h"
#include "crypto/hex.h"
#include "vault/frame.h"

enum {
        BEFORE_CONTEXT = 1 + 1 + 2 + SEAL_MESSAGE_ID_LEN,
        AFTER_KEY = 1 + 4 + 1 + 4 + AEAD_NONCE_LEN + AEAD_TAG_LEN,
        PAIRS = 8, PAIR_MAX = 128,
};

static size_t get_u16(const char *p)
{
        const uint8_t *b = (const uint8_t *)p;

        return (size_t)b[0] << 8 | b[1];
}

size_t header_wanted(struct str part)
{
        /* What stands before each length: of the context, the provider, its information, the key. */
        static const size_t before[] = { BEFORE_CONTEXT, 2, 0, 0 };
        size_t at = 0;

        for (size_t i = 0; i < ARRAY_LEN(before); i++) {
                at += before[i] + 2;
                if (part.n < at)
                        return at;
                at += get_u16(part.p + at - 2);
                if (at + AFTER_KEY > SEAL_HEADER_MAX)
                        return part.n;
        }
        return at + AFTER_KEY;
}

/* ---- parts ---- */

/* Cut n bytes off; false: there are not so many. */
static bool take(struct str *rest, size_t n, struct str *out)
{
        if (rest->n < n)
                return false;
        *out = str_make(rest->p, n);
        *rest = str_make(rest->p + n, rest->n - n);
        return true;
}

static bool take_short(struct str *rest, struct str *out)
{
        struct str length;

        return take(rest, 2, &length) && take(rest, get_u16(length.p), out);
}

/* ---- the context's values ---- */

static bool read_u32(struct str text, uint32_t *out)
{
        uint64_t value = 0;

        if (str_to_u64(text, UINT32_MAX, &value, NULL) < 0)
                return false;
        *out = (uint32_t)value;
        return true;
}

static bool read_app(struct str text, struct seal_about *out)
{
        if (text.n >= sizeof out->app)
                return false;
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] < '!' || text.p[i] > '~')
                        return false;
        memcpy(out->app, text.p, text.n);
        out->app[text.n] = '\0';
        return true;
}

/* "2026-01-01T00:00:00Z" */
static bool read_created(struct str text, struct seal_about *out)
{
        uint64_t h = 0, m = 0, s = 0;
        int64_t day = 0;

        if (text.n != CLOCK_ISO_LEN || clock_parse_date(str_make(text.p, 10), &day, NULL) < 0 ||
            str_to_u64(str_make(text.p + 11, 2), 23, &h, NULL) < 0 ||
            str_to_u64(str_make(text.p + 14, 2), 59, &m, NULL) < 0 ||
            str_to_u64(str_make(text.p + 17, 2), 59, &s, NULL) < 0)
                return false;
        out->created = day + (int64_t)(h * 3600 + m * 60 + s);
        return true;
}

static bool read_kek(struct str text, struct seal_about *out)
{
        return read_u32(text, &out->kek);
}

static bool read_kind(struct str text, struct seal_about *out)
{
        return backup_kind_find(text, &out->kind);
}

static bool read_portal(struct str text, struct seal_about *out)
{
        char digits[2 * SEAL_UUID_LEN];
        size_t n = 0;

        if (text.n != SEAL_UUID_TEXT_LEN)
                return false;
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] != '-' && n < sizeof digits)
                        digits[n++] = text.p[i];
        return n == sizeof digits && hex_read(str_make(digits, n), out->portal, SEAL_UUID_LEN);
}

static bool read_prev(struct str text, struct seal_about *out)
{
        return hex_read(text, out->prev.b, DIGEST_LEN);
}

static bool read_schema(struct str text, struct seal_about *out)
{
        return read_u32(text, &out->schema);
}

static bool read_seq(struct str text, struct seal_about *out)
{
        return str_to_u64(text, UINT64_MAX, &out->seq, NULL) == 0;
}

static bool read_context(struct str context, struct seal_about *out)
{
        static const struct {
                const char *name;
                bool (*read)(struct str text, struct seal_about *out);
        } pairs[PAIRS] = {
                { "app", read_app }, { "created", read_created }, { "kek", read_kek },
                { "kind", read_kind }, { "portal", read_portal }, { "prev", read_prev },
                { "schema", read_schema }, { "seq", read_seq },
        };
        struct str count, name, value;

        if (!take(&context, 2, &count) || get_u16(count.p) != PAIRS)
                return false;
        for (size_t i = 0; i < PAIRS; i++)
                if (!take_short(&context, &name) || !take_short(&context, &value) ||
                    !str_is(name, pairs[i].name) || value.n > PAIR_MAX || !pairs[i].read(value, out))
                        return false;
        return context.n == 0;
}

/* ---- whose key ---- */

static bool read_client(struct str provider, struct str information, struct str key,
                        struct header_client *out)
{
        *out = (struct header_client){ .wrapped_n = 0 };
        if (str_is(provider, "vault"))
                return true;            /* its name and lengths follow from the context */
        if (!str_is(provider, "client") || information.n != RSA_WRAP_NAME_LEN ||
            key.n < RSA_WRAP_BITS_MIN / 8 || key.n > RSA_WRAP_LEN_MAX)
                return false;
        uint8_t digest[DIGEST_LEN];

        if (!hex_read(information, digest, sizeof digest))
                return false;
        memcpy(out->name, information.p, information.n);
        out->wrapped_n = key.n;
        return true;
}

int header_read(struct str header, struct seal_about *about, struct header_client *client,
                struct err *err)
{
        struct seal_about said = { .seq = 0 };
        struct header_client whose;
        struct str fixed, context, provider, information, key;

        if (!take(&header, BEFORE_CONTEXT, &fixed) || !take_short(&header, &context) ||
            !take(&header, 2, &fixed) || !take_short(&header, &provider) ||
            !take_short(&header, &information) || !take_short(&header, &key) ||
            header.n != AFTER_KEY || !read_context(context, &said) ||
            !read_client(provider, information, key, &whose))
                return err_set(err, ERR_CORRUPT, "this is not a backup, or its head is damaged: nothing "
                               "Carrel seals begins like this");
        *about = said;
        *client = whose;
        return 0;
}
