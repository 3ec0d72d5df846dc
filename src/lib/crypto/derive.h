/*
 * derive.h -- keys from keys, a key from a passphrase, and a code that only a key's owner can make.
 *
 * Trust:  a passphrase comes from a person; its length is limited here, its worth is the person's.
 * Owns:   nothing.
 * Linked by the vault and its tools. Needs libsodium (inside this folder only).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum {
        DERIVE_MAC_LEN = 32,
        DERIVE_SALT_LEN = 16,
        DERIVE_PASSPHRASE_MAX = 1024,
        DERIVE_PASSES = 3,              /* of Argon2id over ... */
        DERIVE_MEMORY_KIB = 64 * 1024,
};

/*
 * HKDF with SHA-256 (RFC 5869); an empty salt is 32 zero bytes, as there. n: 1 to 255 * 32 bytes.
 */
void derive_key(struct str key, struct str salt, struct str info, void *out, size_t n);

/* HMAC-SHA256 (RFC 2104). */
void derive_mac(struct str key, struct str message, uint8_t out[static DERIVE_MAC_LEN]);

/*
 * Argon2id (RFC 9106) with the cost above; out gets 32 bytes. Takes some 0.2 s and 64 MiB.
 * Fails: ERR_AGAIN  no memory    ERR_LIMIT  the passphrase is too long
 */
NODISCARD int derive_from_passphrase(struct str passphrase,
                                     const uint8_t salt[static DERIVE_SALT_LEN], uint8_t out[static 32],
                                     struct err *err);
