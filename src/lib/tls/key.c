/*
 * key.c -- private keys in and out of DER, and OpenSSL's error queue in and out of sentences.
 */
#include "tls/key.h"

#include <limits.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "tls/private.h"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192, KEY_BYTES_MAX = 16 * 1024 };

int tls_error(struct err *err, int code, const char *sentence)
{
        unsigned long queued = ERR_get_error();
        const char *reason = queued != 0 ? ERR_reason_error_string(queued) : NULL;

        ERR_clear_error();
        if (reason == NULL)
                return err_set(err, code, "%s", sentence);
        return err_set(err, code, "%s (%s)", sentence, reason);
}

int tls_key_check(EVP_PKEY *key, struct err *err)
{
        char group[64] = "";

        if (EVP_PKEY_is_a(key, "EC")) {
                if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group,
                                                   sizeof group, NULL) != 1)
                        return tls_error(err, ERR_INVALID, "the EC key names no curve; use P-256");
                if (strcmp(group, SN_X9_62_prime256v1) == 0 || strcmp(group, SN_secp384r1) == 0)
                        return 0;
                return err_set(err, ERR_INVALID, "the EC key is on curve %s; use P-256 or P-384",
                               group);
        }
        if (EVP_PKEY_is_a(key, "RSA")) {
                int bits = EVP_PKEY_get_bits(key);

                if (bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX)
                        return 0;
                return err_set(err, ERR_INVALID, "the RSA key has %d bits; use 2048 to 8192", bits);
        }
        return err_set(err, ERR_INVALID, "the key is neither EC nor RSA; use an EC P-256 key");
}

int tls_key_decode(struct str key, EVP_PKEY **out, struct err *err)
{
        const unsigned char *p = (const unsigned char *)key.p;

        if (key.n == 0 || key.n > KEY_BYTES_MAX)
                return err_set(err, ERR_INVALID, "the private key is empty or over 16 KiB");

        EVP_PKEY *made CLEANUP_PKEY = d2i_AutoPrivateKey(NULL, &p, (long)key.n);

        if (made == NULL)
                return tls_error(err, ERR_INVALID, "the private key is not readable as DER");
        if (p != (const unsigned char *)key.p + key.n)
                return err_set(err, ERR_INVALID, "bytes follow the private key; save it alone");

        int r = tls_key_check(made, err);

        if (r < 0)
                return r;
        *out = made;
        made = NULL;
        return 0;
}

int tls_key_encode(EVP_PKEY *key, struct buf *pkcs8, struct err *err)
{
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
        unsigned char *der = NULL;
        int n = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;

        PKCS8_PRIV_KEY_INFO_free(info);
        if (n <= 0)
                return tls_error(err, ERR_IO, "cannot encode the private key");
        buf_add(pkcs8, der, (size_t)n);
        OPENSSL_clear_free(der, (size_t)n);
        return 0;
}

int tls_key_generate(EVP_PKEY **out, struct err *err)
{
        EVP_PKEY *key = EVP_EC_gen("P-256");

        if (key == NULL)
                return tls_error(err, ERR_IO, "cannot make a private key");
        *out = key;
        return 0;
}

int tls_key_new(struct buf *pkcs8, struct err *err)
{
        EVP_PKEY *key CLEANUP_PKEY = NULL;
        int r = tls_key_generate(&key, err);

        return r < 0 ? r : tls_key_encode(key, pkcs8, err);
}

int tls_key_public(struct str key, struct buf *spki, struct err *err)
{
        EVP_PKEY *pkey CLEANUP_PKEY = NULL;
        int r = tls_key_decode(key, &pkey, err);

        if (r < 0)
                return r;

        unsigned char *der = NULL;
        int n = i2d_PUBKEY(pkey, &der);

        if (n <= 0)
                return tls_error(err, ERR_INVALID, "the private key has no public half");
        buf_add(spki, der, (size_t)n);
        OPENSSL_free(der);
        return 0;
}

/* Encrypted keys are refused rather than asked about: OpenSSL would prompt on the terminal. */
static int no_password(char *p, int n, int writing, void *ctx)
{
        (void)p, (void)n, (void)writing, (void)ctx;
        return -1;
}

int tls_key_from_pem(struct str pem, struct buf *pkcs8, struct err *err)
{
        if (pem.n == 0 || pem.n > KEY_BYTES_MAX)
                return err_set(err, ERR_INVALID, "the private key is empty or over 16 KiB");

        BIO *bio CLEANUP_BIO = BIO_new_mem_buf(pem.p, (int)pem.n);
        EVP_PKEY *key CLEANUP_PKEY = bio != NULL ?
                PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

        if (key == NULL)
                return tls_error(err, ERR_INVALID, "the private key is not readable as PEM; remove "
                                 "its password and include the BEGIN and END lines");

        int r = tls_key_check(key, err);

        return r < 0 ? r : tls_key_encode(key, pkcs8, err);
}
