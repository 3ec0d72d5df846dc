/*
 * test_authority.c -- the local authority vouches for its own names and for nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "tls/authority.h"
#include "tls/certificate.h"
#include "tls/key.h"
#include "tls/server.h"

enum { DAY = 24 * 3600 };

struct portal {
        struct buf key, spki, chain;
};

static struct tls_authority *authority;
static struct buf ca_key, ca_pem;

static int make_authority(void **state)
{
        (void)state;
        assert_int_equal(tls_authority_new(STR("Docs.test"), &authority, NULL), 0);
        assert_int_equal(tls_authority_save(authority, &ca_key, &ca_pem, NULL), 0);
        return 0;
}

static int free_authority(void **state)
{
        (void)state;
        tls_authority_free(&authority);
        buf_free(&ca_key);
        buf_free(&ca_pem);
        return 0;
}

static void make_portal(struct portal *p, const struct tls_authority *by, const char *host)
{
        assert_int_equal(tls_key_new(&p->key, NULL), 0);
        assert_int_equal(tls_key_public(buf_str(&p->key), &p->spki, NULL), 0);
        assert_int_equal(tls_authority_issue(by, str_of(host), buf_str(&p->spki), &p->chain, NULL),
                         0);
}

static void free_portal(struct portal *p)
{
        buf_free(&p->key);
        buf_free(&p->spki);
        buf_free(&p->chain);
}

static void a_leaf_verifies_for_its_name_and_no_other(void **state)
{
        struct portal p = { 0 };
        int64_t now = clock_unix();
        struct err err;

        (void)state;
        make_portal(&p, authority, "acme.docs.test");
        assert_int_equal(tls_certificate_verify(buf_str(&p.chain), buf_str(&ca_pem),
                                                "acme.docs.test", now, &err), 0);
        assert_int_equal(tls_certificate_verify(buf_str(&p.chain), buf_str(&ca_pem),
                                                "other.docs.test", now, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "other.docs.test"));
        assert_int_equal(tls_certificate_verify(buf_str(&p.chain), buf_str(&ca_pem),
                                                "acme.docs.test", now + 398 * (int64_t)DAY, &err),
                         ERR_DENIED);
        assert_int_equal(tls_certificate_verify(buf_str(&p.chain), buf_str(&ca_pem),
                                                "acme.docs.test", now - DAY, &err), ERR_DENIED);
        free_portal(&p);
}

static void names_outside_are_not_certified(void **state)
{
        static const char *const names[] = { "example.org", "evildocs.test", "test", "docs.test.x" };
        struct portal p = { 0 };
        struct err err;

        (void)state;
        make_portal(&p, authority, "docs.test");
        size_t before = p.chain.n;

        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                assert_int_equal(tls_authority_issue(authority, str_of(names[i]), buf_str(&p.spki),
                                                     &p.chain, &err), ERR_DENIED);
                assert_int_equal(p.chain.n, before);
        }
        assert_int_equal(tls_authority_issue(authority, STR("*.docs.test"), buf_str(&p.spki),
                                             &p.chain, &err), ERR_INVALID);
        assert_int_equal(tls_authority_issue(authority, STR("a.docs.test"), STR("no key"),
                                             &p.chain, &err), ERR_INVALID);
        free_portal(&p);
}

/* Even if our own check were gone, browsers would refuse: the constraint is in the root itself. */
static void the_root_is_constrained_against_a_forged_leaf(void **state)
{
        BIO *kb = BIO_new(BIO_s_mem()), *cb = BIO_new_mem_buf(ca_pem.p, (int)ca_pem.n);
        const unsigned char *der = (const unsigned char *)ca_key.p;
        EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &der, (long)ca_key.n);
        X509 *root = PEM_read_bio_X509(cb, NULL, NULL, NULL);
        static const char *const names[] = { "DNS:bank.example", "DNS:docs.test",
                                             "IP:127.0.0.1,DNS:docs.test" };
        static const int results[] = { ERR_DENIED, 0, ERR_DENIED };
        static const char *const hosts[] = { "bank.example", "docs.test", "docs.test" };

        (void)state;
        assert_non_null(key);
        assert_non_null(root);
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                X509 *leaf = X509_new();
                X509V3_CTX ctx;
                char *pem;

                X509_set_version(leaf, X509_VERSION_3);
                ASN1_INTEGER_set(X509_get_serialNumber(leaf), 7);
                X509_gmtime_adj(X509_getm_notBefore(leaf), -60);
                X509_gmtime_adj(X509_getm_notAfter(leaf), 3600);
                X509_set_issuer_name(leaf, X509_get_subject_name(root));
                X509_set_pubkey(leaf, key);
                X509V3_set_ctx(&ctx, root, leaf, NULL, NULL, 0);
                X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name,
                                                          names[i]);

                X509_add_ext(leaf, ext, -1);
                X509_EXTENSION_free(ext);
                assert_true(X509_sign(leaf, key, EVP_sha256()) > 0);
                BIO_reset(kb);
                PEM_write_bio_X509(kb, leaf);
                long n = BIO_get_mem_data(kb, &pem);

                assert_int_equal(tls_certificate_verify(str_make(pem, (size_t)n), buf_str(&ca_pem),
                                                        hosts[i], clock_unix(), NULL), results[i]);
                X509_free(leaf);
        }
        X509_free(root);
        EVP_PKEY_free(key);
        BIO_free(kb);
        BIO_free(cb);
}

static void a_saved_authority_goes_on_issuing(void **state)
{
        struct tls_authority *loaded = NULL;
        struct portal p = { 0 };
        struct buf other = { 0 };
        struct err err;

        (void)state;
        assert_int_equal(tls_authority_load(buf_str(&ca_key), buf_str(&ca_pem), &loaded, NULL), 0);
        make_portal(&p, loaded, "b.docs.test");
        assert_int_equal(tls_certificate_verify(buf_str(&p.chain), buf_str(&ca_pem), "b.docs.test",
                                                clock_unix(), NULL), 0);
        tls_authority_free(&loaded);
        assert_int_equal(tls_key_new(&other, NULL), 0);
        assert_int_equal(tls_authority_load(buf_str(&other), buf_str(&ca_pem), &loaded, &err),
                         ERR_INVALID);
        assert_int_equal(tls_authority_load(buf_str(&p.key), buf_str(&p.chain), &loaded, &err),
                         ERR_INVALID);
        buf_free(&other);
        free_portal(&p);
}

static void a_chain_tells_its_names_and_dates(void **state)
{
        struct arena *arena = arena_new(0);
        struct tls_certificate cert;
        struct portal p = { 0 };
        int64_t now = clock_unix(), expiry = 0;

        (void)state;
        make_portal(&p, authority, "Acme.docs.test");
        assert_int_equal(tls_certificate_read(buf_str(&p.chain), arena, &cert, NULL), 0);
        assert_int_equal(cert.nnames, 1);
        assert_true(str_is(cert.names[0], "acme.docs.test"));
        assert_int_equal(cert.chain_length, 2);
        assert_true(cert.not_before <= now - 3599 && cert.not_before > now - 3700);
        assert_int_equal(cert.not_after - cert.not_before, 397 * DAY);
        assert_int_equal(cert.chain_not_after, cert.not_after);
        assert_false(cert.self_signed);
        assert_true(tls_certificate_covers(&cert, STR("ACME.docs.test")));
        assert_false(tls_certificate_covers(&cert, STR("b.docs.test")));
        assert_int_equal(tls_certificate_expiry(buf_str(&p.chain), &expiry, NULL), 0);
        assert_int_equal(expiry, cert.not_after);
        assert_int_equal(tls_certificate_read(buf_str(&ca_pem), arena, &cert, NULL), 0);
        assert_true(cert.self_signed);
        assert_int_equal(cert.nnames, 0);
        free_portal(&p);
        arena_free(&arena);
}

static void a_wildcard_covers_one_label(void **state)
{
        static const struct str names[] = { { "*.docs.test", 11 } };
        struct tls_certificate cert = { .names = names, .nnames = 1 };

        (void)state;
        assert_true(tls_certificate_covers(&cert, STR("a.docs.test")));
        assert_false(tls_certificate_covers(&cert, STR("docs.test")));
        assert_false(tls_certificate_covers(&cert, STR("a.b.docs.test")));
        assert_false(tls_certificate_covers(&cert, STR(".docs.test")));
}

static void a_foreign_key_does_not_match(void **state)
{
        struct portal a = { 0 }, b = { 0 };
        struct tls_server *server = NULL;
        struct err err;

        (void)state;
        make_portal(&a, authority, "a.docs.test");
        make_portal(&b, authority, "b.docs.test");
        assert_int_equal(tls_certificate_matches_key(buf_str(&a.chain), buf_str(&a.key), NULL), 0);
        assert_int_equal(tls_certificate_matches_key(buf_str(&a.chain), buf_str(&b.key), &err),
                         ERR_INVALID);
        assert_int_equal(tls_server_new(buf_str(&b.key), buf_str(&a.chain), &server, &err),
                         ERR_INVALID);
        assert_null(server);
        free_portal(&a);
        free_portal(&b);
}

static void a_shuffled_or_damaged_chain_is_refused_with_advice(void **state)
{
        struct arena *arena = arena_new(0);
        struct portal a = { 0 }, b = { 0 };
        struct tls_certificate cert;
        struct buf wrong = { 0 };
        struct err err;

        (void)state;
        make_portal(&a, authority, "a.docs.test");
        make_portal(&b, authority, "b.docs.test");
        buf_add_str(&wrong, buf_str(&ca_pem));
        buf_add_str(&wrong, buf_str(&a.chain));
        assert_int_equal(tls_certificate_read(buf_str(&wrong), arena, &cert, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "first"));
        assert_int_equal(tls_certificate_read(STR("hello"), arena, &cert, &err), ERR_INVALID);
        assert_int_equal(tls_certificate_read(str_make(a.chain.p, 200), arena, &cert, &err),
                         ERR_INVALID);
        assert_int_equal(tls_certificate_read(buf_str(&a.key), arena, &cert, &err), ERR_INVALID);
        buf_clear(&wrong);
        for (int i = 0; i < TLS_CHAIN_CERTIFICATES + 1; i++)
                buf_add_str(&wrong, buf_str(&ca_pem));
        assert_int_equal(tls_certificate_read(buf_str(&wrong), arena, &cert, &err), ERR_INVALID);
        buf_free(&wrong);
        free_portal(&a);
        free_portal(&b);
        arena_free(&arena);
}

static void a_key_in_pem_becomes_the_same_key_in_der(void **state)
{
        struct buf der = { 0 }, again = { 0 };
        BIO *bio = BIO_new(BIO_s_mem());
        char *pem;
        struct err err;

        (void)state;
        assert_int_equal(tls_key_new(&der, NULL), 0);
        const unsigned char *p = (const unsigned char *)der.p;
        EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)der.n);

        PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
        long n = BIO_get_mem_data(bio, &pem);

        assert_int_equal(tls_key_from_pem(str_make(pem, (size_t)n), &again, NULL), 0);
        assert_true(str_eq(buf_str(&der), buf_str(&again)));
        BIO_reset(bio);
        PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(), (const unsigned char *)"pw", 2, NULL,
                                 NULL);
        n = BIO_get_mem_data(bio, &pem);
        assert_int_equal(tls_key_from_pem(str_make(pem, (size_t)n), &again, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "password"));
        EVP_PKEY_free(key);
        BIO_free(bio);
        buf_free(&der);
        buf_free(&again);
}

static void weak_keys_are_refused(void **state)
{
        static const struct {
                const char *type;
                const char *group;
                size_t bits;
        } weak[] = { { "RSA", NULL, 1024 }, { "EC", "secp256k1", 0 }, { "EC", "P-521", 0 },
                     { "ED25519", NULL, 0 } };
        struct err err;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
                EVP_PKEY *key = weak[i].bits > 0 ? EVP_RSA_gen(weak[i].bits) :
                                weak[i].group != NULL ? EVP_EC_gen(weak[i].group) :
                                EVP_PKEY_Q_keygen(NULL, NULL, weak[i].type);
                unsigned char *der = NULL;
                int n = i2d_PrivateKey(key, &der);
                struct buf spki = { 0 };

                assert_true(n > 0);
                assert_int_equal(tls_key_public(str_make((char *)der, (size_t)n), &spki, &err),
                                 ERR_INVALID);
                assert_int_equal(spki.n, 0);
                OPENSSL_free(der);
                EVP_PKEY_free(key);
        }
}

static bool checks(struct str text, const struct buf *signature, EVP_PKEY *key)
{
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        bool good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                    EVP_DigestVerify(ctx, (const unsigned char *)signature->p, signature->n,
                                     (const unsigned char *)text.p, text.n) == 1;

        EVP_MD_CTX_free(ctx);
        return good;
}

static void a_signed_text_is_checked_with_the_authoritys_certificate(void **state)
{
        struct buf signature CLEANUP_BUF = { 0 }, pem CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(tls_authority_sign(authority, STR("{\"a\":1}"), &signature, &pem, NULL), 0);
        assert_true(str_eq(buf_str(&pem), buf_str(&ca_pem)));
        BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
        X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        EVP_PKEY *key = X509_get0_pubkey(cert);

        assert_true(checks(STR("{\"a\":1}"), &signature, key));
        assert_false(checks(STR("{\"a\":2}"), &signature, key));
        signature.p[signature.n - 1] ^= 1;
        assert_false(checks(STR("{\"a\":1}"), &signature, key));
        X509_free(cert);
        BIO_free(bio);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_leaf_verifies_for_its_name_and_no_other),
                cmocka_unit_test(names_outside_are_not_certified),
                cmocka_unit_test(the_root_is_constrained_against_a_forged_leaf),
                cmocka_unit_test(a_saved_authority_goes_on_issuing),
                cmocka_unit_test(a_chain_tells_its_names_and_dates),
                cmocka_unit_test(a_wildcard_covers_one_label),
                cmocka_unit_test(a_foreign_key_does_not_match),
                cmocka_unit_test(a_shuffled_or_damaged_chain_is_refused_with_advice),
                cmocka_unit_test(a_key_in_pem_becomes_the_same_key_in_der),
                cmocka_unit_test(weak_keys_are_refused),
                cmocka_unit_test(a_signed_text_is_checked_with_the_authoritys_certificate),
        };

        return cmocka_run_group_tests(tests, make_authority, free_authority);
}
