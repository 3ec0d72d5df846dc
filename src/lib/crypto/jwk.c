/*
 * jwk.c -- a provider publishes keys for many uses; what is not for us is left out, not refused.
 */
#include "crypto/jwk.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "crypto/base64url.h"

enum { KID_MAX = 256, RSA_MAX = 512 };

struct jwk {
        struct str kid;                 /* empty: none */
        char *kid_text;
        struct signature_key *key;
};

struct jws_keys {
        size_t count;
        struct jwk list[JWS_KEYS_MAX];
};

const char *jwk_algorithm(enum signature_kind kind)
{
        static const char *const names[] = {
                [SIGNATURE_RS256] = "RS256", [SIGNATURE_ES256] = "ES256", [SIGNATURE_EDDSA] = "EdDSA",
        };

        return names[kind];
}

static bool is(const struct json *jwk, const char *member, const char *text)
{
        return str_is(json_get_text(jwk, member), text);
}

/* A member of exactly n bytes. */
static bool fixed(const struct json *jwk, const char *member, uint8_t *out, size_t n)
{
        return base64url_bytes(json_get_text(jwk, member), out, n, NULL) == (int)n;
}

static int read_rsa(const struct json *jwk, struct signature_key **out)
{
        char modulus[RSA_MAX], exponent[8];
        int n = base64url_bytes(json_get_text(jwk, "n"), modulus, sizeof modulus, NULL);
        int e = base64url_bytes(json_get_text(jwk, "e"), exponent, sizeof exponent, NULL);

        if (n < 0 || e < 0)
                return ERR_INVALID;
        return signature_key_rsa(str_make(modulus, (size_t)n), str_make(exponent, (size_t)e), out, NULL);
}

static int read_key(const struct json *jwk, struct signature_key **out)
{
        uint8_t xy[SIGNATURE_P256_LEN];

        if (is(jwk, "kty", "RSA"))
                return read_rsa(jwk, out);
        if (is(jwk, "kty", "EC") && is(jwk, "crv", "P-256") && fixed(jwk, "x", xy, 32) &&
            fixed(jwk, "y", xy + 32, 32))
                return signature_key_p256(xy, out, NULL);
        if (is(jwk, "kty", "OKP") && is(jwk, "crv", "Ed25519") && fixed(jwk, "x", xy, 32))
                return signature_key_ed25519(xy, out, NULL);
        return ERR_UNSUPPORTED;
}

static bool may_verify(const struct json *jwk)
{
        const struct json *ops = json_get(jwk, "key_ops");
        bool verify = ops == NULL;

        for (size_t i = 0; json_kind(ops) == JSON_KIND_ARRAY && i < json_length(ops); i++)
                verify = verify || str_is(json_text(json_at(ops, i)), "verify");
        /* A private key that was published is nobody's any more. */
        return verify && !json_has(jwk, "d") && !json_has(jwk, "k") &&
               (!json_has(jwk, "use") || is(jwk, "use", "sig"));
}

static int add_key(struct jws_keys *keys, const struct json *jwk, struct err *err)
{
        struct signature_key *key CLEANUP_SIGNATURE_KEY = NULL;
        struct str kid = json_get_text(jwk, "kid");

        if (json_kind(jwk) != JSON_KIND_OBJECT || !may_verify(jwk) || kid.n > KID_MAX ||
            read_key(jwk, &key) < 0)
                return 0;
        if (json_has(jwk, "alg") && !is(jwk, "alg", jwk_algorithm(signature_kind(key))))
                return 0;
        for (size_t i = 0; i < keys->count; i++)
                if (kid.n > 0 && str_eq(keys->list[i].kid, kid))
                        return err_set(err, ERR_INVALID, "the key set has two keys of kid \"%.*s\"",
                                       STR_ARG(kid));
        struct jwk *added = &keys->list[keys->count++];

        added->kid_text = str_dup(kid);
        added->kid = str_make(added->kid_text, kid.n);
        added->key = key;
        key = NULL;
        return 0;
}

int jws_keys_parse(struct str text, struct jws_keys **out, struct err *err)
{
        struct json *set CLEANUP_JSON = NULL;
        struct jws_keys *keys CLEANUP_JWS_KEYS = NULL;

        if (text.n > JWS_KEYS_TEXT_MAX)
                return err_set(err, ERR_LIMIT, "the key set is longer than %d bytes", JWS_KEYS_TEXT_MAX);
        int r = json_parse(text, &set, err);

        if (r < 0)
                return err_wrap(err, r, "the key set");
        const struct json *list = json_get(set, "keys");

        if (json_kind(list) != JSON_KIND_ARRAY)
                return err_set(err, ERR_INVALID, "this is not a key set: it has no list of keys");
        if (json_length(list) > JWS_KEYS_MAX)
                return err_set(err, ERR_LIMIT, "the key set has more than %d keys", JWS_KEYS_MAX);
        keys = xalloc(sizeof *keys);
        for (size_t i = 0; i < json_length(list); i++)
                if ((r = add_key(keys, json_at(list, i), err)) < 0)
                        return r;
        if (keys->count == 0)
                return err_set(err, ERR_INVALID, "the key set holds no key for RS256 (2048 bits or more), "
                               "ES256 or EdDSA; set the provider to sign with one of them");
        *out = keys;
        keys = NULL;
        return 0;
}

void jws_keys_free(struct jws_keys **keys)
{
        for (size_t i = 0; *keys != NULL && i < (*keys)->count; i++) {
                signature_key_free(&(*keys)->list[i].key);
                free((*keys)->list[i].kid_text);
        }
        free(*keys);
        *keys = NULL;
}

size_t jws_keys_count(const struct jws_keys *keys)
{
        return keys->count;
}

int jwk_find(const struct jws_keys *keys, bool has_kid, struct str kid,
             const struct signature_key **out, struct err *err)
{
        if (!has_kid && keys->count != 1)
                return err_set(err, ERR_NOT_FOUND, "the token does not say which of the provider's keys "
                               "signed it (kid)");
        for (size_t i = 0; i < keys->count; i++)
                if (!has_kid || (kid.n > 0 && str_eq(keys->list[i].kid, kid))) {
                        *out = keys->list[i].key;
                        return 0;
                }
        return err_set(err, ERR_NOT_FOUND, "the provider has no key of kid \"%.*s\"", STR_ARG(kid));
}
