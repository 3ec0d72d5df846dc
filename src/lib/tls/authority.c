/*
 * authority.c -- the local certificate authority: one root, leaves straight below it.
 */
#include "tls/authority.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "sni/hostname.h"
#include "tls/certificate.h"
#include "tls/key.h"
#include "tls/private.h"

enum { SERIAL_BYTES = 16, DAY = 24 * 3600, BACKDATE = 3600, SPKI_MAX = 4096, COMMON_NAME_MAX = 64,
       SIGNATURE_MAX = 128 };

struct tls_authority {
        EVP_PKEY *key;
        X509 *cert;
        struct hostname suffix;
};

/* 128 random bits: RFC 5280, 4.1.2.2 wants a positive number of at most 20 octets. */
static bool set_serial(X509 *cert)
{
        unsigned char bytes[SERIAL_BYTES + 1] = { 0 };

        if (RAND_bytes(bytes + 1, SERIAL_BYTES) != 1)
                return false;

        BIGNUM *n = BN_bin2bn(bytes, sizeof bytes, NULL);
        bool ok = n != NULL && !BN_is_zero(n) &&
                  BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;

        BN_free(n);
        return ok;
}

static bool set_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
        X509V3_CTX ctx;

        X509V3_set_ctx_nodb(&ctx);
        X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);

        X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
        bool ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;

        X509_EXTENSION_free(ext);
        return ok;
}

static bool set_validity(X509 *cert, int64_t from, int64_t to)
{
        return ASN1_TIME_set(X509_getm_notBefore(cert), from) != NULL &&
               ASN1_TIME_set(X509_getm_notAfter(cert), to) != NULL;
}

static bool add_name(X509_NAME *name, const char *field, const char *text)
{
        return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text,
                                          -1, -1, 0) == 1;
}

static bool fill_root(X509 *cert, EVP_PKEY *key, const struct hostname *suffix)
{
        char constraints[sizeof suffix->text + 128];
        int64_t now = clock_unix();
        X509_NAME *name = X509_get_subject_name(cert);

        /* A DNS constraint covers the name and all below it: RFC 5280, 4.2.1.10. */
        snprintf(constraints, sizeof constraints, "critical,permitted;DNS:%s,"
                 "excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0",
                 suffix->text);
        return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
               set_validity(cert, now - BACKDATE, now + (int64_t)TLS_AUTHORITY_YEARS * 365 * DAY) &&
               add_name(name, "O", "Carrel local authority") &&
               (suffix->n > COMMON_NAME_MAX || add_name(name, "CN", suffix->text)) &&
               X509_set_issuer_name(cert, name) == 1 && X509_set_pubkey(cert, key) == 1 &&
               set_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
               set_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
               set_extension(cert, cert, NID_ext_key_usage, "serverAuth") &&
               set_extension(cert, cert, NID_name_constraints, constraints) &&
               set_extension(cert, cert, NID_subject_key_identifier, "hash") &&
               X509_sign(cert, key, EVP_sha256()) > 0;
}

int tls_authority_new(struct str suffix, struct tls_authority **out, struct err *err)
{
        struct hostname name;
        EVP_PKEY *key CLEANUP_PKEY = NULL;
        int r = hostname_parse(suffix, &name, err);

        if (r == 0)
                r = tls_key_generate(&key, err);
        if (r < 0)
                return r;

        X509 *cert CLEANUP_X509 = X509_new();

        if (cert == NULL || !fill_root(cert, key, &name))
                return tls_error(err, ERR_IO, "cannot make the authority's certificate");

        struct tls_authority *a = xalloc(sizeof *a);

        a->key = key;
        a->cert = cert;
        a->suffix = name;
        key = NULL;
        cert = NULL;
        *out = a;
        return 0;
}

void tls_authority_free(struct tls_authority **authority)
{
        if (*authority == NULL)
                return;
        EVP_PKEY_free((*authority)->key);
        X509_free((*authority)->cert);
        free(*authority);
        *authority = NULL;
}

static int add_pem(X509 *cert, struct buf *out, struct err *err)
{
        BIO *bio CLEANUP_BIO = BIO_new(BIO_s_mem());
        char *text = NULL;

        if (bio == NULL || PEM_write_bio_X509(bio, cert) != 1)
                return tls_error(err, ERR_IO, "cannot write the certificate");

        long n = BIO_get_mem_data(bio, &text);

        buf_add(out, text, (size_t)n);
        return 0;
}

int tls_authority_save(const struct tls_authority *authority, struct buf *key,
                       struct buf *certificate, struct err *err)
{
        int r = tls_key_encode(authority->key, key, err);

        return r < 0 ? r : add_pem(authority->cert, certificate, err);
}

static bool sign_text(EVP_PKEY *key, struct str text, unsigned char *out, size_t *n)
{
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        bool ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                  EVP_DigestSign(ctx, out, n, (const unsigned char *)text.p, text.n) == 1;

        EVP_MD_CTX_free(ctx);
        return ok;
}

int tls_authority_sign(const struct tls_authority *authority, struct str text,
                       struct buf *signature, struct buf *certificate, struct err *err)
{
        unsigned char made[SIGNATURE_MAX];
        size_t n = sizeof made;

        check(text.n > 0 && text.p[0] == '{');
        if (!sign_text(authority->key, text, made, &n))
                return tls_error(err, ERR_IO, "the local authority cannot sign");
        buf_add(signature, made, n);
        return add_pem(authority->cert, certificate, err);
}

/* The suffix is read back from the certificate's own constraint, so the two cannot differ. */
static int read_suffix(X509 *cert, struct hostname *out, struct err *err)
{
        NAME_CONSTRAINTS *nc = X509_get_ext_d2i(cert, NID_name_constraints, NULL, NULL);
        int r = -1;

        if (nc != NULL && sk_GENERAL_SUBTREE_num(nc->permittedSubtrees) == 1) {
                const GENERAL_NAME *base = sk_GENERAL_SUBTREE_value(nc->permittedSubtrees, 0)->base;

                if (base->type == GEN_DNS)
                        r = hostname_parse(str_make((const char *)
                                                    ASN1_STRING_get0_data(base->d.dNSName),
                                                    (size_t)ASN1_STRING_length(base->d.dNSName)),
                                           out, NULL);
        }
        NAME_CONSTRAINTS_free(nc);
        if (r < 0)
                return tls_error(err, ERR_INVALID, "this is no local authority's certificate: it "
                                 "is not limited to one DNS name");
        return 0;
}

int tls_authority_load(struct str key, struct str certificate, struct tls_authority **out,
                       struct err *err)
{
        EVP_PKEY *pkey CLEANUP_PKEY = NULL;
        STACK_OF(X509) *certs CLEANUP_CHAIN = NULL;
        struct hostname suffix = { .n = 0 };
        int r = tls_key_decode(key, &pkey, err);

        if (r == 0)
                r = tls_chain_decode(certificate, &certs, err);
        if (r == 0)
                r = read_suffix(sk_X509_value(certs, 0), &suffix, err);
        if (r < 0)
                return r;
        if (sk_X509_num(certs) != 1 || X509_check_private_key(sk_X509_value(certs, 0), pkey) != 1)
                return tls_error(err, ERR_INVALID, "the authority's key and certificate do not "
                                 "belong together; restore both from the same copy");

        struct tls_authority *a = xalloc(sizeof *a);

        a->key = pkey;
        a->cert = sk_X509_pop(certs);
        a->suffix = suffix;
        pkey = NULL;
        *out = a;
        return 0;
}

static int decode_spki(struct str spki, EVP_PKEY **out, struct err *err)
{
        const unsigned char *p = (const unsigned char *)spki.p;
        EVP_PKEY *key CLEANUP_PKEY = spki.n > 0 && spki.n <= SPKI_MAX ?
                d2i_PUBKEY(NULL, &p, (long)spki.n) : NULL;

        if (key == NULL || p != (const unsigned char *)spki.p + spki.n)
                return tls_error(err, ERR_INVALID, "the public key is not readable as "
                                 "SubjectPublicKeyInfo in DER");

        int r = tls_key_check(key, err);

        if (r < 0)
                return r;
        *out = key;
        key = NULL;
        return 0;
}

/* The end of the authority's own validity, or from + 397 days if that is earlier. */
static int64_t leaf_end(const struct tls_authority *a, int64_t from)
{
        int64_t end = from + (int64_t)TLS_LEAF_DAYS * DAY;
        int days = 0, seconds = 0;
        ASN1_TIME *planned = ASN1_TIME_set(NULL, end);

        if (planned != NULL &&
            ASN1_TIME_diff(&days, &seconds, planned, X509_get0_notAfter(a->cert)) == 1 &&
            (days < 0 || seconds < 0))
                end += (int64_t)days * DAY + seconds;
        ASN1_TIME_free(planned);
        return end;
}

static bool fill_leaf(X509 *cert, const struct tls_authority *a, const struct hostname *host,
                      EVP_PKEY *key)
{
        char names[sizeof host->text + 16];
        int64_t from = clock_unix() - BACKDATE;
        bool named = host->n <= COMMON_NAME_MAX;

        snprintf(names, sizeof names, "%sDNS:%s", named ? "" : "critical,", host->text);
        return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
               set_validity(cert, from, leaf_end(a, from)) &&
               (!named || add_name(X509_get_subject_name(cert), "CN", host->text)) &&
               X509_set_issuer_name(cert, X509_get_subject_name(a->cert)) == 1 &&
               X509_set_pubkey(cert, key) == 1 &&
               set_extension(cert, a->cert, NID_basic_constraints, "critical,CA:FALSE") &&
               set_extension(cert, a->cert, NID_key_usage, "critical,digitalSignature") &&
               set_extension(cert, a->cert, NID_ext_key_usage, "serverAuth") &&
               set_extension(cert, a->cert, NID_subject_alt_name, names) &&
               set_extension(cert, a->cert, NID_subject_key_identifier, "hash") &&
               set_extension(cert, a->cert, NID_authority_key_identifier, "keyid:always") &&
               X509_sign(cert, a->key, EVP_sha256()) > 0;
}

int tls_authority_issue(const struct tls_authority *authority, struct str host, struct str spki,
                        struct buf *chain, struct err *err)
{
        struct hostname name;
        EVP_PKEY *key CLEANUP_PKEY = NULL;
        int r = hostname_parse(host, &name, err);

        if (r < 0)
                return r;
        if (!hostname_is_below(&name, &authority->suffix))
                return err_set(err, ERR_DENIED, "the local authority vouches for %s and names below "
                               "it only, not for %s; get a certificate elsewhere",
                               authority->suffix.text, name.text);
        r = decode_spki(spki, &key, err);
        if (r < 0)
                return r;

        X509 *cert CLEANUP_X509 = X509_new();

        if (cert == NULL || !fill_leaf(cert, authority, &name, key))
                return tls_error(err, ERR_IO, "cannot make the certificate");

        struct buf made CLEANUP_BUF = { 0 };

        r = add_pem(cert, &made, err);
        if (r == 0)
                r = add_pem(authority->cert, &made, err);
        if (r == 0)
                buf_add_str(chain, buf_str(&made));
        return r;
}
