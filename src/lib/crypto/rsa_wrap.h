/*
 * rsa_wrap.h -- a key sealed to the owner of an RSA key: RSAES-OAEP with SHA-256, MGF1 with SHA-256 and
 * without a label (RFC 8017, 7.1), and the two PEM files (RFC 7468) that such a key lies in.
 *
 * Trust:  a public key comes from whoever pasted it: its length, its form and its numbers are limited
 *         before OpenSSL computes with them. A private key is its owner's own file, read on their machine.
 * Owns:   the keys, in OpenSSL's memory, wiped by the _free()s.
 * Linked by the vault, the portal and the command line. Needs OpenSSL (inside this folder only).
 *
 * Whoever has the public key can seal to it: what opens was meant for this key, and says nothing about
 * who sealed it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/secret.h"

enum {
        RSA_WRAP_BITS_MIN = 3072,       /* of the modulus */
        RSA_WRAP_BITS_MAX = 8192,
        RSA_WRAP_LEN_MAX = RSA_WRAP_BITS_MAX / 8,
        RSA_WRAP_KEY_MAX = 64,          /* bytes that are sealed at once */
        RSA_WRAP_PUBLIC_MAX = 2048,     /* bytes of the public key's file */
        RSA_WRAP_PRIVATE_MAX = 16384,
        RSA_WRAP_NAME_LEN = DIGEST_HEX_LEN,
};

struct rsa_public;

/*
 * The one SubjectPublicKeyInfo (RFC 5280, 4.1) of a file that begins with BEGIN PUBLIC KEY, in DER; blanks
 * and line feeds may stand around it. The exponent is odd and has 17 to 32 bits.
 *
 * Fails: ERR_INVALID, ERR_LIMIT; the sentence says which file is wanted instead.
 */
NODISCARD int rsa_public_read(struct str pem, struct rsa_public **out, struct err *err);
void rsa_public_free(struct rsa_public **key);
#define CLEANUP_RSA_PUBLIC CLEANUP(rsa_public_free)

/* SHA-256 of the SubjectPublicKeyInfo, in hexadecimal digits; borrowed from key. */
const char *rsa_public_name(const struct rsa_public *key);
/* Of the modulus. What is sealed to the key has an eighth of it in bytes, rounded up. */
unsigned rsa_public_bits(const struct rsa_public *key);
size_t rsa_public_length(const struct rsa_public *key);

/* secret has 1 to RSA_WRAP_KEY_MAX bytes; out gets rsa_public_length(). */
void rsa_wrap(const struct rsa_public *key, struct str secret, uint8_t *out);

struct rsa_private;

/* Asked once, and only when the file is encrypted. */
typedef int rsa_passphrase_fn(void *ctx, struct secret *out, struct err *err);

/*
 * A file that begins with BEGIN PRIVATE KEY, BEGIN ENCRYPTED PRIVATE KEY (RFC 5958) or BEGIN RSA PRIVATE
 * KEY (RFC 8017, A.1.2). Takes as long as the file's own passphrase hashing.
 *
 * Fails: ERR_INVALID, ERR_LIMIT, ERR_DENIED (the passphrase is another), or as ask does.
 */
NODISCARD int rsa_private_read(struct str pem, rsa_passphrase_fn *ask, void *ctx, struct rsa_private **out,
                               struct err *err);
void rsa_private_free(struct rsa_private **key);
#define CLEANUP_RSA_PRIVATE CLEANUP(rsa_private_free)

/* The name and length of its public half. */
const char *rsa_private_name(const struct rsa_private *key);
size_t rsa_private_length(const struct rsa_private *key);

/* ERR_DENIED: it was not sealed to this key, or was changed since; out is untouched. */
NODISCARD int rsa_unwrap(const struct rsa_private *key, struct str wrapped, struct secret *out,
                         struct err *err);

/* See crypto_prepare(). */
NODISCARD int rsa_wrap_prepare(struct err *err);
