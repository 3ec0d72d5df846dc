/*
 * test_recovery.c -- ten codes, each found however it is typed, and not to be found from what is stored.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/recovery.h"

static struct recovery codes;

static int make(void **state)
{
        struct err err = { 0 };

        (void)state;
        return recovery_new(&codes, &err);
}

static void ten_different_codes_have_two_groups_of_five(void **state)
{
        (void)state;
        for (size_t i = 0; i < RECOVERY_CODES; i++) {
                assert_int_equal(strlen(codes.text[i]), RECOVERY_TEXT_LEN);
                assert_int_equal(strspn(codes.text[i], "0123456789abcdefghjkmnpqrstvwxyz"), 5);
                assert_int_equal(codes.text[i][5], '-');
                assert_int_equal(strspn(codes.text[i] + 6, "0123456789abcdefghjkmnpqrstvwxyz"), 5);
                for (size_t k = 0; k < i; k++) {
                        assert_string_not_equal(codes.text[i], codes.text[k]);
                        assert_memory_not_equal(&codes.stored[i], &codes.stored[k], sizeof(struct digest));
                }
        }
}

static void each_code_is_found_at_its_place(void **state)
{
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < RECOVERY_CODES; i++) {
                size_t at = 99;

                assert_int_equal(recovery_find(str_of(codes.text[i]), codes.salt, codes.stored,
                                               RECOVERY_CODES, &at, &err), 0);
                assert_int_equal(at, i);
        }
}

static void a_code_may_be_typed_as_it_is_read(void **state)
{
        char typed[64] = "  ";
        size_t n = 2, at = 99;
        struct err err = { 0 };

        (void)state;
        for (const char *p = codes.text[3]; *p != '\0'; p++) {
                char c = *p;

                c = c == '0' ? 'O' : c == '1' ? 'l' : c >= 'a' ? (char)(c - 'a' + 'A') : c;
                typed[n++] = c;
                typed[n++] = ' ';
        }
        assert_int_equal(recovery_find(str_make(typed, n), codes.salt, codes.stored, RECOVERY_CODES, &at,
                                       &err), 0);
        assert_int_equal(at, 3);
}

static void what_is_no_code_is_denied(void **state)
{
        uint8_t salt[RECOVERY_SALT_LEN];
        size_t at = 99;
        struct err err = { 0 };
        static const struct str bad[] = { STR(""), STR("-----"), STR("00000-0000"), STR("00000-000000"),
                                          STR("0000u-00000"), STR("00000-00000"), { "0000\0" "00000", 10 } };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(recovery_find(bad[i], codes.salt, codes.stored, RECOVERY_CODES, &at, &err),
                                 ERR_DENIED);
        /* One that was used and deleted; no codes at all; another account's salt. */
        assert_int_equal(recovery_find(str_of(codes.text[0]), codes.salt, codes.stored + 1,
                                       RECOVERY_CODES - 1, &at, &err), ERR_DENIED);
        assert_int_equal(recovery_find(str_of(codes.text[0]), codes.salt, NULL, 0, &at, &err), ERR_DENIED);
        memcpy(salt, codes.salt, sizeof salt);
        salt[0] ^= 1;
        assert_int_equal(recovery_find(str_of(codes.text[0]), salt, codes.stored, RECOVERY_CODES, &at, &err),
                         ERR_DENIED);
        assert_int_equal(at, 99);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ten_different_codes_have_two_groups_of_five),
                cmocka_unit_test(each_code_is_found_at_its_place),
                cmocka_unit_test(a_code_may_be_typed_as_it_is_read),
                cmocka_unit_test(what_is_no_code_is_denied),
        };

        return cmocka_run_group_tests(tests, make, NULL);
}
