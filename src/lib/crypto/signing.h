/*
 * signing.h -- Ed25519 (RFC 8032): sign with a seed of our own, check with the public key.
 *
 * Trust:  messages and signatures to be checked are foreign; the seed is ours.
 * Owns:   nothing. A signing key is a plain value; keep it in a struct secret.
 * Linked by the vault and its tools. Needs libsodium (inside this folder only).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { SIGNING_SEED_LEN = 32, SIGNING_PUBLIC_LEN = 32, SIGNING_LEN = 64 };

void signing_public(const uint8_t seed[static SIGNING_SEED_LEN],
                    uint8_t out[static SIGNING_PUBLIC_LEN]);
void signing_sign(const uint8_t seed[static SIGNING_SEED_LEN], struct str message,
                  uint8_t out[static SIGNING_LEN]);
bool signing_check(const uint8_t public[static SIGNING_PUBLIC_LEN], struct str message,
                   const uint8_t signature[static SIGNING_LEN]);
