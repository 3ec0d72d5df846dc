/*
 * test_passkey.c -- an authenticator made of OpenSSL registers and logs in; whatever is changed on the way is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "crypto/digest.h"
#include "crypto/passkey.h"
#include "crypto/prepare.h"
#include "signer.h"

static const struct str origins[] = { STR("https://docs.example"), STR("https://docs.example:8443") };
static struct passkey_ceremony ceremony = { .rp_id = STR("docs.example"), .origins = origins, .origin_count = 2 };
static struct signer *p256, *ed25519, *p384;

enum { UP = 0x01, UV = 0x04, BE = 0x08, BS = 0x10, AT = 0x40, ED = 0x80 };

/* What the authenticator and the browser say; each test changes one thing. */
struct answer {
        const struct signer *signer;
        const char *type, *origin, *rp_id, *format, *statement, *client_extra;
        uint8_t flags;
        uint32_t counter;
        bool other_challenge;
};

static struct answer registration(const struct signer *signer)
{
        return (struct answer){ signer, "webauthn.create", "https://docs.example", "docs.example", "none",
                                NULL, "", UP | AT, 0, false };
}

static struct answer login(const struct signer *signer, uint32_t counter)
{
        return (struct answer){ signer, "webauthn.get", "https://docs.example", "docs.example", NULL, NULL, "",
                                UP, counter, false };
}

static void client_data(const struct answer *a, struct buf *out)
{
        char challenge[PASSKEY_CHALLENGE_TEXT_LEN + 1];

        passkey_challenge_text(ceremony.challenge, challenge);
        if (a->other_challenge)
                challenge[5] = challenge[5] == 'A' ? 'B' : 'A';
        buf_printf(out, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", a->type, challenge, a->origin,
                   a->client_extra);
}

/* CBOR heads of values below 65536. */
static void head(struct buf *out, unsigned major, size_t n)
{
        if (n < 24) {
                buf_putc(out, (char)(unsigned char)(major << 5 | n));
        } else if (n < 256) {
                buf_putc(out, (char)(unsigned char)(major << 5 | 24));
                buf_putc(out, (char)(unsigned char)n);
        } else {
                buf_putc(out, (char)(unsigned char)(major << 5 | 25));
                buf_putc(out, (char)(unsigned char)(n >> 8));
                buf_putc(out, (char)(unsigned char)n);
        }
}

static void item(struct buf *out, unsigned major, struct str s)
{
        head(out, major, s.n);
        buf_add_str(out, s);
}

static void cose_key(const struct signer *signer, struct buf *out)
{
        struct buf key CLEANUP_BUF = { 0 };

        signer_public(signer, &key);
        if (signer == ed25519) {
                BUF_LIT(out, "\xa4\x01\x01\x03\x27\x20\x06\x21");
                item(out, 2, buf_str(&key));
                return;
        }
        if (signer == p256)
                BUF_LIT(out, "\xa5\x01\x02\x03\x26\x20\x01\x21");
        else
                BUF_LIT(out, "\xa5\x01\x02\x03\x38\x22\x20\x02\x21");
        item(out, 2, str_make(key.p, key.n / 2));
        BUF_LIT(out, "\x22");
        item(out, 2, str_make(key.p + key.n / 2, key.n / 2));
}

static void auth_data(const struct answer *a, struct buf *out)
{
        struct digest hash;

        digest_of(str_of(a->rp_id), &hash);
        buf_add(out, hash.b, sizeof hash.b);
        buf_putc(out, (char)a->flags);
        for (int shift = 24; shift >= 0; shift -= 8)
                buf_putc(out, (char)(uint8_t)(a->counter >> shift));
        if ((a->flags & AT) != 0) {
                BUF_LIT(out, "MODEL-0123456789");
                BUF_LIT(out, "\x00\x07" "cred-id");
                cose_key(a->signer, out);
        }
        if ((a->flags & ED) != 0)
                BUF_LIT(out, "\xa1\x6b" "credProtect\x02");
}

static void attestation(const struct answer *a, struct buf *out)
{
        struct buf data CLEANUP_BUF = { 0 };

        auth_data(a, &data);
        BUF_LIT(out, "\xa3\x63" "fmt");
        item(out, 3, str_of(a->format));
        BUF_LIT(out, "\x67" "attStmt");
        buf_puts(out, a->statement != NULL ? a->statement : "\xa0");
        BUF_LIT(out, "\x68" "authData");
        item(out, 2, buf_str(&data));
}

static int enroll(const struct answer *a, struct passkey *out, struct err *err)
{
        struct buf client CLEANUP_BUF = { 0 }, object CLEANUP_BUF = { 0 };

        client_data(a, &client);
        attestation(a, &object);
        return passkey_register(&ceremony, buf_str(&client), buf_str(&object), out, err);
}

struct assertion {
        struct buf client, data, signature;
};

static void assertion_free(struct assertion *x)
{
        buf_free(&x->client);
        buf_free(&x->data);
        buf_free(&x->signature);
}

static void assertion_make(const struct answer *a, struct assertion *out)
{
        struct buf message CLEANUP_BUF = { 0 };
        struct digest hash;

        client_data(a, &out->client);
        auth_data(a, &out->data);
        digest_of(buf_str(&out->client), &hash);
        buf_add_str(&message, buf_str(&out->data));
        buf_add(&message, hash.b, sizeof hash.b);
        signer_sign(a->signer, buf_str(&message), false, &out->signature);
}

static int use(const struct answer *a, const struct passkey *stored, struct passkey_use *out, struct err *err)
{
        struct assertion x CLEANUP(assertion_free) = { 0 };

        assertion_make(a, &x);
        return passkey_login(&ceremony, stored, buf_str(&x.client), buf_str(&x.data), buf_str(&x.signature), out,
                             err);
}

static void both_kinds_of_key_register_and_log_in(void **state)
{
        const struct signer *signers[] = { p256, ed25519 };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(signers); i++) {
                struct answer a = registration(signers[i]);
                struct passkey key = { 0 };
                struct passkey_use used = { 0 };

                a.flags |= UV | BE;
                a.counter = 3;
                if (enroll(&a, &key, &err) < 0)
                        fail_msg("%s", err.text);
                assert_int_equal(key.id_len, 7);
                assert_memory_equal(key.id, "cred-id", 7);
                assert_memory_equal(key.aaguid, "MODEL-0123456789", 16);
                assert_int_equal(key.algorithm, i == 0 ? PASSKEY_ES256 : PASSKEY_EDDSA);
                assert_int_equal(key.key_len, i == 0 ? 64 : 32);
                assert_int_equal(key.counter, 3);
                assert_true(key.user_verified && key.backup_eligible && !key.backed_up);

                struct answer b = login(signers[i], 4);

                b.flags |= BE | BS;
                if (use(&b, &key, &used, &err) < 0)
                        fail_msg("%s", err.text);
                assert_int_equal(used.counter, 4);
                assert_true(used.backed_up && !used.user_verified);
        }
}

static void other_origins_sites_challenges_and_purposes_are_denied(void **state)
{
        static const char *const foreign[] = { "https://evil.example", "http://docs.example", "https://docs.example/",
                                               "https://docs.example:444", "https://DOCS.example", "null", "",
                                               "https://docs.example.evil.example" };
        struct passkey key = { 0 };
        struct passkey_use used = { 0 };
        struct err err = { 0 };
        struct answer a = registration(p256), b = login(p256, 0);

        (void)state;
        assert_int_equal(enroll(&a, &key, &err), 0);
        for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
                a.origin = b.origin = foreign[i];
                assert_int_equal(enroll(&a, &key, &err), ERR_DENIED);
                assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
        }
        a = registration(p256);
        b = login(p256, 0);
        a.rp_id = b.rp_id = "example";
        assert_int_equal(enroll(&a, &key, &err), ERR_DENIED);
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
        a = registration(p256);
        b = login(p256, 0);
        a.other_challenge = b.other_challenge = true;
        assert_int_equal(enroll(&a, &key, &err), ERR_DENIED);
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
        a = registration(p256);
        b = login(p256, 0);
        a.type = "webauthn.get";
        b.type = "webauthn.create";
        assert_int_equal(enroll(&a, &key, &err), ERR_DENIED);
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
}

static void pages_inside_other_pages_are_denied(void **state)
{
        static const char *const denied[] = { ",\"crossOrigin\":true", ",\"crossOrigin\":1",
                                              ",\"crossOrigin\":false,\"topOrigin\":\"https://evil.example\"" };
        struct passkey key = { 0 };
        struct err err = { 0 };
        struct answer a = registration(p256);

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(denied); i++) {
                a.client_extra = denied[i];
                assert_int_equal(enroll(&a, &key, &err), ERR_DENIED);
        }
        a.client_extra = ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"as Chromium does\"";
        assert_int_equal(enroll(&a, &key, &err), 0);
        a.client_extra = ",\"origin\":\"https://docs.example\"";
        assert_int_equal(enroll(&a, &key, &err), ERR_INVALID);
}

static void presence_is_always_wanted_and_verification_where_it_is_required(void **state)
{
        struct passkey key = { 0 };
        struct passkey_use used = { 0 };
        struct err err = { 0 };
        struct answer a = registration(ed25519), b = login(ed25519, 0);

        (void)state;
        assert_int_equal(enroll(&a, &key, &err), 0);
        a.flags = AT | UV;
        b.flags = UV;
        assert_int_equal(enroll(&a, &key, &err), ERR_DENIED);
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
        ceremony.require_verification = true;
        a.flags = AT | UP;
        b.flags = UP;
        assert_int_equal(enroll(&a, &key, &err), ERR_DENIED);
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
        a.flags = AT | UP | UV;
        b.flags = UP | UV;
        assert_int_equal(enroll(&a, &key, &err), 0);
        assert_int_equal(use(&b, &key, &used, &err), 0);
        ceremony.require_verification = false;
}

static void a_counter_must_grow_unless_there_is_none(void **state)
{
        static const struct {
                uint32_t stored, sent;
                int result;
        } cases[] = { { 0, 0, 0 },          { 0, 1, 0 },          { 5, 6, 0 },
                      { 5, 5, ERR_DENIED }, { 5, 4, ERR_DENIED }, { 5, 0, ERR_DENIED },
                      { 0x7fffffff, 0x80000000, 0 },              { 0xffffffff, 1, ERR_DENIED } };
        struct passkey key = { 0 };
        struct passkey_use used = { .counter = 77 };
        struct err err = { 0 };
        struct answer a = registration(p256);

        (void)state;
        assert_int_equal(enroll(&a, &key, &err), 0);
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct answer b = login(p256, cases[i].sent);

                key.counter = cases[i].stored;
                used.counter = 77;
                assert_int_equal(use(&b, &key, &used, &err), cases[i].result);
                assert_int_equal(used.counter, cases[i].result == 0 ? cases[i].sent : 77);
        }
}

static void flags_that_contradict_are_refused(void **state)
{
        struct passkey key = { 0 };
        struct passkey_use used = { 0 };
        struct err err = { 0 };
        struct answer a = registration(p256), b = login(p256, 0);

        (void)state;
        a.flags = UP | AT | BS;
        assert_int_equal(enroll(&a, &key, &err), ERR_INVALID);
        a.flags = UP;
        assert_int_equal(enroll(&a, &key, &err), ERR_INVALID);
        a.flags = UP | AT;
        assert_int_equal(enroll(&a, &key, &err), 0);
        b.flags = UP | BE;
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
        b.flags = UP | AT;
        assert_int_equal(use(&b, &key, &used, &err), ERR_INVALID);
        b.flags = UP | ED;
        assert_int_equal(use(&b, &key, &used, &err), 0);
}

static void another_key_does_not_log_in(void **state)
{
        struct signer *mallory CLEANUP_SIGNER = signer_new(SIGNER_P256);
        struct passkey key = { 0 };
        struct passkey_use used = { 0 };
        struct err err = { 0 };
        struct answer a = registration(p256), b = login(mallory, 1);

        (void)state;
        assert_int_equal(enroll(&a, &key, &err), 0);
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
        b = login(ed25519, 1);
        assert_int_equal(use(&b, &key, &used, &err), ERR_DENIED);
}

static void one_changed_bit_anywhere_fails_a_login(void **state)
{
        const struct signer *signers[] = { p256, ed25519 };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(signers); i++) {
                struct answer a = registration(signers[i]), b = login(signers[i], 9);
                struct assertion x CLEANUP(assertion_free) = { 0 };
                struct passkey key = { 0 };
                struct passkey_use used = { 0 };

                assert_int_equal(enroll(&a, &key, &err), 0);
                assertion_make(&b, &x);
                struct buf *parts[] = { &x.client, &x.data, &x.signature };

                for (size_t p = 0; p < ARRAY_LEN(parts); p++)
                        for (size_t bit = 0; bit < parts[p]->n * 8; bit++) {
                                parts[p]->p[bit / 8] ^= (char)(1 << bit % 8);
                                if (passkey_login(&ceremony, &key, buf_str(&x.client), buf_str(&x.data),
                                                  buf_str(&x.signature), &used, &err) == 0)
                                        fail_msg("signer %zu, part %zu, bit %zu", i, p, bit);
                                parts[p]->p[bit / 8] ^= (char)(1 << bit % 8);
                        }
                assert_int_equal(passkey_login(&ceremony, &key, buf_str(&x.client), buf_str(&x.data),
                                               buf_str(&x.signature), &used, &err), 0);
        }
}

static void statements_of_other_formats_are_read_past(void **state)
{
        struct passkey key = { 0 };
        struct err err = { 0 };
        struct answer a = registration(p256);

        (void)state;
        a.format = "packed";
        a.statement = "\xa2\x63" "alg\x26\x63" "sig\x43" "abc";
        assert_int_equal(enroll(&a, &key, &err), 0);
        a.format = "none";
        assert_int_equal(enroll(&a, &key, &err), ERR_INVALID);
        a.format = "packed";
        a.statement = "\x80";
        assert_int_equal(enroll(&a, &key, &err), ERR_INVALID);
}

static void keys_of_other_kinds_are_refused(void **state)
{
        struct passkey key = { .counter = 77 };
        struct err err = { 0 };
        struct answer a = registration(p384);

        (void)state;
        assert_int_equal(enroll(&a, &key, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "ES256"));
        assert_int_equal(key.counter, 77);
}

/* Cut anywhere, or with one byte more, nothing is accepted; and nothing is read outside. */
static void a_registration_that_is_cut_or_longer_is_refused(void **state)
{
        struct answer a = registration(p256);
        struct buf client CLEANUP_BUF = { 0 }, object CLEANUP_BUF = { 0 };
        struct passkey key = { 0 };
        struct err err = { 0 };

        (void)state;
        a.flags |= ED;
        client_data(&a, &client);
        attestation(&a, &object);
        for (size_t n = 0; n < object.n; n++) {
                char *exact CLEANUP_FREE = xalloc(n > 0 ? n : 1);

                memcpy(exact, object.p, n);
                assert_int_equal(passkey_register(&ceremony, buf_str(&client), str_make(exact, n), &key, &err),
                                 ERR_INVALID);
        }
        assert_int_equal(passkey_register(&ceremony, buf_str(&client), buf_str(&object), &key, &err), 0);
        buf_putc(&object, '\0');
        assert_int_equal(passkey_register(&ceremony, buf_str(&client), buf_str(&object), &key, &err), ERR_INVALID);
}

static void what_is_too_long_is_refused_unread(void **state)
{
        struct answer a = registration(p256), b = login(p256, 1);
        struct buf big CLEANUP_BUF = { 0 }, object CLEANUP_BUF = { 0 };
        struct assertion x CLEANUP(assertion_free) = { 0 };
        struct passkey key = { 0 };
        struct passkey_use used = { 0 };
        struct err err = { 0 };

        (void)state;
        for (int i = 0; i <= PASSKEY_ATTESTATION_MAX; i++)
                buf_putc(&big, ' ');
        attestation(&a, &object);
        assertion_make(&b, &x);
        assert_int_equal(enroll(&a, &key, &err), 0);
        assert_int_equal(passkey_register(&ceremony, str_make(big.p, PASSKEY_CLIENT_DATA_MAX + 1), buf_str(&object),
                                          &key, &err), ERR_LIMIT);
        assert_int_equal(passkey_login(&ceremony, &key, buf_str(&x.client),
                                       str_make(big.p, PASSKEY_AUTH_DATA_MAX + 1), buf_str(&x.signature), &used,
                                       &err), ERR_LIMIT);
        assert_int_equal(passkey_login(&ceremony, &key, buf_str(&x.client), buf_str(&x.data),
                                       str_make(big.p, PASSKEY_SIGNATURE_MAX + 1), &used, &err), ERR_LIMIT);
        buf_clear(&x.client);
        client_data(&a, &x.client);
        assert_int_equal(passkey_register(&ceremony, buf_str(&x.client), buf_str(&big), &key, &err), ERR_LIMIT);
}

static void transports_have_names_both_ways(void **state)
{
        (void)state;
        for (unsigned bit = PASSKEY_USB; bit <= PASSKEY_SMART_CARD; bit <<= 1)
                assert_int_equal(passkey_transport_of(str_of(passkey_transport_name((enum passkey_transport)bit))),
                                 bit);
        assert_int_equal(passkey_transport_of(STR("pigeon")), 0);
}

static int start(void **state)
{
        struct err err = { 0 };

        (void)state;
        if (crypto_prepare(&err) < 0)
                return -1;
        passkey_challenge_new(ceremony.challenge);
        p256 = signer_new(SIGNER_P256);
        p384 = signer_new(SIGNER_P384);
        ed25519 = signer_new(SIGNER_ED25519);
        return 0;
}

static int stop(void **state)
{
        (void)state;
        signer_free(&p256);
        signer_free(&p384);
        signer_free(&ed25519);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(both_kinds_of_key_register_and_log_in),
                cmocka_unit_test(other_origins_sites_challenges_and_purposes_are_denied),
                cmocka_unit_test(pages_inside_other_pages_are_denied),
                cmocka_unit_test(presence_is_always_wanted_and_verification_where_it_is_required),
                cmocka_unit_test(a_counter_must_grow_unless_there_is_none),
                cmocka_unit_test(flags_that_contradict_are_refused),
                cmocka_unit_test(another_key_does_not_log_in),
                cmocka_unit_test(one_changed_bit_anywhere_fails_a_login),
                cmocka_unit_test(statements_of_other_formats_are_read_past),
                cmocka_unit_test(keys_of_other_kinds_are_refused),
                cmocka_unit_test(a_registration_that_is_cut_or_longer_is_refused),
                cmocka_unit_test(what_is_too_long_is_refused_unread),
                cmocka_unit_test(transports_have_names_both_ways),
        };

        return cmocka_run_group_tests(tests, start, stop);
}
