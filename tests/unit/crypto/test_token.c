/*
 * test_token.c -- tokens cannot be guessed, stored ones cannot be used, and one kind is never another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "crypto/base64url.h"
#include "crypto/token.h"

static void a_token_is_found_again_by_its_digest_only(void **state)
{
        struct token t;
        struct digest d = { { 0 } };
        struct err err = { 0 };

        (void)state;
        for (unsigned kind = 0; kind < TOKEN_KINDS; kind++) {
                token_new((enum token_kind)kind, &t);
                assert_int_equal(strlen(t.text), TOKEN_TEXT_LEN);
                assert_int_equal(token_digest((enum token_kind)kind, str_of(t.text), &d, &err), 0);
                assert_true(token_eq(&d, &t.stored));
                /* What the database keeps is not the token, nor shown by it. */
                char hex[DIGEST_HEX_LEN + 1];

                digest_hex(&t.stored, hex);
                assert_int_equal(token_digest((enum token_kind)kind, str_of(hex), &d, &err), ERR_DENIED);
        }
        token_new(TOKEN_API, &t);
        assert_memory_equal(t.text, "crl_", 4);
}

static void a_token_of_one_kind_is_never_one_of_another(void **state)
{
        struct token t;
        struct digest d = { { 0 } };
        struct err err = { 0 };

        (void)state;
        for (unsigned made = 0; made < TOKEN_KINDS; made++) {
                token_new((enum token_kind)made, &t);
                for (unsigned used = 0; used < TOKEN_KINDS; used++)
                        if (used != made)
                                assert_int_equal(token_digest((enum token_kind)used, str_of(t.text), &d,
                                                              &err), ERR_DENIED);
        }
        /* Not even with the other prefix: the digest covers it. */
        token_new(TOKEN_INVITE, &t);
        t.text[2] = 's';
        assert_int_equal(token_digest(TOKEN_SESSION, str_of(t.text), &d, &err), 0);
        assert_false(token_eq(&d, &t.stored));
}

static void damaged_tokens_are_refused_before_anything_is_looked_up(void **state)
{
        struct token t;
        struct digest d = { { 7 } }, before = d;
        struct err err = { 0 };

        (void)state;
        token_new(TOKEN_SESSION, &t);
        assert_int_equal(token_digest(TOKEN_SESSION, STR(""), &d, &err), ERR_DENIED);
        assert_int_equal(token_digest(TOKEN_SESSION, str_make(t.text, TOKEN_TEXT_LEN - 1), &d, &err),
                         ERR_DENIED);
        for (size_t i = 4; i < TOKEN_TEXT_LEN; i++) {
                char keep = t.text[i];

                t.text[i] = '=';
                assert_int_equal(token_digest(TOKEN_SESSION, str_of(t.text), &d, &err), ERR_DENIED);
                t.text[i] = '\0';
                assert_int_equal(token_digest(TOKEN_SESSION, str_make(t.text, TOKEN_TEXT_LEN), &d, &err),
                                 ERR_DENIED);
                t.text[i] = keep;
        }
        /* The last letter carries two spare bits: only one spelling of them counts. */
        t.text[TOKEN_TEXT_LEN - 1] = 'B';
        assert_int_equal(token_digest(TOKEN_SESSION, str_of(t.text), &d, &err), ERR_DENIED);
        assert_memory_equal(&d, &before, sizeof d);
}

static int by_bytes(const void *a, const void *b)
{
        return memcmp(a, b, sizeof(struct digest));
}

static void many_tokens_have_no_two_alike(void **state)
{
        enum { MANY = 100000 };
        struct digest *all = xcalloc(MANY, sizeof *all);
        struct token t;

        (void)state;
        for (size_t i = 0; i < MANY; i++) {
                token_new(TOKEN_SESSION, &t);
                all[i] = t.stored;
        }
        qsort(all, MANY, sizeof *all, by_bytes);
        for (size_t i = 1; i < MANY; i++)
                assert_memory_not_equal(&all[i - 1], &all[i], sizeof *all);
        free(all);
}

static void a_keyed_code_holds_for_its_key_purpose_and_fields_alone(void **state)
{
        struct token_key key, other;
        struct str fields[] = { STR("guide"), STR("1700000000") };
        struct str moved[] = { STR("guide1"), STR("700000000") };
        char code[TOKEN_MAC_LEN + 1];

        (void)state;
        token_key_new(&key);
        token_key_new(&other);
        token_mac(&key, "share", fields, 2, code);
        assert_int_equal(strlen(code), TOKEN_MAC_LEN);
        assert_true(token_mac_check(&key, "share", fields, 2, str_of(code)));
        assert_false(token_mac_check(&other, "share", fields, 2, str_of(code)));
        assert_false(token_mac_check(&key, "csrf", fields, 2, str_of(code)));
        assert_false(token_mac_check(&key, "share", moved, 2, str_of(code)));
        assert_false(token_mac_check(&key, "share", fields, 1, str_of(code)));
        assert_false(token_mac_check(&key, "share", fields, 2, str_make(code, TOKEN_MAC_LEN - 1)));
        assert_false(token_mac_check(&key, "share", fields, 2, STR("")));
        for (size_t i = 0; i < TOKEN_MAC_LEN; i++) {
                char keep = code[i];

                code[i] = keep == 'A' ? 'B' : 'A';
                assert_false(token_mac_check(&key, "share", fields, 2, str_of(code)));
                code[i] = keep;
        }
}

/* Computed with Python's hmac over 0000000000000004 "csrf" 0000000000000002 "ab", key of bytes 0 to 31. */
static void a_keyed_code_is_hmac_sha256_of_fields_with_their_lengths(void **state)
{
        struct token_key key;
        struct str field = STR("ab");
        char code[TOKEN_MAC_LEN + 1];

        (void)state;
        for (size_t i = 0; i < sizeof key.b; i++)
                key.b[i] = (uint8_t)i;
        token_mac(&key, "csrf", &field, 1, code);
        assert_string_equal(code, "imQ6SDDSjVqZ7kbFUf4VSGDdSoYxlEHq_trXhL1PUCI");
}

static void base64url_has_one_spelling(void **state)
{
        uint8_t out[8];
        struct err err = { 0 };

        (void)state;
        assert_int_equal(base64url_bytes(STR("_-8"), out, sizeof out, &err), 2);
        assert_int_equal(out[0], 0xff);
        assert_int_equal(out[1], 0xef);
        assert_int_equal(base64url_bytes(STR(""), out, sizeof out, &err), 0);
        static const char *const bad[] = { "_-9", "_-8=", "_", "/+8", " _-8", "_-8\n", "_-\xc3\xa9", "AAAAAAAAAAAA" };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(base64url_bytes(str_of(bad[i]), out, sizeof out, &err), ERR_INVALID);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_token_is_found_again_by_its_digest_only),
                cmocka_unit_test(a_token_of_one_kind_is_never_one_of_another),
                cmocka_unit_test(damaged_tokens_are_refused_before_anything_is_looked_up),
                cmocka_unit_test(many_tokens_have_no_two_alike),
                cmocka_unit_test(a_keyed_code_holds_for_its_key_purpose_and_fields_alone),
                cmocka_unit_test(a_keyed_code_is_hmac_sha256_of_fields_with_their_lengths),
                cmocka_unit_test(base64url_has_one_spelling),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
