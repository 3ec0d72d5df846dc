/*
 * test_rsa_wrap.c -- what is sealed to an RSA key opens with its private half only; other files, other
 * lengths and other forms of keys are refused with a sentence that says what is wanted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "crypto/prepare.h"
#include "crypto/rsa_wrap.h"
#include "rsa_keys.h"

static struct rsa_public *public_of(const char *pem)
{
        struct rsa_public *key = NULL;
        struct err err = { 0 };

        if (rsa_public_read(str_of(pem), &key, &err) < 0)
                fail_msg("%s", err.text);
        return key;
}

static int no_passphrase(void *ctx, struct secret *out, struct err *err)
{
        (void)ctx;
        (void)out;
        (void)err;
        fail_msg("asked for a passphrase");
        return 0;
}

static struct rsa_private *private_of(const char *pem)
{
        struct rsa_private *key = NULL;
        struct err err = { 0 };

        if (rsa_private_read(str_of(pem), no_passphrase, NULL, &key, &err) < 0)
                fail_msg("%s", err.text);
        return key;
}

static void what_is_sealed_to_a_key_opens_with_its_private_half(void **state)
{
        static const size_t lengths[] = { 1, 24, 32, RSA_WRAP_KEY_MAX };
        struct rsa_public *to CLEANUP_RSA_PUBLIC = public_of(rsa_sample_public);
        struct rsa_private *key CLEANUP_RSA_PRIVATE = private_of(rsa_sample_private);
        uint8_t sealed[RSA_WRAP_LEN_MAX], again[RSA_WRAP_LEN_MAX];
        char plain[RSA_WRAP_KEY_MAX];

        (void)state;
        assert_int_equal(rsa_public_bits(to), 3072);
        assert_int_equal(rsa_public_length(to), 384);
        assert_int_equal(rsa_private_length(key), 384);
        assert_string_equal(rsa_public_name(to), rsa_private_name(key));
        for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
                struct secret out CLEANUP_SECRET = { 0 };
                struct str secret = str_make(plain, lengths[i]);

                memset(plain, (int)i + 1, sizeof plain);
                rsa_wrap(to, secret, sealed);
                rsa_wrap(to, secret, again);
                assert_memory_not_equal(sealed, again, 384);
                assert_int_equal(rsa_unwrap(key, str_make((char *)sealed, 384), &out, NULL), 0);
                assert_true(str_eq(secret_str(&out), secret));
        }
}

static void a_changed_bit_another_length_and_another_key_open_nothing(void **state)
{
        struct rsa_public *to CLEANUP_RSA_PUBLIC = public_of(rsa_sample_public);
        struct rsa_private *key CLEANUP_RSA_PRIVATE = private_of(rsa_sample_private);
        struct rsa_private *other CLEANUP_RSA_PRIVATE = private_of(rsa_sample_other);
        struct secret out CLEANUP_SECRET = { 0 };
        char sealed[RSA_WRAP_LEN_MAX] = { 0 };

        (void)state;
        assert_string_not_equal(rsa_private_name(key), rsa_private_name(other));
        rsa_wrap(to, STR("twenty-four bytes of key"), (uint8_t *)sealed);
        assert_int_equal(rsa_unwrap(other, str_make(sealed, 384), &out, NULL), ERR_DENIED);
        assert_int_equal(rsa_unwrap(key, str_make(sealed, 383), &out, NULL), ERR_DENIED);
        assert_int_equal(rsa_unwrap(key, str_make(sealed, 385), &out, NULL), ERR_DENIED);
        assert_int_equal(rsa_unwrap(key, STR(""), &out, NULL), ERR_DENIED);
        for (size_t bit = 0; bit < 384 * 8; bit += 61) {
                sealed[bit / 8] = (char)(sealed[bit / 8] ^ 1 << bit % 8);
                assert_int_equal(rsa_unwrap(key, str_make(sealed, 384), &out, NULL), ERR_DENIED);
                sealed[bit / 8] = (char)(sealed[bit / 8] ^ 1 << bit % 8);
        }
        assert_int_equal(out.n, 0);
        assert_int_equal(rsa_unwrap(key, str_make(sealed, 384), &out, NULL), 0);
}

static void the_name_is_the_digest_of_the_key_and_not_of_the_files_blanks(void **state)
{
        struct rsa_public *to CLEANUP_RSA_PUBLIC = public_of(rsa_sample_public);
        struct buf windows CLEANUP_BUF = { 0 };

        (void)state;
        /* openssl pkey -pubin -outform DER | sha256sum */
        assert_string_equal(rsa_public_name(to), RSA_SAMPLE_NAME);
        buf_puts(&windows, "\r\n ");
        for (const char *p = rsa_sample_public; *p != '\0'; p++) {
                if (*p == '\n')
                        buf_putc(&windows, '\r');
                buf_putc(&windows, *p);
        }
        struct rsa_public *same CLEANUP_RSA_PUBLIC = public_of(buf_cstr(&windows));

        assert_string_equal(rsa_public_name(same), RSA_SAMPLE_NAME);
        struct rsa_public *longest CLEANUP_RSA_PUBLIC = public_of(rsa_public_8192);

        assert_int_equal(rsa_public_length(longest), RSA_WRAP_LEN_MAX);
        uint8_t sealed[RSA_WRAP_LEN_MAX];

        rsa_wrap(longest, STR("x"), sealed);
}

static void assert_refused(struct str pem, int code, const char *words)
{
        struct rsa_public *key = NULL;
        struct err err = { 0 };

        assert_int_equal(rsa_public_read(pem, &key, &err), code);
        assert_null(key);
        if (strstr(err.text, words) == NULL)
                fail_msg("'%s' is not in: %s", words, err.text);
}

static void other_files_and_other_keys_are_refused_by_what_they_are(void **state)
{
        static const struct {
                const char *pem;
                int code;
                const char *words;
        } others[] = {
                { "", ERR_INVALID, "no public key" },
                { "ssh-rsa AAAAB3NzaC1yc2E= me", ERR_INVALID, "no public key" },
                { rsa_sample_private, ERR_LIMIT, "at most 2048 bytes" },
                { "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", ERR_INVALID, "private key" },
                { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", ERR_INVALID, "x509" },
                { rsa_public_older, ERR_INVALID, "RSAPublicKey_in" },
                { rsa_public_2048, ERR_LIMIT, "3072 to 8192 bits" },
                { rsa_public_exponent_3, ERR_INVALID, "exponent" },
                { rsa_public_pss, ERR_INVALID, "not an RSA key" },
                { rsa_public_p256, ERR_INVALID, "not an RSA key" },
                { rsa_public_ed25519, ERR_INVALID, "not an RSA key" },
                { "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----", ERR_INVALID, "not whole" },
                { "-----BEGIN PUBLIC KEY-----\nAAA\n-----END PUBLIC KEY-----", ERR_INVALID, "not whole" },
                { "-----BEGIN PUBLIC KEY-----\nAA-_\n-----END PUBLIC KEY-----", ERR_INVALID, "not whole" },
                { "-----BEGIN PUBLIC KEY-----\n====\n-----END PUBLIC KEY-----", ERR_INVALID, "not whole" },
                { "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", ERR_INVALID, "cannot be read" },
                { "-----BEGIN PUBLIC KEY-----", ERR_INVALID, "no public key" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(others); i++)
                assert_refused(str_of(others[i].pem), others[i].code, others[i].words);
}

/* The ninth letter and its like: whatever is cut, doubled or changed is no key, or another one. */
static void a_public_key_that_was_cut_or_changed_is_refused_or_another(void **state)
{
        size_t n = strlen(rsa_sample_public);
        char *changed = malloc(2 * n);

        (void)state;
        assert_non_null(changed);
        for (size_t i = 0; i < n - 1; i++) {
                struct rsa_public *key = NULL;

                assert_int_not_equal(rsa_public_read(str_make(rsa_sample_public, i), &key, NULL), 0);
        }
        for (size_t i = 0; i < n; i++) {
                struct rsa_public *key CLEANUP_RSA_PUBLIC = NULL;

                if (rsa_sample_public[i] == '\n')
                        continue;
                memcpy(changed, rsa_sample_public, n);
                changed[i] = changed[i] == 'B' ? 'C' : 'B';
                if (rsa_public_read(str_make(changed, n), &key, NULL) == 0)
                        assert_string_not_equal(rsa_public_name(key), RSA_SAMPLE_NAME);
        }
        memcpy(changed, rsa_sample_public, n);
        memcpy(changed + n, rsa_sample_public, n);
        assert_refused(str_make(changed, 2 * n), ERR_INVALID, "not whole");
        free(changed);
}

/* ---- private keys ---- */

static unsigned asked;

static int say(void *ctx, struct secret *out, struct err *err)
{
        char copy[64];
        int n = snprintf(copy, sizeof copy, "%s", (const char *)ctx);

        asked++;
        return secret_take(out, copy, (size_t)n, err);
}

static int refuse(void *ctx, struct secret *out, struct err *err)
{
        (void)ctx;
        (void)out;
        return err_set(err, ERR_GONE, "nobody there");
}

static void an_encrypted_private_key_asks_once_and_opens_with_its_passphrase_only(void **state)
{
        static char right[] = "correct horse", wrong[] = "wrong horse", none[] = "";
        struct rsa_private *key CLEANUP_RSA_PRIVATE = NULL;
        struct str pem = str_of(rsa_sample_encrypted);
        struct err err = { 0 };

        (void)state;
        assert_int_equal(rsa_private_read(pem, say, wrong, &key, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "passphrase"));
        assert_int_equal(rsa_private_read(pem, say, none, &key, &err), ERR_DENIED);
        assert_int_equal(rsa_private_read(pem, refuse, NULL, &key, &err), ERR_GONE);
        assert_string_equal(err.text, "nobody there");
        asked = 0;
        assert_int_equal(rsa_private_read(pem, say, right, &key, &err), 0);
        assert_int_equal(asked, 1);
        assert_string_equal(rsa_private_name(key), RSA_SAMPLE_NAME);
}

static void a_private_key_in_the_older_form_is_the_same_key(void **state)
{
        struct rsa_private *key CLEANUP_RSA_PRIVATE = private_of(rsa_sample_older);

        (void)state;
        assert_string_equal(rsa_private_name(key), RSA_SAMPLE_NAME);
}

static void what_is_no_private_key_is_refused(void **state)
{
        char *large = malloc(RSA_WRAP_PRIVATE_MAX + 1);
        struct rsa_private *key = NULL;
        struct err err = { 0 };

        (void)state;
        assert_non_null(large);
        memset(large, 'A', RSA_WRAP_PRIVATE_MAX + 1);
        assert_int_equal(rsa_private_read(str_make(large, RSA_WRAP_PRIVATE_MAX + 1), refuse, NULL, &key, &err),
                         ERR_LIMIT);
        assert_int_equal(rsa_private_read(str_make(large, 100), refuse, NULL, &key, &err), ERR_INVALID);
        free(large);
        assert_int_equal(rsa_private_read(str_of(rsa_sample_public), refuse, NULL, &key, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "private one"));
        assert_int_equal(rsa_private_read(str_make(rsa_sample_private, 1000), refuse, NULL, &key, &err),
                         ERR_INVALID);
        assert_null(key);
}

static int prepare(void **state)
{
        (void)state;
        return crypto_prepare(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_sealed_to_a_key_opens_with_its_private_half),
                cmocka_unit_test(a_changed_bit_another_length_and_another_key_open_nothing),
                cmocka_unit_test(the_name_is_the_digest_of_the_key_and_not_of_the_files_blanks),
                cmocka_unit_test(other_files_and_other_keys_are_refused_by_what_they_are),
                cmocka_unit_test(a_public_key_that_was_cut_or_changed_is_refused_or_another),
                cmocka_unit_test(an_encrypted_private_key_asks_once_and_opens_with_its_passphrase_only),
                cmocka_unit_test(a_private_key_in_the_older_form_is_the_same_key),
                cmocka_unit_test(what_is_no_private_key_is_refused),
        };

        return cmocka_run_group_tests(tests, prepare, NULL);
}
