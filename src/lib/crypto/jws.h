/*
 * jws.h -- tokens that a sign-on provider signed (RFC 7515 compact form, RFC 7519, OpenID Connect
 * Core 1.0).
 *
 * Trust:  keys come from the provider over verified TLS; tokens come from anybody. Sizes, encoding
 *         and JSON are checked first, then the signature; claims are looked at only after both.
 * Owns:   a key set is owned by whoever parsed it.
 * Linked by portals and the site. Needs OpenSSL and jansson (through signature.h and json/json.h).
 *
 * A key has one algorithm: RS256, ES256 or EdDSA, by its own kind. A token that names another is
 * refused; so nothing a token says can turn a public key into a shared secret, or the check off. No
 * other algorithm exists here: no none, no HS256, no encryption (JWE). Keys inside a token's header
 * (jwk, jku, x5c, x5u) are never looked at.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "json/json.h"

enum {
        JWS_TOKEN_MAX = 16384,          /* the whole compact form */
        JWS_HEADER_MAX = 4096,          /* decoded */
        JWS_KEYS_TEXT_MAX = 65536,
        JWS_KEYS_MAX = 32,
        JWS_LEEWAY_SECONDS = 60,
};

struct jws_keys;

/*
 * Read a JWK set (RFC 7517). Keys that are not for checking signatures of our three kinds are left
 * out: other kinds and curves, RSA below 2048 bits, use other than sig, alg other than the kind's,
 * private and shared keys.
 * Fails: ERR_LIMIT    longer, or more keys
 *        ERR_INVALID  not a key set, two usable keys of one kid, or no usable key
 */
NODISCARD int jws_keys_parse(struct str text, struct jws_keys **out, struct err *err);
void jws_keys_free(struct jws_keys **keys);
#define CLEANUP_JWS_KEYS CLEANUP(jws_keys_free)
size_t jws_keys_count(const struct jws_keys *keys);

/*
 * Check a token's signature and append its payload to *payload. Without a kid in the token the set
 * must hold one usable key (OpenID Connect Core, 10.1).
 * Fails: ERR_LIMIT      longer
 *        ERR_INVALID    not a compact JWS as described above
 *        ERR_NOT_FOUND  no key of that kid: the provider may have new keys, fetch them once
 *        ERR_DENIED     algorithm or signature do not fit the key
 */
NODISCARD int jws_verify(const struct jws_keys *keys, struct str token, struct buf *payload,
                         struct err *err);

/* What an ID token must say; all but now are compared exactly, and none may be empty. */
struct jws_expected {
        struct str issuer;
        struct str audience;            /* our client id there */
        struct str nonce;               /* the one this login was started with */
        int64_t now;
};

/*
 * jws_verify(), then the claims (OpenID Connect Core, 3.1.3.7): iss; aud, and azp if there are
 * several or it is given; exp, iat and nbf with a minute's leeway; nonce; sub of 1 to 255 bytes.
 * The caller owns *claims.
 * Fails: as jws_verify(), and ERR_DENIED for a claim; the sentence names it
 */
NODISCARD int jws_id_token(const struct jws_keys *keys, struct str token,
                           const struct jws_expected *expected, struct json **claims, struct err *err);

/* The claims alone, of a token whose signature was checked. */
NODISCARD int jws_check_claims(const struct json *claims, const struct jws_expected *expected,
                               struct err *err);
