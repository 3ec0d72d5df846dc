/*
 * signer.h -- the other side, for tests: keys that sign as a sign-on provider or an authenticator does.
 *
 * Trust:  tests only.
 * Owns:   a signer is owned by whoever made it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct signer;

enum signer_kind { SIGNER_RSA_1024, SIGNER_RSA_2048, SIGNER_P256, SIGNER_P384, SIGNER_ED25519 };

struct signer *signer_new(enum signer_kind kind);
void signer_free(struct signer **signer);
#define CLEANUP_SIGNER CLEANUP(signer_free)

/* The public key: ES256 64 bytes x and y, EdDSA 32 bytes, RSA its modulus. */
void signer_public(const struct signer *signer, struct buf *out);

/* With SHA-256 but for Ed25519. ECDSA in DER, or with raw as r and s. */
void signer_sign(const struct signer *signer, struct str message, bool raw, struct buf *out);

/* One JWK; extra is more of its members, each with a comma before it. */
void signer_jwk(const struct signer *signer, const char *kid, const char *extra, struct buf *out);

/* A compact JWS of these two texts, signed. */
void signer_token(const struct signer *signer, const char *header, const char *payload, struct buf *out);
