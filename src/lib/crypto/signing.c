/*
 * signing.c -- libsodium's Ed25519; its secret key is made from the seed for each use and wiped.
 */
#include "crypto/signing.h"

#include <sodium.h>

#include "base/check.h"
#include "crypto/secret.h"

_Static_assert(SIGNING_SEED_LEN == crypto_sign_SEEDBYTES && SIGNING_LEN == crypto_sign_BYTES &&
                       SIGNING_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES,
               "libsodium's lengths");

void signing_public(const uint8_t seed[static SIGNING_SEED_LEN], uint8_t out[static SIGNING_PUBLIC_LEN])
{
        uint8_t key[crypto_sign_SECRETKEYBYTES];

        check(crypto_sign_seed_keypair(out, key, seed) == 0);
        secret_wipe(key, sizeof key);
}

void signing_sign(const uint8_t seed[static SIGNING_SEED_LEN], struct str message,
                  uint8_t out[static SIGNING_LEN])
{
        uint8_t public[SIGNING_PUBLIC_LEN], key[crypto_sign_SECRETKEYBYTES];

        check(crypto_sign_seed_keypair(public, key, seed) == 0 &&
              crypto_sign_detached(out, NULL, (const unsigned char *)message.p, message.n, key) == 0);
        secret_wipe(key, sizeof key);
}

bool signing_check(const uint8_t public[static SIGNING_PUBLIC_LEN], struct str message,
                   const uint8_t signature[static SIGNING_LEN])
{
        return crypto_sign_verify_detached(signature, (const unsigned char *)message.p, message.n,
                                           public) == 0;
}
