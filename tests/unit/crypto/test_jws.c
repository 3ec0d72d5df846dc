/*
 * test_jws.c -- the published tokens are accepted; every forgery anybody has named is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/xalloc.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "crypto/prepare.h"
#include "signer.h"

enum { NOW = 1700000000 };

#define PAYLOAD "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

/* RFC 7515, A.2 and A.3; RFC 8037, A.4. */
static const struct {
        const char *set, *token, *payload;
} published[] = {
        { "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
          "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR"
          "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB"
          "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia"
          "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}]}",
          "eyJhbGciOiJSUzI1NiJ9." PAYLOAD "."
          "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9"
          "uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
          "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq"
          "Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
          "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}" },
        { "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
          "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}",
          "eyJhbGciOiJFUzI1NiJ9." PAYLOAD "."
          "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
          "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}" },
        { "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}",
          "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
          "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
          "Example of Ed25519 signing" },
};

static void the_published_tokens_are_accepted(void **state)
{
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(published); i++) {
                struct jws_keys *keys CLEANUP_JWS_KEYS = NULL;
                struct buf payload CLEANUP_BUF = { 0 };

                assert_int_equal(jws_keys_parse(str_of(published[i].set), &keys, &err), 0);
                if (jws_verify(keys, str_of(published[i].token), &payload, &err) < 0)
                        fail_msg("%zu: %s", i, err.text);
                assert_string_equal(buf_cstr(&payload), published[i].payload);
        }
}

static void one_changed_letter_anywhere_is_refused(void **state)
{
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(published); i++) {
                struct jws_keys *keys CLEANUP_JWS_KEYS = NULL;
                char *token CLEANUP_FREE = xstrdup(published[i].token);

                assert_int_equal(jws_keys_parse(str_of(published[i].set), &keys, &err), 0);
                for (size_t at = 0; token[at] != '\0'; at++) {
                        struct buf payload CLEANUP_BUF = { 0 };
                        char keep = token[at];

                        token[at] = keep == 'A' ? 'B' : 'A';
                        if (jws_verify(keys, str_of(token), &payload, &err) >= 0)
                                fail_msg("token %zu, letter %zu", i, at);
                        assert_int_equal(payload.n, 0);
                        token[at] = keep;
                }
        }
}

/* One provider with a key of each kind, and what its tokens say. */
static struct signer *rsa, *p256, *ed25519;
static struct jws_keys *keys;

#define HEADER(alg, kid) "{\"alg\":\"" alg "\",\"kid\":\"" kid "\"}"
#define CLAIMS                                                                                     \
        "\"iss\":\"https://id.example\",\"sub\":\"u1\",\"exp\":1700000300,\"iat\":1700000000"
#define GOOD "{" CLAIMS ",\"aud\":\"carrel\",\"nonce\":\"n-1\"}"

static const struct jws_expected expected = { STR("https://id.example"), STR("carrel"), STR("n-1"), NOW };

static int start_provider(void **state)
{
        struct buf set CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        (void)state;
        if (crypto_prepare(&err) < 0)
                return -1;
        rsa = signer_new(SIGNER_RSA_2048);
        p256 = signer_new(SIGNER_P256);
        ed25519 = signer_new(SIGNER_ED25519);
        BUF_LIT(&set, "{\"keys\":[");
        signer_jwk(rsa, "r", ",\"use\":\"sig\",\"alg\":\"RS256\"", &set);
        buf_putc(&set, ',');
        signer_jwk(p256, "e", ",\"key_ops\":[\"verify\"]", &set);
        buf_putc(&set, ',');
        signer_jwk(ed25519, "d", "", &set);
        BUF_LIT(&set, "]}");
        return jws_keys_parse(buf_str(&set), &keys, &err);
}

static int stop_provider(void **state)
{
        (void)state;
        signer_free(&rsa);
        signer_free(&p256);
        signer_free(&ed25519);
        jws_keys_free(&keys);
        return 0;
}

static int log_in(const struct signer *signer, const char *header, const char *claims, struct err *err)
{
        struct buf token CLEANUP_BUF = { 0 };
        struct json *out CLEANUP_JSON = NULL;

        signer_token(signer, header, claims, &token);
        int r = jws_id_token(keys, buf_str(&token), &expected, &out, err);

        assert_int_equal(out != NULL, r == 0);
        return r;
}

static void a_token_of_each_kind_logs_in(void **state)
{
        struct err err = { 0 };

        (void)state;
        assert_int_equal(jws_keys_count(keys), 3);
        assert_int_equal(log_in(rsa, HEADER("RS256", "r"), GOOD, &err), 0);
        assert_int_equal(log_in(p256, HEADER("ES256", "e"), GOOD, &err), 0);
        assert_int_equal(log_in(ed25519, HEADER("EdDSA", "d"), GOOD, &err), 0);
        assert_int_equal(log_in(ed25519, "{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"kid\":\"d\",\"x5t\":\"AA\"}", GOOD,
                                &err), 0);
}

static void no_header_turns_the_check_off_or_into_another(void **state)
{
        static const char *const algs[] = { "none", "None", "", "HS256", "RS384", "RS512", "PS256", "ES384", "ES256",
                                            "EdDSA", "rs256", "RSA-OAEP", "Ed25519", "RS256 " };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
                char header[80];

                snprintf(header, sizeof header, "{\"alg\":\"%s\",\"kid\":\"r\"}", algs[i]);
                assert_int_equal(log_in(rsa, header, GOOD, &err), ERR_DENIED);
        }
        assert_int_equal(log_in(rsa, "{\"kid\":\"r\"}", GOOD, &err), ERR_DENIED);
        assert_int_equal(log_in(rsa, "{\"alg\":[\"RS256\"],\"kid\":\"r\"}", GOOD, &err), ERR_DENIED);
}

static void an_empty_signature_is_none(void **state)
{
        static const char *const headers[] = { HEADER("none", "r"), HEADER("RS256", "r"), HEADER("ES256", "e"),
                                               HEADER("EdDSA", "d") };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
                struct buf token CLEANUP_BUF = { 0 }, payload CLEANUP_BUF = { 0 };

                base64url_add(&token, headers[i], strlen(headers[i]));
                buf_putc(&token, '.');
                base64url_add(&token, GOOD, strlen(GOOD));
                buf_putc(&token, '.');
                assert_int_equal(jws_verify(keys, buf_str(&token), &payload, &err), ERR_DENIED);
        }
}

/* CVE-2015-9235 and its kind: the public key, as any spelling of it, taken for a shared secret. */
static void the_public_key_is_no_shared_secret(void **state)
{
        struct buf key CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        (void)state;
        signer_public(rsa, &key);
        static const char *const headers[] = { HEADER("HS256", "r"), HEADER("RS256", "r") };

        for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
                struct buf token CLEANUP_BUF = { 0 }, payload CLEANUP_BUF = { 0 };
                uint8_t mac[32];
                unsigned n = 0;

                base64url_add(&token, headers[i], strlen(headers[i]));
                buf_putc(&token, '.');
                base64url_add(&token, GOOD, strlen(GOOD));
                assert_non_null(HMAC(EVP_sha256(), key.p, (int)key.n, (const uint8_t *)token.p, token.n, mac, &n));
                buf_putc(&token, '.');
                base64url_add(&token, mac, n);
                assert_int_equal(jws_verify(keys, buf_str(&token), &payload, &err), ERR_DENIED);
        }
}

static void a_key_in_the_token_is_not_looked_at(void **state)
{
        struct signer *mallory CLEANUP_SIGNER = signer_new(SIGNER_ED25519);
        struct buf header CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        (void)state;
        BUF_LIT(&header, "{\"alg\":\"EdDSA\",\"kid\":\"d\",\"jku\":\"https://mallory.example\",\"jwk\":");
        signer_jwk(mallory, "d", "", &header);
        buf_putc(&header, '}');
        assert_int_equal(log_in(mallory, buf_cstr(&header), GOOD, &err), ERR_DENIED);
}

static void another_key_of_the_provider_does_not_do(void **state)
{
        struct err err = { 0 };

        (void)state;
        assert_int_equal(log_in(ed25519, HEADER("EdDSA", "e"), GOOD, &err), ERR_DENIED);
        assert_int_equal(log_in(ed25519, HEADER("ES256", "e"), GOOD, &err), ERR_DENIED);
        assert_int_equal(log_in(p256, HEADER("ES256", "d"), GOOD, &err), ERR_DENIED);
        assert_int_equal(log_in(p256, HEADER("ES256", "r"), GOOD, &err), ERR_DENIED);
}

static void an_unknown_or_missing_kid_asks_for_new_keys(void **state)
{
        struct err err = { 0 };

        (void)state;
        assert_int_equal(log_in(rsa, HEADER("RS256", "x"), GOOD, &err), ERR_NOT_FOUND);
        assert_int_equal(log_in(rsa, HEADER("RS256", ""), GOOD, &err), ERR_NOT_FOUND);
        assert_int_equal(log_in(rsa, "{\"alg\":\"RS256\"}", GOOD, &err), ERR_NOT_FOUND);
        assert_int_equal(log_in(rsa, "{\"alg\":\"RS256\",\"kid\":7}", GOOD, &err), ERR_INVALID);
}

static void headers_with_extensions_or_two_of_a_member_are_refused(void **state)
{
        static const char *const headers[] = {
                "{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"exp\"]}", "{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[]}",
                "{\"alg\":\"RS256\",\"kid\":\"r\",\"b64\":false}", "{\"alg\":\"RS256\",\"kid\":\"r\",\"zip\":\"DEF\"}",
                "{\"alg\":\"RS256\",\"kid\":\"r\",\"enc\":\"A128GCM\"}", "{\"alg\":\"RS256\",\"kid\":\"r\",\"cty\":\"JWT\"}",
                "{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"at+jwt\"}", "{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":1}",
                "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"r\"}", "{\"alg\":\"RS256\",\"kid\":\"r\",\"kid\":\"r\"}",
                "[\"RS256\"]", "\"RS256\"", "", "{", "{\"alg\":\"RS256\",\"kid\":\"r\"} {}",
        };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(headers); i++)
                if (log_in(rsa, headers[i], GOOD, &err) != ERR_INVALID)
                        fail_msg("%s", headers[i]);
}

static void wrong_claims_are_refused_each_by_name(void **state)
{
        static const struct {
                const char *claims, *name;
        } wrong[] = {
                { "{" CLAIMS ",\"nonce\":\"n-1\"}", "aud" },
                { "{" CLAIMS ",\"aud\":\"other\",\"nonce\":\"n-1\"}", "aud" },
                { "{" CLAIMS ",\"aud\":\"carrel2\",\"nonce\":\"n-1\"}", "aud" },
                { "{" CLAIMS ",\"aud\":[],\"nonce\":\"n-1\"}", "aud" },
                { "{" CLAIMS ",\"aud\":[\"other\"],\"nonce\":\"n-1\"}", "aud" },
                { "{" CLAIMS ",\"aud\":[\"carrel\",7],\"nonce\":\"n-1\",\"azp\":\"carrel\"}", "aud" },
                { "{" CLAIMS ",\"aud\":{\"carrel\":1},\"nonce\":\"n-1\"}", "aud" },
                { "{" CLAIMS ",\"aud\":[\"carrel\",\"other\"],\"nonce\":\"n-1\"}", "azp" },
                { "{" CLAIMS ",\"aud\":[\"carrel\",\"other\"],\"azp\":\"other\",\"nonce\":\"n-1\"}", "azp" },
                { "{" CLAIMS ",\"aud\":\"carrel\",\"azp\":\"other\",\"nonce\":\"n-1\"}", "azp" },
                { "{" CLAIMS ",\"aud\":\"carrel\"}", "nonce" },
                { "{" CLAIMS ",\"aud\":\"carrel\",\"nonce\":\"n-2\"}", "nonce" },
                { "{" CLAIMS ",\"aud\":\"carrel\",\"nonce\":[\"n-1\"]}", "nonce" },
                { "{\"iss\":\"https://id.example/\",\"sub\":\"u1\",\"exp\":1700000300,\"iat\":1700000000,"
                  "\"aud\":\"carrel\",\"nonce\":\"n-1\"}", "iss" },
                { "{\"iss\":\"https://other.example\",\"sub\":\"u1\",\"exp\":1700000300,\"iat\":1700000000,"
                  "\"aud\":\"carrel\",\"nonce\":\"n-1\"}", "iss" },
                { "{\"sub\":\"u1\",\"exp\":1700000300,\"iat\":1700000000,\"aud\":\"carrel\",\"nonce\":\"n-1\"}", "iss" },
                { "{\"iss\":\"https://id.example\",\"exp\":1700000300,\"iat\":1700000000,"
                  "\"aud\":\"carrel\",\"nonce\":\"n-1\"}", "sub" },
                { "{\"iss\":\"https://id.example\",\"sub\":\"\",\"exp\":1700000300,\"iat\":1700000000,"
                  "\"aud\":\"carrel\",\"nonce\":\"n-1\"}", "sub" },
                { "[]", "JSON object" },
        };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
                if (log_in(ed25519, HEADER("EdDSA", "d"), wrong[i].claims, &err) != ERR_DENIED ||
                    strstr(err.text, wrong[i].name) == NULL)
                        fail_msg("%s: %s", wrong[i].claims, err.text);
        assert_int_equal(log_in(ed25519, HEADER("EdDSA", "d"), "{" CLAIMS ",\"aud\":[\"carrel\",\"other\"],"
                                "\"azp\":\"carrel\",\"nonce\":\"n-1\"}", &err), 0);
        assert_int_equal(log_in(ed25519, HEADER("EdDSA", "d"), "{" CLAIMS ",\"aud\":[\"carrel\"],\"nonce\":\"n-1\"}",
                                &err), 0);
        /* Two of one claim: nobody may choose which counts. */
        assert_int_equal(log_in(ed25519, HEADER("EdDSA", "d"), "{" CLAIMS ",\"aud\":\"carrel\",\"aud\":\"other\","
                                "\"nonce\":\"n-1\"}", &err), ERR_INVALID);
        assert_int_equal(log_in(ed25519, HEADER("EdDSA", "d"), "no json", &err), ERR_INVALID);
}

static int at_times(const char *times, struct err *err)
{
        char claims[300];

        snprintf(claims, sizeof claims, "{\"iss\":\"https://id.example\",\"sub\":\"u1\",\"aud\":\"carrel\","
                                        "\"nonce\":\"n-1\"%s}", times);
        return log_in(ed25519, HEADER("EdDSA", "d"), claims, err);
}

static void times_have_a_minute_of_leeway_and_no_more(void **state)
{
        static const struct {
                const char *times;
                int result;
        } cases[] = {
                { ",\"exp\":1699999941,\"iat\":1700000000", 0 },
                { ",\"exp\":1699999940,\"iat\":1700000000", ERR_DENIED },
                { ",\"exp\":1700000300,\"iat\":1700000060", 0 },
                { ",\"exp\":1700000300,\"iat\":1700000061", ERR_DENIED },
                { ",\"exp\":1700000300,\"iat\":1700000000,\"nbf\":1700000060", 0 },
                { ",\"exp\":1700000300,\"iat\":1700000000,\"nbf\":1700000061", ERR_DENIED },
                { ",\"exp\":1700000300,\"iat\":1700000000,\"nbf\":\"soon\"", ERR_DENIED },
                { ",\"iat\":1700000000", ERR_DENIED },
                { ",\"exp\":1700000300", ERR_DENIED },
                { ",\"exp\":\"1700000300\",\"iat\":1700000000", ERR_DENIED },
                { ",\"exp\":null,\"iat\":1700000000", ERR_DENIED },
                { ",\"exp\":-9223372036854775808,\"iat\":1700000000", ERR_DENIED },
                { ",\"exp\":9223372036854775807,\"iat\":9223372036854775807", ERR_DENIED },
        };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                if (at_times(cases[i].times, &err) != cases[i].result)
                        fail_msg("%s", cases[i].times);
}

/* Mix-up: an honest token of one provider, shown as another's. */
static void a_token_of_another_provider_is_refused(void **state)
{
        struct signer *other CLEANUP_SIGNER = signer_new(SIGNER_ED25519);
        struct err err = { 0 };

        (void)state;
        assert_int_equal(log_in(other, HEADER("EdDSA", "d"), GOOD, &err), ERR_DENIED);
        struct jws_keys *theirs CLEANUP_JWS_KEYS = NULL;
        struct buf set CLEANUP_BUF = { 0 }, token CLEANUP_BUF = { 0 };
        struct json *claims CLEANUP_JSON = NULL;

        BUF_LIT(&set, "{\"keys\":[");
        signer_jwk(other, "d", "", &set);
        BUF_LIT(&set, "]}");
        assert_int_equal(jws_keys_parse(buf_str(&set), &theirs, &err), 0);
        signer_token(other, HEADER("EdDSA", "d"), "{\"iss\":\"https://other.example\",\"sub\":\"u1\",\"exp\":1700000300,"
                     "\"iat\":1700000000,\"aud\":\"carrel\",\"nonce\":\"n-1\"}", &token);
        assert_int_equal(jws_id_token(theirs, buf_str(&token), &expected, &claims, &err), ERR_DENIED);
}

static void other_forms_and_sizes_are_refused(void **state)
{
        static const struct {
                const char *token;
                int result;
        } bad[] = {
                { "", ERR_INVALID }, { ".", ERR_INVALID }, { "..", ERR_INVALID }, { "a.b", ERR_INVALID },
                { "a.b.c.d", ERR_INVALID }, { "a.b.c.d.e", ERR_INVALID }, { "e30.e30.", ERR_NOT_FOUND },
                { "{\"payload\":\"\",\"signatures\":[]}", ERR_INVALID }, { "e30=.e30.AA", ERR_INVALID },
        };
        struct buf payload CLEANUP_BUF = { 0 }, big CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                if (jws_verify(keys, str_of(bad[i].token), &payload, &err) != bad[i].result)
                        fail_msg("%s: %s", bad[i].token, err.text);
        for (size_t i = 0; i <= JWS_TOKEN_MAX; i++)
                buf_putc(&big, i == 8000 || i == 16000 ? '.' : 'A');
        assert_int_equal(jws_verify(keys, buf_str(&big), &payload, &err), ERR_LIMIT);
        assert_int_equal(jws_verify(keys, str_make(big.p, JWS_TOKEN_MAX), &payload, &err), ERR_LIMIT);
        assert_int_equal(payload.n, 0);
}

static int parse_set(const char *members, struct jws_keys **out, struct err *err)
{
        struct buf set CLEANUP_BUF = { 0 };

        buf_printf(&set, "{\"keys\":[%s]}", members);
        return jws_keys_parse(buf_str(&set), out, err);
}

static void keys_for_other_uses_are_left_out(void **state)
{
        static const struct {
                enum signer_kind kind;
                const char *extra;
        } unusable[] = {
                { SIGNER_RSA_1024, "" },
                { SIGNER_P384, "" },
                { SIGNER_ED25519, ",\"use\":\"enc\"" },
                { SIGNER_ED25519, ",\"alg\":\"RS256\"" },
                { SIGNER_P256, ",\"alg\":\"ECDH-ES\"" },
                { SIGNER_ED25519, ",\"key_ops\":[\"sign\"]" },
                { SIGNER_ED25519, ",\"d\":\"AAAA\"" },
                { SIGNER_RSA_2048, ",\"alg\":\"PS256\"" },
                { SIGNER_RSA_2048, ",\"alg\":\"HS256\"" },
        };
        struct jws_keys *set = NULL;
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(unusable); i++) {
                struct signer *s CLEANUP_SIGNER = signer_new(unusable[i].kind);
                struct buf jwk CLEANUP_BUF = { 0 };

                signer_jwk(s, "k", unusable[i].extra, &jwk);
                assert_int_equal(parse_set(buf_cstr(&jwk), &set, &err), ERR_INVALID);
                assert_null(set);
                BUF_LIT(&jwk, ",");
                signer_jwk(p256, "e", "", &jwk);
                assert_int_equal(parse_set(buf_cstr(&jwk), &set, &err), 0);
                assert_int_equal(jws_keys_count(set), 1);
                jws_keys_free(&set);
        }
}

static void broken_keys_and_sets_are_refused(void **state)
{
        static const char *const broken[] = {
                "", "1", "{}", "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                /* not on the curve; the zero point; a point of small order; too short */
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
                "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAA\"}",
                "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        };
        struct jws_keys *set = NULL;
        struct buf jwk CLEANUP_BUF = { 0 }, many CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(broken); i++)
                if (parse_set(broken[i], &set, &err) != ERR_INVALID)
                        fail_msg("%s", broken[i]);
        assert_int_equal(jws_keys_parse(STR("{}"), &set, &err), ERR_INVALID);
        assert_int_equal(jws_keys_parse(STR("[]"), &set, &err), ERR_INVALID);
        assert_int_equal(jws_keys_parse(STR("{\"keys\":[],\"keys\":[]}"), &set, &err), ERR_INVALID);
        signer_jwk(p256, "same", "", &jwk);
        BUF_LIT(&jwk, ",");
        signer_jwk(ed25519, "same", "", &jwk);
        assert_int_equal(parse_set(buf_cstr(&jwk), &set, &err), ERR_INVALID);
        for (int i = 0; i <= JWS_KEYS_MAX; i++)
                buf_puts(&many, i == 0 ? "{}" : ",{}");
        assert_int_equal(parse_set(buf_cstr(&many), &set, &err), ERR_LIMIT);
        buf_clear(&many);
        for (int i = 0; i <= JWS_KEYS_TEXT_MAX; i++)
                buf_putc(&many, ' ');
        assert_int_equal(jws_keys_parse(buf_str(&many), &set, &err), ERR_LIMIT);
        assert_null(set);
}

/* RSA with exponent 1 would let anybody sign; an even one is no key. */
static void rsa_keys_with_weak_exponents_are_left_out(void **state)
{
        static const char *const exponents[] = { "AQ", "Ag", "AAAB", "", "AQAAAAE", "AAEAAQ" };
        struct buf modulus CLEANUP_BUF = { 0 };
        struct jws_keys *set = NULL;
        struct err err = { 0 };

        (void)state;
        signer_public(rsa, &modulus);
        for (size_t i = 0; i < ARRAY_LEN(exponents); i++) {
                struct buf jwk CLEANUP_BUF = { 0 };

                buf_printf(&jwk, "{\"kty\":\"RSA\",\"e\":\"%s\",\"n\":\"", exponents[i]);
                base64url_add(&jwk, modulus.p, modulus.n);
                BUF_LIT(&jwk, "\"}");
                assert_int_equal(parse_set(buf_cstr(&jwk), &set, &err), ERR_INVALID);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_published_tokens_are_accepted),
                cmocka_unit_test(one_changed_letter_anywhere_is_refused),
                cmocka_unit_test(a_token_of_each_kind_logs_in),
                cmocka_unit_test(no_header_turns_the_check_off_or_into_another),
                cmocka_unit_test(an_empty_signature_is_none),
                cmocka_unit_test(the_public_key_is_no_shared_secret),
                cmocka_unit_test(a_key_in_the_token_is_not_looked_at),
                cmocka_unit_test(another_key_of_the_provider_does_not_do),
                cmocka_unit_test(an_unknown_or_missing_kid_asks_for_new_keys),
                cmocka_unit_test(headers_with_extensions_or_two_of_a_member_are_refused),
                cmocka_unit_test(wrong_claims_are_refused_each_by_name),
                cmocka_unit_test(times_have_a_minute_of_leeway_and_no_more),
                cmocka_unit_test(a_token_of_another_provider_is_refused),
                cmocka_unit_test(other_forms_and_sizes_are_refused),
                cmocka_unit_test(keys_for_other_uses_are_left_out),
                cmocka_unit_test(broken_keys_and_sets_are_refused),
                cmocka_unit_test(rsa_keys_with_weak_exponents_are_left_out),
        };

        return cmocka_run_group_tests(tests, start_provider, stop_provider);
}
