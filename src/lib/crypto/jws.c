/*
 * jws.c -- three parts and two dots; nothing is believed before the signature fits.
 */
#include "crypto/jws.h"

#include <string.h>

#include "base/check.h"
#include "crypto/base64url.h"
#include "crypto/jwk.h"
#include "crypto/secret.h"
#include "crypto/signature.h"

static int decode(struct str text, size_t max, struct buf *out, struct err *err)
{
        size_t room = text.n / 4 * 3 + 3;

        if (room > max + 3)
                return err_set(err, ERR_LIMIT, "a part of the token is longer than %zu bytes", max);
        buf_reserve(out, room);
        int n = base64url_bytes(text, out->p + out->n, room, err);

        if (n < 0)
                return err_wrap(err, n, "the token is damaged");
        out->n += (size_t)n;
        return 0;
}

/* Members that change what the token means, to those who understand them; we understand none. */
static int refuse_extensions(const struct json *header, struct err *err)
{
        static const char *const extensions[] = { "crit", "b64", "enc", "zip", "cty", "epk" };

        for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
                if (json_has(header, extensions[i]))
                        return err_set(err, ERR_INVALID, "the token's header has \"%s\", which is not "
                                       "allowed here", extensions[i]);
        if (json_has(header, "typ") && !str_eq_nocase(json_get_text(header, "typ"), STR("JWT")))
                return err_set(err, ERR_INVALID, "the token's typ is not JWT: it was made for another use");
        if (json_has(header, "kid") && json_kind(json_get(header, "kid")) != JSON_KIND_TEXT)
                return err_set(err, ERR_INVALID, "the token's kid is not text");
        return 0;
}

static int read_header(struct str text, struct json **out, struct err *err)
{
        struct buf bytes CLEANUP_BUF = { 0 };
        struct json *header CLEANUP_JSON = NULL;
        int r = decode(text, JWS_HEADER_MAX, &bytes, err);

        if (r < 0)
                return r;
        r = json_parse(buf_str(&bytes), &header, err);
        if (r < 0)
                return err_wrap(err, ERR_INVALID, "the token's header");
        if (json_kind(header) != JSON_KIND_OBJECT)
                return err_set(err, ERR_INVALID, "the token's header is not a JSON object");
        r = refuse_extensions(header, err);
        if (r < 0)
                return r;
        *out = header;
        header = NULL;
        return 0;
}

struct parts {
        struct str header, payload, signature, signed_text;
};

static int split(struct str token, struct parts *out, struct err *err)
{
        struct str rest = token;
        size_t dots = 0;

        if (token.n > JWS_TOKEN_MAX)
                return err_set(err, ERR_LIMIT, "the token is longer than %d bytes", JWS_TOKEN_MAX);
        for (size_t i = 0; i < token.n; i++)
                dots += token.p[i] == '.';
        if (dots == 4)
                return err_set(err, ERR_INVALID, "the token is encrypted; set the provider to send signed "
                               "tokens only");
        if (dots != 2)
                return err_set(err, ERR_INVALID, "the token is not three parts with dots between them");
        out->header = str_cut(&rest, '.');
        out->payload = str_cut(&rest, '.');
        out->signature = rest;
        out->signed_text = str_make(token.p, out->header.n + 1 + out->payload.n);
        return 0;
}

int jws_verify(const struct jws_keys *keys, struct str token, struct buf *payload, struct err *err)
{
        struct json *header CLEANUP_JSON = NULL;
        struct buf signature CLEANUP_BUF = { 0 }, body CLEANUP_BUF = { 0 };
        const struct signature_key *key = NULL;
        struct parts parts;
        int r = split(token, &parts, err);

        if (r < 0 || (r = read_header(parts.header, &header, err)) < 0)
                return r;
        r = jwk_find(keys, json_has(header, "kid"), json_get_text(header, "kid"), &key, err);
        if (r < 0)
                return r;
        const char *alg = jwk_algorithm(signature_kind(key));

        if (!str_is(json_get_text(header, "alg"), alg))
                return err_set(err, ERR_DENIED, "the token's algorithm is not %s, the one of its key", alg);
        if ((r = decode(parts.signature, JWS_TOKEN_MAX, &signature, err)) < 0 ||
            (r = decode(parts.payload, JWS_TOKEN_MAX, &body, err)) < 0 ||
            (r = signature_check_raw(key, parts.signed_text, buf_str(&signature), err)) < 0)
                return r;
        buf_add_str(payload, buf_str(&body));
        return 0;
}

static int check_audience(const struct json *claims, struct str us, struct err *err)
{
        const struct json *aud = json_get(claims, "aud");
        size_t count = json_kind(aud) == JSON_KIND_ARRAY ? json_length(aud) : 0;
        bool found = json_kind(aud) == JSON_KIND_TEXT && str_eq(json_text(aud), us);

        for (size_t i = 0; i < count; i++) {
                if (json_kind(json_at(aud, i)) != JSON_KIND_TEXT)
                        return err_set(err, ERR_DENIED, "the token's aud holds something that is not text");
                found = found || str_eq(json_text(json_at(aud, i)), us);
        }
        if (!found)
                return err_set(err, ERR_DENIED, "the token was made for somebody else (aud)");
        if ((count > 1 || json_has(claims, "azp")) && !str_eq(json_get_text(claims, "azp"), us))
                return err_set(err, ERR_DENIED, "the token was handed to somebody else (azp)");
        return 0;
}

static int check_times(const struct json *claims, int64_t now, struct err *err)
{
        static const char *const names[] = { "exp", "iat", "nbf" };

        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                bool optional = i == 2 && !json_has(claims, names[i]);

                if (!optional && json_kind(json_get(claims, names[i])) != JSON_KIND_NUMBER)
                        return err_set(err, ERR_DENIED, "the token's %s is missing or not a time",
                                       names[i]);
        }
        if (json_get_int(claims, "exp") <= now - JWS_LEEWAY_SECONDS)
                return err_set(err, ERR_DENIED, "the token has expired (exp); log in again");
        if (json_get_int(claims, "iat") > now + JWS_LEEWAY_SECONDS ||
            json_get_int(claims, "nbf") > now + JWS_LEEWAY_SECONDS)
                return err_set(err, ERR_DENIED, "the token is from the future (iat, nbf); compare the clocks "
                               "of this host and the provider");
        return 0;
}

int jws_check_claims(const struct json *claims, const struct jws_expected *expected, struct err *err)
{
        struct str subject = json_get_text(claims, "sub");

        check(expected->issuer.n > 0 && expected->audience.n > 0 && expected->nonce.n > 0);
        if (json_kind(claims) != JSON_KIND_OBJECT)
                return err_set(err, ERR_DENIED, "the token's content is not a JSON object");
        if (!str_eq(json_get_text(claims, "iss"), expected->issuer))
                return err_set(err, ERR_DENIED, "the token comes from another provider (iss)");
        int r = check_audience(claims, expected->audience, err);

        if (r < 0 || (r = check_times(claims, expected->now, err)) < 0)
                return r;
        if (!secret_eq(json_get_text(claims, "nonce"), expected->nonce))
                return err_set(err, ERR_DENIED, "the token belongs to another login (nonce); log in again");
        if (subject.n == 0 || subject.n > 255)
                return err_set(err, ERR_DENIED, "the token names nobody (sub)");
        return 0;
}

int jws_id_token(const struct jws_keys *keys, struct str token, const struct jws_expected *expected,
                 struct json **claims, struct err *err)
{
        struct buf payload CLEANUP_BUF = { 0 };
        struct json *parsed CLEANUP_JSON = NULL;
        int r = jws_verify(keys, token, &payload, err);

        if (r < 0)
                return r;
        r = json_parse(buf_str(&payload), &parsed, err);
        if (r < 0)
                return err_wrap(err, ERR_INVALID, "the token's content");
        r = jws_check_claims(parsed, expected, err);
        if (r < 0)
                return r;
        *claims = parsed;
        parsed = NULL;
        return 0;
}
