/*
 * aead.h -- AES in Galois/Counter Mode (NIST SP 800-38D) with keys of 192 and 256 bits, 96-bit nonces
 * and 128-bit tags.
 *
 * Trust:  what is opened may be forged: nothing of it is handed out before its tag has been checked.
 * Owns:   the key, in OpenSSL's memory, wiped by aead_free().
 * Linked by the vault and its tools. Needs OpenSSL (inside this folder only).
 *
 * The caller never uses a nonce twice with one key; nothing here could notice.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { AEAD_NONCE_LEN = 12, AEAD_TAG_LEN = 16, AEAD_MESSAGE_MAX = 1 << 30 };

struct aead;

/* key has 24 bytes (AES-192) or 32 (AES-256), nothing else; it is copied. */
NODISCARD struct aead *aead_new(struct str key);
void aead_free(struct aead **aead);
#define CLEANUP_AEAD CLEANUP(aead_free)

/* out gets in.n bytes, which may be at most AEAD_MESSAGE_MAX; it may be in.p itself. */
void aead_seal(struct aead *aead, const uint8_t nonce[static AEAD_NONCE_LEN], struct str about,
               struct str in, void *out, uint8_t tag[static AEAD_TAG_LEN]);

/*
 * The reverse. Fails: ERR_DENIED  the tag fits neither the bytes nor what was said about them, or the key
 * is another; out is zeroed then.
 */
NODISCARD int aead_open(struct aead *aead, const uint8_t nonce[static AEAD_NONCE_LEN], struct str about,
                        struct str in, const uint8_t tag[static AEAD_TAG_LEN], void *out,
                        struct err *err);

/* See crypto_prepare(). */
NODISCARD int aead_prepare(struct err *err);
