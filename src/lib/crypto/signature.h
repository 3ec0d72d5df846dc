/*
 * signature.h -- check signatures of three kinds, each with a key that can be used in one way only.
 *
 * Trust:  keys, messages and signatures are foreign. A key's kind decides the algorithm; nothing in
 *         the message can.
 * Owns:   a key is owned by whoever made it.
 * For this folder only. Needs OpenSSL and libsodium.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum signature_kind {
        SIGNATURE_RS256,        /* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2) */
        SIGNATURE_ES256,        /* ECDSA on P-256 with SHA-256 (FIPS 186-4) */
        SIGNATURE_EDDSA,        /* Ed25519 (RFC 8032) */
};
enum { SIGNATURE_P256_LEN = 64, SIGNATURE_ED25519_LEN = 32, SIGNATURE_RAW_LEN = 64 };

struct signature_key;

/*
 * Modulus and exponent, big-endian without leading zeros: 2048 to 4096 bits; exponent odd, from 3
 * to 2^32. x and y of a point on P-256. A point of Ed25519's main group. Fails: ERR_INVALID  not
 * such a key
 */
NODISCARD int signature_key_rsa(struct str modulus, struct str exponent, struct signature_key **out,
                                struct err *err);
NODISCARD int signature_key_p256(const uint8_t xy[static SIGNATURE_P256_LEN],
                                 struct signature_key **out, struct err *err);
NODISCARD int signature_key_ed25519(const uint8_t point[static SIGNATURE_ED25519_LEN],
                                    struct signature_key **out, struct err *err);
void signature_key_free(struct signature_key **key);
#define CLEANUP_SIGNATURE_KEY CLEANUP(signature_key_free)

enum signature_kind signature_kind(const struct signature_key *key);

/*
 * ES256 in DER as WebAuthn has it; signature_check_raw: r and s, 32 bytes each, as JWS has it (RFC
 * 7518, 3.4). ERR_DENIED
 */
NODISCARD int signature_check(const struct signature_key *key, struct str message, struct str signature,
                              struct err *err);
NODISCARD int signature_check_raw(const struct signature_key *key, struct str message,
                                  struct str signature, struct err *err);

/* See crypto_prepare(). */
NODISCARD int signature_prepare(struct err *err);
