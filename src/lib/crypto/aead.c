/*
 * aead.c -- OpenSSL's AES-GCM behind our names: the key is set once, each message sets its nonce.
 */
#include "crypto/aead.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "crypto/secret.h"

struct aead {
        EVP_CIPHER_CTX *seal, *open;
};

/* Fetched once, before the process is confined: a fetch may read files and takes microseconds. */
static EVP_CIPHER *aes192, *aes256;

int aead_prepare(struct err *err)
{
        if (aes192 == NULL)
                aes192 = EVP_CIPHER_fetch(NULL, "AES-192-GCM", NULL);
        if (aes256 == NULL)
                aes256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
        ERR_clear_error();
        if (aes192 == NULL || aes256 == NULL)
                return err_set(err, ERR_UNSUPPORTED, "OpenSSL does not offer AES-192-GCM and "
                               "AES-256-GCM; install Debian's libssl3");
        return 0;
}

struct aead *aead_new(struct str key)
{
        struct aead *aead = xalloc(sizeof *aead);
        const unsigned char *bytes = (const unsigned char *)key.p;

        check((key.n == 24 || key.n == 32) && aead_prepare(NULL) == 0);
        const EVP_CIPHER *cipher = key.n == 24 ? aes192 : aes256;

        aead->seal = EVP_CIPHER_CTX_new();
        aead->open = EVP_CIPHER_CTX_new();
        check(aead->seal != NULL && aead->open != NULL &&
              EVP_EncryptInit_ex2(aead->seal, cipher, bytes, NULL, NULL) == 1 &&
              EVP_DecryptInit_ex2(aead->open, cipher, bytes, NULL, NULL) == 1);
        return aead;
}

void aead_free(struct aead **aead)
{
        if (*aead == NULL)
                return;
        EVP_CIPHER_CTX_free((*aead)->seal);     /* wipes the key */
        EVP_CIPHER_CTX_free((*aead)->open);
        free(*aead);
        *aead = NULL;
}

void aead_seal(struct aead *aead, const uint8_t nonce[static AEAD_NONCE_LEN], struct str about,
               struct str in, void *out, uint8_t tag[static AEAD_TAG_LEN])
{
        EVP_CIPHER_CTX *ctx = aead->seal;
        unsigned char none[AEAD_TAG_LEN];
        int n = 0;

        check(in.n <= AEAD_MESSAGE_MAX && about.n <= AEAD_MESSAGE_MAX);
        check(EVP_EncryptInit_ex2(ctx, NULL, NULL, nonce, NULL) == 1);
        if (about.n > 0)
                check(EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)about.p,
                                        (int)about.n) == 1);
        if (in.n > 0)
                check(EVP_EncryptUpdate(ctx, out, &n, (const unsigned char *)in.p, (int)in.n) == 1);
        check(EVP_EncryptFinal_ex(ctx, none, &n) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, AEAD_TAG_LEN, tag) == 1);
}

int aead_open(struct aead *aead, const uint8_t nonce[static AEAD_NONCE_LEN], struct str about,
              struct str in, const uint8_t tag[static AEAD_TAG_LEN], void *out, struct err *err)
{
        EVP_CIPHER_CTX *ctx = aead->open;
        unsigned char none[AEAD_TAG_LEN], wanted[AEAD_TAG_LEN];
        int n = 0;

        check(in.n <= AEAD_MESSAGE_MAX && about.n <= AEAD_MESSAGE_MAX);
        memcpy(wanted, tag, sizeof wanted);
        check(EVP_DecryptInit_ex2(ctx, NULL, NULL, nonce, NULL) == 1);
        if (about.n > 0)
                check(EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)about.p,
                                        (int)about.n) == 1);
        if (in.n > 0)
                check(EVP_DecryptUpdate(ctx, out, &n, (const unsigned char *)in.p, (int)in.n) == 1);
        check(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, AEAD_TAG_LEN, wanted) == 1);
        if (EVP_DecryptFinal_ex(ctx, none, &n) == 1)
                return 0;
        if (in.n > 0)
                secret_wipe(out, in.n);
        ERR_clear_error();
        return err_set(err, ERR_DENIED, "the bytes are not what was sealed, or the key is another");
}
