/*
 * signer.c -- OpenSSL's other half.
 */
#include "signer.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "crypto/base64url.h"

struct signer {
        enum signer_kind kind;
        EVP_PKEY *key;
};

struct signer *signer_new(enum signer_kind kind)
{
        struct signer *s = xalloc(sizeof *s);

        s->kind = kind;
        switch (kind) {
        case SIGNER_RSA_1024:
                s->key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
                break;
        case SIGNER_RSA_2048:
                s->key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
                break;
        case SIGNER_P256:
                s->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
                break;
        case SIGNER_P384:
                s->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
                break;
        case SIGNER_ED25519:
                s->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
                break;
        }
        check(s->key != NULL);
        return s;
}

void signer_free(struct signer **signer)
{
        if (*signer != NULL)
                EVP_PKEY_free((*signer)->key);
        free(*signer);
        *signer = NULL;
}

void signer_public(const struct signer *signer, struct buf *out)
{
        uint8_t bytes[512];
        size_t n = sizeof bytes;
        BIGNUM *modulus = NULL;

        switch (signer->kind) {
        case SIGNER_RSA_1024:
        case SIGNER_RSA_2048:
                check(EVP_PKEY_get_bn_param(signer->key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1);
                n = (size_t)BN_bn2bin(modulus, bytes);
                BN_free(modulus);
                buf_add(out, bytes, n);
                break;
        case SIGNER_P256:
        case SIGNER_P384:
                check(EVP_PKEY_get_octet_string_param(signer->key, OSSL_PKEY_PARAM_PUB_KEY, bytes,
                                                      sizeof bytes, &n) == 1);
                check(bytes[0] == 4);
                buf_add(out, bytes + 1, n - 1);
                break;
        case SIGNER_ED25519:
                check(EVP_PKEY_get_raw_public_key(signer->key, bytes, &n) == 1);
                buf_add(out, bytes, n);
                break;
        }
}

static size_t to_raw(const uint8_t *der, size_t n, uint8_t *raw)
{
        ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);

        check(pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32) == 32 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32) == 32);
        ECDSA_SIG_free(pair);
        return 64;
}

void signer_sign(const struct signer *signer, struct str message, bool raw, struct buf *out)
{
        uint8_t bytes[512], converted[64];
        size_t n = sizeof bytes;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        const EVP_MD *digest = signer->kind == SIGNER_ED25519 ? NULL : EVP_sha256();

        check(ctx != NULL && EVP_DigestSignInit(ctx, NULL, digest, NULL, signer->key) == 1);
        check(EVP_DigestSign(ctx, bytes, &n, (const uint8_t *)message.p, message.n) == 1);
        EVP_MD_CTX_free(ctx);
        if (raw && signer->kind == SIGNER_P256)
                buf_add(out, converted, to_raw(bytes, n, converted));
        else
                buf_add(out, bytes, n);
}

void signer_jwk(const struct signer *signer, const char *kid, const char *extra, struct buf *out)
{
        struct buf key CLEANUP_BUF = { 0 };

        signer_public(signer, &key);
        buf_printf(out, "{\"kid\":\"%s\"%s", kid, extra);
        if (signer->kind <= SIGNER_RSA_2048) {
                BUF_LIT(out, ",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"");
                base64url_add(out, key.p, key.n);
        } else if (signer->kind == SIGNER_ED25519) {
                BUF_LIT(out, ",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
                base64url_add(out, key.p, key.n);
        } else {
                buf_printf(out, ",\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"",
                           signer->kind == SIGNER_P256 ? "P-256" : "P-384");
                base64url_add(out, key.p, key.n / 2);
                BUF_LIT(out, "\",\"y\":\"");
                base64url_add(out, key.p + key.n / 2, key.n / 2);
        }
        BUF_LIT(out, "\"}");
}

void signer_token(const struct signer *signer, const char *header, const char *payload, struct buf *out)
{
        struct buf signature CLEANUP_BUF = { 0 };

        base64url_add(out, header, strlen(header));
        buf_putc(out, '.');
        base64url_add(out, payload, strlen(payload));
        signer_sign(signer, buf_str(out), true, &signature);
        buf_putc(out, '.');
        base64url_add(out, signature.p, signature.n);
}
