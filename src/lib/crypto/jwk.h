/*
 * jwk.h -- the keys of a JWK set (RFC 7517) that we use.
 *
 * Trust:  the set comes from a provider; each key is checked on its own.
 * Owns:   see jws.h.
 * For this folder only.
 */
#pragma once

#include <stdbool.h>

#include "crypto/jws.h"
#include "crypto/signature.h"

/* Borrowed from keys. Without a kid the set must hold one key. ERR_NOT_FOUND */
NODISCARD int jwk_find(const struct jws_keys *keys, bool has_kid, struct str kid,
                       const struct signature_key **out, struct err *err);

/* The name in a token's alg. */
const char *jwk_algorithm(enum signature_kind kind);
