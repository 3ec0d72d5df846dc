/*
 * derive.c -- HKDF and HMAC over libsodium's SHA-256, Argon2id as it is.
 */
#include "crypto/derive.h"

#include <sodium.h>
#include <string.h>

#include "base/check.h"
#include "crypto/secret.h"

static void mac3(struct str key, struct str a, struct str b, struct str c,
                 uint8_t out[static DERIVE_MAC_LEN])
{
        crypto_auth_hmacsha256_state state;
        const struct str parts[] = { a, b, c };

        check(crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.n) == 0);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
                if (parts[i].n > 0)
                        check(crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts[i].p,
                                                            parts[i].n) == 0);
        check(crypto_auth_hmacsha256_final(&state, out) == 0);
        secret_wipe(&state, sizeof state);
}

void derive_mac(struct str key, struct str message, uint8_t out[static DERIVE_MAC_LEN])
{
        mac3(key, message, (struct str){ NULL, 0 }, (struct str){ NULL, 0 }, out);
}

void derive_key(struct str key, struct str salt, struct str info, void *out, size_t n)
{
        static const char zeros[DERIVE_MAC_LEN];
        uint8_t extracted[DERIVE_MAC_LEN], block[DERIVE_MAC_LEN];
        struct str before = { NULL, 0 };
        uint8_t *at = out;

        check(n > 0 && n <= 255 * DERIVE_MAC_LEN);
        derive_mac(salt.n > 0 ? salt : str_make(zeros, sizeof zeros), key, extracted);
        for (uint8_t i = 1; n > 0; i++) {
                size_t take = n < DERIVE_MAC_LEN ? n : DERIVE_MAC_LEN;

                mac3(str_make((const char *)extracted, sizeof extracted), before, info,
                     str_make((const char *)&i, 1), block);
                before = str_make((const char *)block, sizeof block);
                memcpy(at, block, take);
                at += take;
                n -= take;
        }
        secret_wipe(extracted, sizeof extracted);
        secret_wipe(block, sizeof block);
}

int derive_from_passphrase(struct str passphrase, const uint8_t salt[static DERIVE_SALT_LEN],
                           uint8_t out[static 32], struct err *err)
{
        _Static_assert(DERIVE_SALT_LEN == crypto_pwhash_SALTBYTES, "libsodium's salt has this length");
        if (passphrase.n > DERIVE_PASSPHRASE_MAX)
                return err_set(err, ERR_LIMIT, "a passphrase has at most %d bytes",
                               DERIVE_PASSPHRASE_MAX);
        if (crypto_pwhash(out, 32, passphrase.n > 0 ? passphrase.p : "", passphrase.n, salt,
                          DERIVE_PASSES, (size_t)DERIVE_MEMORY_KIB * 1024,
                          crypto_pwhash_ALG_ARGON2ID13) != 0)
                return err_set(err, ERR_AGAIN, "no memory is left to try the passphrase; try again");
        return 0;
}
