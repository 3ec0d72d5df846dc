/*
 * certificate.c -- reading, matching and verifying certificate chains.
 */
#include "tls/certificate.h"

#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "sni/hostname.h"
#include "tls/private.h"

enum { NAMES_MAX = 100, LINE_MAX_BYTES = 512 };

int tls_chain_decode(struct str chain, STACK_OF(X509) **out, struct err *err)
{
        if (chain.n == 0 || chain.n > TLS_CHAIN_MAX)
                return err_set(err, ERR_INVALID, "the certificate chain is empty or over 64 KiB");

        BIO *bio CLEANUP_BIO = BIO_new_mem_buf(chain.p, (int)chain.n);
        STACK_OF(X509) *certs CLEANUP_CHAIN = sk_X509_new_null();

        if (bio == NULL || certs == NULL)
                return tls_error(err, ERR_IO, "cannot read the certificate chain");
        for (;;) {
                X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

                if (cert == NULL)
                        break;
                if (sk_X509_num(certs) == TLS_CHAIN_CERTIFICATES || sk_X509_push(certs, cert) == 0) {
                        X509_free(cert);
                        return err_set(err, ERR_INVALID, "the chain has more than %d certificates",
                                       TLS_CHAIN_CERTIFICATES);
                }
        }
        /* The end of the text shows as "no start line"; anything else is damage in the middle. */
        if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
                return tls_error(err, ERR_INVALID, "a certificate of the chain is not readable");
        ERR_clear_error();
        if (sk_X509_num(certs) == 0)
                return err_set(err, ERR_INVALID, "there is no certificate in this text; it starts "
                               "with -----BEGIN CERTIFICATE-----");
        *out = certs;
        certs = NULL;
        return 0;
}

static int unix_time(const ASN1_TIME *t, int64_t *out, struct err *err)
{
        struct tm tm = { 0 };

        if (ASN1_TIME_to_tm(t, &tm) != 1)
                return tls_error(err, ERR_INVALID, "the certificate holds an unreadable date");
        *out = timegm(&tm);
        return 0;
}

static struct str name_line(const X509_NAME *name, struct arena *arena)
{
        BIO *bio CLEANUP_BIO = BIO_new(BIO_s_mem());
        char *text = NULL;

        if (bio == NULL || X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) < 0)
                return (struct str){ 0 };

        long n = BIO_get_mem_data(bio, &text);

        if (n <= 0)
                return (struct str){ 0 };
        return arena_str(arena, str_make(text, n < LINE_MAX_BYTES ? (size_t)n : LINE_MAX_BYTES));
}

/* "*.example.org" or a host name, lower-cased; anything else is no name a browser would match. */
static bool certificate_name(struct str raw, struct arena *arena, struct str *out)
{
        struct hostname name;
        bool wild = raw.n > 2 && raw.p[0] == '*' && raw.p[1] == '.';
        struct str base = wild ? str_make(raw.p + 2, raw.n - 2) : raw;

        if (hostname_parse(base, &name, NULL) < 0)
                return false;
        *out = str_of(arena_printf(arena, "%s%s", wild ? "*." : "", name.text));
        return true;
}

static int read_names(X509 *leaf, struct arena *arena, struct tls_certificate *out,
                      struct err *err)
{
        GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
        int count = names != NULL ? sk_GENERAL_NAME_num(names) : 0;
        struct str *list = arena_array(arena, NAMES_MAX, sizeof *list);
        size_t n = 0;

        for (int i = 0; i < count && n < NAMES_MAX; i++) {
                const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

                if (name->type != GEN_DNS)
                        continue;

                struct str raw = { (const char *)ASN1_STRING_get0_data(name->d.dNSName),
                                   (size_t)ASN1_STRING_length(name->d.dNSName) };

                if (certificate_name(raw, arena, &list[n]))
                        n++;
        }
        GENERAL_NAMES_free(names);
        ERR_clear_error();
        if (count > NAMES_MAX)
                return err_set(err, ERR_LIMIT, "the certificate is for %d names; %d is the most",
                               count, NAMES_MAX);
        out->names = list;
        out->nnames = n;
        return 0;
}

static int check_links(STACK_OF(X509) *certs, struct err *err)
{
        for (int i = 0; i + 1 < sk_X509_num(certs); i++) {
                EVP_PKEY *issuer = X509_get0_pubkey(sk_X509_value(certs, i + 1));

                if (issuer == NULL || X509_verify(sk_X509_value(certs, i), issuer) != 1) {
                        ERR_clear_error();
                        return err_set(err, ERR_INVALID, "certificate %d of the chain is not signed "
                                       "by certificate %d; put the server's own first, then the "
                                       "intermediate ones in order", i + 1, i + 2);
                }
        }
        return 0;
}

int tls_certificate_read(struct str chain, struct arena *arena, struct tls_certificate *out,
                         struct err *err)
{
        STACK_OF(X509) *certs CLEANUP_CHAIN = NULL;
        struct tls_certificate made = { 0 };
        int r = tls_chain_decode(chain, &certs, err);

        if (r == 0)
                r = check_links(certs, err);
        if (r < 0)
                return r;

        X509 *leaf = sk_X509_value(certs, 0);

        r = unix_time(X509_get0_notBefore(leaf), &made.not_before, err);
        made.chain_not_after = INT64_MAX;
        for (int i = sk_X509_num(certs) - 1; i >= 0 && r == 0; i--) {
                r = unix_time(X509_get0_notAfter(sk_X509_value(certs, i)), &made.not_after, err);
                if (made.not_after < made.chain_not_after)
                        made.chain_not_after = made.not_after;
        }
        if (r == 0)
                r = read_names(leaf, arena, &made, err);
        if (r < 0)
                return r;
        made.chain_length = (size_t)sk_X509_num(certs);
        made.subject = name_line(X509_get_subject_name(leaf), arena);
        made.issuer = name_line(X509_get_issuer_name(leaf), arena);
        made.self_signed = X509_self_signed(leaf, 1) == 1;
        ERR_clear_error();
        *out = made;
        return 0;
}

int tls_certificate_expiry(struct str chain, int64_t *out, struct err *err)
{
        STACK_OF(X509) *certs CLEANUP_CHAIN = NULL;
        int r = tls_chain_decode(chain, &certs, err);

        return r < 0 ? r : unix_time(X509_get0_notAfter(sk_X509_value(certs, 0)), out, err);
}

bool tls_certificate_covers(const struct tls_certificate *cert, struct str host)
{
        ptrdiff_t dot = str_find(host, '.');

        for (size_t i = 0; i < cert->nnames; i++) {
                struct str name = cert->names[i];

                if (str_eq_nocase(name, host))
                        return true;
                if (name.n > 2 && name.p[0] == '*' && dot > 0 &&
                    str_eq_nocase(str_make(name.p + 1, name.n - 1),
                                  str_make(host.p + dot, host.n - (size_t)dot)))
                        return true;
        }
        return false;
}

int tls_certificate_matches_key(struct str chain, struct str key, struct err *err)
{
        STACK_OF(X509) *certs CLEANUP_CHAIN = NULL;
        EVP_PKEY *pkey CLEANUP_PKEY = NULL;
        int r = tls_chain_decode(chain, &certs, err);

        if (r == 0)
                r = tls_key_decode(key, &pkey, err);
        if (r < 0)
                return r;
        if (X509_check_private_key(sk_X509_value(certs, 0), pkey) == 1)
                return 0;
        ERR_clear_error();
        return err_set(err, ERR_INVALID, "the private key does not belong to the certificate; "
                       "install the pair that was made together");
}

static int verify_chain(X509_STORE *store, STACK_OF(X509) *certs, const char *host, int64_t now,
                        struct err *err)
{
        X509_STORE_CTX *ctx = X509_STORE_CTX_new();
        int r = 0;

        if (ctx == NULL || X509_STORE_CTX_init(ctx, store, sk_X509_value(certs, 0), certs) != 1) {
                r = tls_error(err, ERR_IO, "cannot verify the certificate");
        } else {
                X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

                X509_VERIFY_PARAM_set_time(param, now);
                X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
                X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
                if (X509_VERIFY_PARAM_set1_host(param, host, 0) != 1)
                        r = tls_error(err, ERR_INVALID, "the host name is not usable");
                else if (X509_verify_cert(ctx) != 1)
                        r = err_set(err, ERR_DENIED, "the certificate is not valid for %s: %s", host,
                                    X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
        }
        X509_STORE_CTX_free(ctx);
        ERR_clear_error();
        return r;
}

int tls_certificate_verify(struct str chain, struct str roots, const char *host, int64_t now,
                           struct err *err)
{
        STACK_OF(X509) *certs CLEANUP_CHAIN = NULL;
        STACK_OF(X509) *trusted CLEANUP_CHAIN = NULL;
        int r = tls_chain_decode(chain, &certs, err);

        if (r == 0)
                r = tls_chain_decode(roots, &trusted, err);
        if (r < 0)
                return r;

        X509_STORE *store = X509_STORE_new();

        if (store == NULL)
                return tls_error(err, ERR_IO, "cannot verify the certificate");
        for (int i = 0; i < sk_X509_num(trusted) && r == 0; i++)
                if (X509_STORE_add_cert(store, sk_X509_value(trusted, i)) != 1)
                        r = tls_error(err, ERR_INVALID, "a root certificate cannot be used");
        if (r == 0)
                r = verify_chain(store, certs, host, now, err);
        X509_STORE_free(store);
        return r;
}
