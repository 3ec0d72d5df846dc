/*
 * signature.c -- OpenSSL's one-shot verification behind keys that were checked when they were made.
 */
#include "crypto/signature.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { RSA_BYTES_MIN = 256, RSA_BYTES_MAX = 512, POINT_LEN = 65 };

struct signature_key {
        enum signature_kind kind;
        EVP_PKEY *key;
};

static void free_builder(OSSL_PARAM_BLD **p)
{
        OSSL_PARAM_BLD_free(*p);
}

static void free_params(OSSL_PARAM **p)
{
        OSSL_PARAM_free(*p);
}

static void free_context(EVP_PKEY_CTX **p)
{
        EVP_PKEY_CTX_free(*p);
}

static void free_number(BIGNUM **p)
{
        BN_free(*p);
}

static int wrap(enum signature_kind kind, EVP_PKEY *inner, struct signature_key **out, struct err *err)
{
        ERR_clear_error();
        if (inner == NULL)
                return err_set(err, ERR_INVALID, "this is not a public key that can be used");
        struct signature_key *key = xalloc(sizeof *key);

        *key = (struct signature_key){ kind, inner };
        *out = key;
        return 0;
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *builder)
{
        OSSL_PARAM *params CLEANUP(free_params) = OSSL_PARAM_BLD_to_param(builder);
        EVP_PKEY_CTX *ctx CLEANUP(free_context) = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
        EVP_PKEY *key = NULL;

        if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
            EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
                return NULL;
        EVP_PKEY_CTX *checker CLEANUP(free_context) = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

        /* For P-256: the point is on the curve. For RSA: no small factors and the like. */
        if (checker == NULL || EVP_PKEY_public_check(checker) != 1) {
                EVP_PKEY_free(key);
                return NULL;
        }
        return key;
}

static BIGNUM *number(struct str bytes)
{
        BIGNUM *n = BN_bin2bn((const unsigned char *)bytes.p, (int)bytes.n, NULL);

        check(n != NULL);
        return n;
}

int signature_key_rsa(struct str modulus, struct str exponent, struct signature_key **out,
                      struct err *err)
{
        if (modulus.n < RSA_BYTES_MIN || modulus.n > RSA_BYTES_MAX ||
            (unsigned char)modulus.p[0] < 0x80 || exponent.n == 0 || exponent.n > 4 ||
            exponent.p[0] == 0)
                return err_set(err, ERR_INVALID,
                               "an RSA key here has a modulus of 2048 to 4096 bits and an exponent below "
                               "2^32");
        BIGNUM *n CLEANUP(free_number) = number(modulus);
        BIGNUM *e CLEANUP(free_number) = number(exponent);
        OSSL_PARAM_BLD *builder CLEANUP(free_builder) = OSSL_PARAM_BLD_new();

        check(builder != NULL && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1);
        if (!BN_is_odd(n) || !BN_is_odd(e) || BN_is_one(e))
                return err_set(err, ERR_INVALID, "this RSA key is broken: its numbers must be odd");
        return wrap(SIGNATURE_RS256, from_params("RSA", builder), out, err);
}

int signature_key_p256(const uint8_t xy[static SIGNATURE_P256_LEN], struct signature_key **out,
                       struct err *err)
{
        uint8_t point[POINT_LEN] = { 4 };       /* uncompressed: SEC 1, 2.3.3 */
        OSSL_PARAM_BLD *builder CLEANUP(free_builder) = OSSL_PARAM_BLD_new();

        memcpy(point + 1, xy, SIGNATURE_P256_LEN);
        check(builder != NULL &&
              OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                               sizeof point) == 1);
        return wrap(SIGNATURE_ES256, from_params("EC", builder), out, err);
}

int signature_key_ed25519(const uint8_t point[static SIGNATURE_ED25519_LEN],
                          struct signature_key **out, struct err *err)
{
        /* OpenSSL takes points of small order, under which one signature fits many messages. */
        EVP_PKEY *key = crypto_core_ed25519_is_valid_point(point) == 1
                                ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point,
                                                              SIGNATURE_ED25519_LEN)
                                : NULL;

        return wrap(SIGNATURE_EDDSA, key, out, err);
}

void signature_key_free(struct signature_key **key)
{
        if (*key != NULL)
                EVP_PKEY_free((*key)->key);
        free(*key);
        *key = NULL;
}

enum signature_kind signature_kind(const struct signature_key *key)
{
        return key->kind;
}

int signature_check(const struct signature_key *key, struct str message, struct str signature,
                    struct err *err)
{
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        const EVP_MD *digest = key->kind == SIGNATURE_EDDSA ? NULL : EVP_sha256();

        check(ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, digest, NULL, key->key) == 1);
        int r = EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
                                 (const unsigned char *)message.p, message.n);

        EVP_MD_CTX_free(ctx);
        ERR_clear_error();
        return r == 1 ? 0 : err_set(err, ERR_DENIED, "the signature does not fit the message and the key");
}

static int check_es256_raw(const struct signature_key *key, struct str message, struct str raw,
                           struct err *err)
{
        ECDSA_SIG *pair = ECDSA_SIG_new();
        BIGNUM *r = number(str_make(raw.p, raw.n / 2)), *s = number(str_make(raw.p + raw.n / 2, raw.n / 2));
        unsigned char *der = NULL;

        check(pair != NULL && ECDSA_SIG_set0(pair, r, s) == 1);
        int n = i2d_ECDSA_SIG(pair, &der);

        ECDSA_SIG_free(pair);
        check(n > 0);
        int result = signature_check(key, message, str_make((const char *)der, (size_t)n), err);

        OPENSSL_free(der);
        return result;
}

int signature_check_raw(const struct signature_key *key, struct str message, struct str signature,
                        struct err *err)
{
        if (key->kind != SIGNATURE_RS256 && signature.n != SIGNATURE_RAW_LEN)
                return err_set(err, ERR_DENIED, "the signature has not the length of its kind");
        if (key->kind == SIGNATURE_ES256)
                return check_es256_raw(key, message, signature, err);
        return signature_check(key, message, signature, err);
}

/*
 * The generators of P-256 (FIPS 186-4, D.1.2.3) and of Ed25519 (RFC 8032, 5.1): public keys that
 * everybody has.
 */
static const uint8_t p256_generator[SIGNATURE_P256_LEN] = {
        0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
        0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
        0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
        0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
};

static int try_once(struct signature_key *key, size_t length, struct err *err)
{
        char nonsense[RSA_BYTES_MIN] = { 0 };
        int r = signature_check_raw(key, STR("prepare"), str_make(nonsense, length), NULL);

        signature_key_free(&key);
        if (r != ERR_DENIED)
                return err_set(err, ERR_UNSUPPORTED, "OpenSSL accepts nonsense as a signature");
        return 0;
}

int signature_prepare(struct err *err)
{
        static const char exponent[] = { 1, 0, 1 };
        char modulus[RSA_BYTES_MIN];
        uint8_t ed25519_generator[SIGNATURE_ED25519_LEN];
        struct signature_key *key = NULL;

        /* As tls_prepare(): no openssl.cnf decides anything here, and none is opened later. */
        if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_LOAD_CONFIG |
                                OPENSSL_INIT_NO_ATEXIT, NULL) != 1)
                return err_set(err, ERR_UNSUPPORTED, "OpenSSL does not start");
        memset(modulus, 0xff, sizeof modulus);
        memset(ed25519_generator, 0x66, sizeof ed25519_generator);
        ed25519_generator[0] = 0x58;
        if (signature_key_p256(p256_generator, &key, NULL) < 0 ||
            try_once(key, SIGNATURE_RAW_LEN, err) < 0)
                return err_set(err, ERR_UNSUPPORTED, "OpenSSL does not offer ECDSA on P-256");
        if (signature_key_ed25519(ed25519_generator, &key, NULL) < 0 ||
            try_once(key, SIGNATURE_RAW_LEN, err) < 0)
                return err_set(err, ERR_UNSUPPORTED, "OpenSSL does not offer Ed25519");
        /*
         * Not a product of two primes, so the key's own check refuses it; it has loaded what RSA needs.
         */
        int r = signature_key_rsa(str_make(modulus, sizeof modulus), str_make(exponent, sizeof exponent),
                                  &key, NULL);

        return r < 0 ? 0 : try_once(key, RSA_BYTES_MIN, err);
}
