/*
 * rsa_wrap.c -- OpenSSL's RSA behind our names; the text around a public key is read here.
 *
 * The modulus is not tried for being a product of two primes: that takes as long as using the private key,
 * and a key that is none harms whoever handed it in.
 */
#include "crypto/rsa_wrap.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "crypto/base64url.h"

enum { DER_MAX = RSA_WRAP_LEN_MAX + 64, EXPONENT_BITS_MIN = 17, EXPONENT_BITS_MAX = 32 };

#define BEGIN "-----BEGIN PUBLIC KEY-----"
#define END "-----END PUBLIC KEY-----"

struct rsa_public {
        EVP_PKEY *key;
        char name[RSA_WRAP_NAME_LEN + 1];
};

struct rsa_private {
        EVP_PKEY *key;
        char name[RSA_WRAP_NAME_LEN + 1];
};

static void free_key(EVP_PKEY **key)
{
        EVP_PKEY_free(*key);
}

static void free_context(EVP_PKEY_CTX **ctx)
{
        EVP_PKEY_CTX_free(*ctx);
}

static void free_number(BIGNUM **n)
{
        BN_free(*n);
}

static void free_bio(BIO **bio)
{
        BIO_free_all(*bio);
}

/* ---- what every key must be ---- */

static bool number_is_odd(const EVP_PKEY *key, const char *which, int bits_min, int bits_max)
{
        BIGNUM *n CLEANUP(free_number) = NULL;

        if (EVP_PKEY_get_bn_param(key, which, &n) != 1)
                return false;
        int bits = BN_num_bits(n);

        return BN_is_odd(n) && bits >= bits_min && bits <= bits_max;
}

static int check_numbers(const EVP_PKEY *key, struct err *err)
{
        if (!EVP_PKEY_is_a(key, "RSA"))
                return err_set(err, ERR_INVALID, "this is not an RSA key; 'openssl genpkey -algorithm RSA "
                               "-pkeyopt rsa_keygen_bits:4096' makes one");
        if (EVP_PKEY_get_bits(key) < RSA_WRAP_BITS_MIN || EVP_PKEY_get_bits(key) > RSA_WRAP_BITS_MAX)
                return err_set(err, ERR_LIMIT, "an RSA key here has %d to %d bits, and this one has %d",
                               RSA_WRAP_BITS_MIN, RSA_WRAP_BITS_MAX, EVP_PKEY_get_bits(key));
        if (!number_is_odd(key, OSSL_PKEY_PARAM_RSA_N, RSA_WRAP_BITS_MIN, RSA_WRAP_BITS_MAX) ||
            !number_is_odd(key, OSSL_PKEY_PARAM_RSA_E, EXPONENT_BITS_MIN, EXPONENT_BITS_MAX))
                return err_set(err, ERR_INVALID, "this RSA key has a modulus or an exponent that no usual "
                               "one has; make another one with the exponent 65537");
        return 0;
}

/* The SubjectPublicKeyInfo in its one encoding, and its name. */
static void name_key(const EVP_PKEY *key, struct str must, bool *same,
                     char name[static RSA_WRAP_NAME_LEN + 1])
{
        unsigned char *der = NULL;
        int n = i2d_PUBKEY(key, &der);
        struct digest digest;

        check(n > 0);
        struct str is = str_make((const char *)der, (size_t)n);

        if (same != NULL)
                *same = str_eq(is, must);
        digest_of(is, &digest);
        digest_hex(&digest, name);
        OPENSSL_free(der);
}

/* ---- the public key's file ---- */

static int explain_other_file(struct str pem, struct err *err)
{
        if (str_find_str(pem, STR("PRIVATE KEY")) >= 0)
                return err_set(err, ERR_INVALID, "this is a private key: keep it, tell nobody, and give the "
                               "public one; 'openssl pkey -in KEY.pem -pubout' writes it");
        if (str_find_str(pem, STR("BEGIN RSA PUBLIC KEY")) >= 0)
                return err_set(err, ERR_INVALID, "this public key is in an older form; 'openssl rsa "
                               "-RSAPublicKey_in -in KEY.pem -pubout' writes the one that is read here");
        if (str_find_str(pem, STR("BEGIN CERTIFICATE")) >= 0)
                return err_set(err, ERR_INVALID, "this is a certificate; 'openssl x509 -in CERT.pem -pubkey "
                               "-noout' writes the public key in it");
        return err_set(err, ERR_INVALID, "this is no public key: a file is wanted that begins with " BEGIN
                       " and ends with " END);
}

/* The letters between the two lines, in the alphabet for addresses; -1: there is something else. */
static int collect(struct str body, char *out, size_t room)
{
        size_t n = 0;

        for (size_t i = 0; i < body.n; i++) {
                char c = body.p[i];

                if (c == '\n' || c == '\r' || c == ' ' || c == '\t')
                        continue;
                if (c == '-' || c == '_' || n == room)
                        return -1;
                out[n++] = (char)(c == '+' ? '-' : c == '/' ? '_' : c);
        }
        /* Padding is what fills the last group of four, no more and no less. */
        size_t padding = 0;

        while (padding < 2 && n > 0 && out[n - 1] == '=') {
                n--;
                padding++;
        }
        return (n + padding) % 4 == 0 ? (int)n : -1;
}

static int read_der(struct str pem, uint8_t *out, struct err *err)
{
        char letters[RSA_WRAP_PUBLIC_MAX];

        if (pem.n > RSA_WRAP_PUBLIC_MAX)
                return err_set(err, ERR_LIMIT, "a public key has at most %d bytes, and this is longer",
                               RSA_WRAP_PUBLIC_MAX);
        pem = str_trim(pem);
        if (!str_starts(pem, STR(BEGIN)) || !str_ends(pem, STR(END)) ||
            pem.n < sizeof BEGIN - 1 + sizeof END - 1)
                return explain_other_file(pem, err);
        struct str body = str_make(pem.p + sizeof BEGIN - 1, pem.n - (sizeof BEGIN - 1) - (sizeof END - 1));
        int n = collect(body, letters, sizeof letters);
        int got = n > 0 ? base64url_bytes(str_make(letters, (size_t)n), out, DER_MAX, NULL) : -1;

        if (got < 0)
                return err_set(err, ERR_INVALID, "the public key is not whole: between its first and last "
                               "line stands only base64, and of at most %d bits", RSA_WRAP_BITS_MAX);
        return got;
}

int rsa_public_read(struct str pem, struct rsa_public **out, struct err *err)
{
        uint8_t der[DER_MAX];
        const unsigned char *at = der;
        bool same = false;
        int n = read_der(pem, der, err);

        if (n < 0)
                return n;
        EVP_PKEY *key CLEANUP(free_key) = d2i_PUBKEY(NULL, &at, n);

        ERR_clear_error();
        if (key == NULL)
                return err_set(err, ERR_INVALID, "the public key cannot be read: it is damaged, or of "
                               "another kind than RSA");
        int r = check_numbers(key, err);

        if (r < 0)
                return r;
        struct rsa_public made = { .key = NULL };

        name_key(key, str_make((const char *)der, (size_t)n), &same, made.name);
        if (!same)
                return err_set(err, ERR_INVALID, "the public key is written in an unusual way; 'openssl pkey "
                               "-pubin -in KEY.pem -pubout' writes it as it is read here");
        made.key = key;
        key = NULL;
        *out = xalloc(sizeof **out);
        **out = made;
        return 0;
}

void rsa_public_free(struct rsa_public **key)
{
        if (*key != NULL)
                EVP_PKEY_free((*key)->key);
        free(*key);
        *key = NULL;
}

const char *rsa_public_name(const struct rsa_public *key)
{
        return key->name;
}

unsigned rsa_public_bits(const struct rsa_public *key)
{
        return (unsigned)EVP_PKEY_get_bits(key->key);
}

size_t rsa_public_length(const struct rsa_public *key)
{
        return (size_t)EVP_PKEY_get_size(key->key);
}

/* ---- sealing and opening ---- */

static EVP_PKEY_CTX *oaep(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *ctx))
{
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

        check(ctx != NULL && init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1);
        return ctx;
}

void rsa_wrap(const struct rsa_public *key, struct str secret, uint8_t *out)
{
        EVP_PKEY_CTX *ctx CLEANUP(free_context) = oaep(key->key, EVP_PKEY_encrypt_init);
        size_t n = rsa_public_length(key);

        check(secret.n > 0 && secret.n <= RSA_WRAP_KEY_MAX);
        check(EVP_PKEY_encrypt(ctx, out, &n, (const unsigned char *)secret.p, secret.n) == 1 &&
              n == rsa_public_length(key));
}

int rsa_unwrap(const struct rsa_private *key, struct str wrapped, struct secret *out, struct err *err)
{
        EVP_PKEY_CTX *ctx CLEANUP(free_context) = oaep(key->key, EVP_PKEY_decrypt_init);
        unsigned char plain[RSA_WRAP_LEN_MAX];
        size_t n = sizeof plain;
        int done = wrapped.n == rsa_private_length(key)
                           ? EVP_PKEY_decrypt(ctx, plain, &n, (const unsigned char *)wrapped.p, wrapped.n)
                           : 0;

        ERR_clear_error();
        if (done != 1 || n == 0 || n > RSA_WRAP_KEY_MAX) {
                secret_wipe(plain, sizeof plain);
                return err_set(err, ERR_DENIED, "the private key does not open this: it was sealed to "
                               "another one, or is damaged");
        }
        int r = secret_take(out, plain, n, err);

        secret_wipe(plain, sizeof plain);
        return r;
}

/* ---- the private key's file ---- */

struct asking {
        rsa_passphrase_fn *ask;
        void *ctx;
        bool asked;
        int code;                       /* what ask() failed with */
        struct err *err;
};

/* OpenSSL's pem_password_cb. */
static int give_passphrase(char *out, int room, int writing, void *ctx)
{
        struct asking *a = ctx;
        struct secret passphrase CLEANUP_SECRET = { 0 };

        (void)writing;
        if (a->asked)
                return -1;
        a->asked = true;
        a->code = a->ask(a->ctx, &passphrase, a->err);
        if (a->code == 0 && passphrase.n > (size_t)room)
                a->code = err_set(a->err, ERR_LIMIT, "the passphrase is longer than %d bytes", room);
        if (a->code < 0)
                return -1;
        memcpy(out, passphrase.p, passphrase.n);
        return (int)passphrase.n;
}

static int explain_private(struct str pem, const struct asking *a, struct err *err)
{
        if (a->code < 0)
                return a->code;
        if (a->asked)
                return err_set(err, ERR_DENIED, "the passphrase does not open the private key; try again");
        if (str_find_str(pem, STR("PUBLIC KEY")) >= 0 || str_find_str(pem, STR("BEGIN CERTIFICATE")) >= 0)
                return err_set(err, ERR_INVALID, "this is the public key; what was sealed to it is opened "
                               "with the private one");
        return err_set(err, ERR_INVALID, "this is no private key: a file is wanted that begins with "
                       "-----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----");
}

int rsa_private_read(struct str pem, rsa_passphrase_fn *ask, void *ctx, struct rsa_private **out,
                     struct err *err)
{
        struct asking a = { .ask = ask, .ctx = ctx, .err = err };

        if (pem.n > RSA_WRAP_PRIVATE_MAX)
                return err_set(err, ERR_LIMIT, "a private key has at most %d bytes, and this is longer",
                               RSA_WRAP_PRIVATE_MAX);
        BIO *bio CLEANUP(free_bio) = BIO_new_mem_buf(pem.p, (int)pem.n);

        check(bio != NULL);
        EVP_PKEY *key CLEANUP(free_key) = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &a);

        ERR_clear_error();
        if (key == NULL)
                return explain_private(pem, &a, err);
        int r = check_numbers(key, err);

        if (r < 0)
                return r;
        struct rsa_private *made = xalloc(sizeof *made);

        name_key(key, STR(""), NULL, made->name);
        made->key = key;
        key = NULL;
        *out = made;
        return 0;
}

void rsa_private_free(struct rsa_private **key)
{
        if (*key != NULL)
                EVP_PKEY_free((*key)->key);     /* wipes the numbers */
        free(*key);
        *key = NULL;
}

const char *rsa_private_name(const struct rsa_private *key)
{
        return key->name;
}

size_t rsa_private_length(const struct rsa_private *key)
{
        return (size_t)EVP_PKEY_get_size(key->key);
}

/* ---- prepare ---- */

/* No key of anybody's: a modulus of ones, which is all that reading and sealing look at. */
int rsa_wrap_prepare(struct err *err)
{
        static const uint8_t head[] = {
                0x30, 0x82, 0x01, 0xa2, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
                0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x8f, 0x00, 0x30, 0x82, 0x01, 0x8a, 0x02, 0x82,
                0x01, 0x81, 0x00,
        };
        static const uint8_t tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
        uint8_t der[sizeof head + RSA_WRAP_BITS_MIN / 8 + sizeof tail], out[RSA_WRAP_LEN_MAX];
        const unsigned char *at = der;

        memcpy(der, head, sizeof head);
        memset(der + sizeof head, 0xff, RSA_WRAP_BITS_MIN / 8);
        memcpy(der + sizeof der - sizeof tail, tail, sizeof tail);
        EVP_PKEY *key CLEANUP(free_key) = d2i_PUBKEY(NULL, &at, sizeof der);

        ERR_clear_error();
        if (key == NULL || check_numbers(key, NULL) < 0)
                return err_set(err, ERR_UNSUPPORTED, "OpenSSL does not offer RSA; install Debian's libssl3");
        const struct rsa_public prepared = { .key = key };

        rsa_wrap(&prepared, STR("prepare"), out);
        return 0;
}
