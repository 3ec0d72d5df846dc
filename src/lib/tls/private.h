/*
 * private.h -- what the files of this folder share about OpenSSL; included by no other folder.
 *
 * Owns:   nothing but what each function says.
 */
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tls_server {
        SSL_CTX *ctx;
};

/* Record code and "sentence: reason of OpenSSL's oldest queued error"; empties the queue. */
NODISCARD int tls_error(struct err *err, int code, const char *sentence);

/* One private key from DER, nothing behind it; the caller frees it. */
NODISCARD int tls_key_decode(struct str key, EVP_PKEY **out, struct err *err);

/* ERR_INVALID unless the key is EC P-256 or P-384, or RSA of 2048 to 8192 bits. */
NODISCARD int tls_key_check(EVP_PKEY *key, struct err *err);

NODISCARD int tls_key_encode(EVP_PKEY *key, struct buf *pkcs8, struct err *err);
NODISCARD int tls_key_generate(EVP_PKEY **out, struct err *err);

/*
 * All certificates of a PEM text, at least one, at most TLS_CHAIN_CERTIFICATES; the caller frees
 * them.
 */
NODISCARD int tls_chain_decode(struct str chain, STACK_OF(X509) **out, struct err *err);

static inline void tls_pkey_cleanup(EVP_PKEY **key)
{
        EVP_PKEY_free(*key);
}

static inline void tls_x509_cleanup(X509 **cert)
{
        X509_free(*cert);
}

static inline void tls_chain_cleanup(STACK_OF(X509) **chain)
{
        sk_X509_pop_free(*chain, X509_free);
}

static inline void tls_bio_cleanup(BIO **bio)
{
        BIO_free(*bio);
}

#define CLEANUP_PKEY CLEANUP(tls_pkey_cleanup)
#define CLEANUP_X509 CLEANUP(tls_x509_cleanup)
#define CLEANUP_CHAIN CLEANUP(tls_chain_cleanup)
#define CLEANUP_BIO CLEANUP(tls_bio_cleanup)
