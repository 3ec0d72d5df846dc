/*
 * digest.c -- libsodium's SHA-256 behind our names.
 */
#include "crypto/digest.h"

#include <sodium.h>

#include "base/check.h"

_Static_assert(sizeof(struct digest_stream) >= sizeof(crypto_hash_sha256_state),
               "the opaque state must hold libsodium's");
_Static_assert(DIGEST_LEN == crypto_hash_sha256_BYTES, "SHA-256 has 32 bytes");

static crypto_hash_sha256_state *inside(struct digest_stream *s)
{
        return (crypto_hash_sha256_state *)(void *)s->opaque;
}

void digest_of(struct str bytes, struct digest *out)
{
        const void *p = bytes.n > 0 ? bytes.p : "";

        check(crypto_hash_sha256(out->b, p, bytes.n) == 0);
}

void digest_start(struct digest_stream *s)
{
        check(crypto_hash_sha256_init(inside(s)) == 0);
}

void digest_add(struct digest_stream *s, const void *p, size_t n)
{
        if (n > 0)
                check(crypto_hash_sha256_update(inside(s), p, n) == 0);
}

void digest_add_u64(struct digest_stream *s, uint64_t value)
{
        uint8_t b[8];

        for (int i = 7; i >= 0; i--, value >>= 8)
                b[i] = (uint8_t)value;
        digest_add(s, b, sizeof b);
}

void digest_add_text(struct digest_stream *s, struct str text)
{
        digest_add_u64(s, text.n);
        digest_add(s, text.p, text.n);
}

void digest_finish(struct digest_stream *s, struct digest *out)
{
        check(crypto_hash_sha256_final(inside(s), out->b) == 0);
}

void digest_hex(const struct digest *d, char out[static DIGEST_HEX_LEN + 1])
{
        sodium_bin2hex(out, DIGEST_HEX_LEN + 1, d->b, DIGEST_LEN);
}
