/*
 * test_totp.c -- the published codes of RFC 4226 and RFC 6238, each usable once and for a minute and a half.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/totp.h"

static struct totp rfc_secret(void)
{
        struct totp t;

        memcpy(t.secret, "12345678901234567890", sizeof t.secret);
        return t;
}

/* RFC 6238, appendix B, SHA-1: the last six of its eight digits. */
static void the_published_codes_are_accepted_at_their_time(void **state)
{
        static const struct {
                int64_t now;
                const char *code;
        } vectors[] = { { 59, "287082" },         { 1111111109, "081804" },  { 1111111111, "050471" },
                        { 1234567890, "005924" }, { 2000000000, "279037" },  { 20000000000, "353130" } };
        struct totp t = rfc_secret();
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
                int64_t step = -1;

                assert_int_equal(totp_check(&t, str_of(vectors[i].code), vectors[i].now, -1, &step, &err), 0);
                assert_int_equal(step, vectors[i].now / 30);
        }
}

/* RFC 4226, appendix D: counters are our steps. */
static const char *const hotp[] = { "755224", "287082", "359152", "969429", "338314",
                                    "254676", "287922", "162583", "399871", "520489" };

static void a_code_is_good_one_step_either_way_and_no_further(void **state)
{
        struct totp t = rfc_secret();
        struct err err = { 0 };

        (void)state;
        for (int64_t counter = 0; counter < 10; counter++)
                for (int64_t at = 0; at < 10; at++) {
                        int64_t step = -1, away = at > counter ? at - counter : counter - at;
                        int r = totp_check(&t, str_of(hotp[counter]), at * 30 + 29, -1, &step, &err);

                        assert_int_equal(r, away <= 1 ? 0 : ERR_DENIED);
                        assert_int_equal(step, away <= 1 ? counter : -1);
                }
}

static void a_code_is_good_once_and_older_ones_never_again(void **state)
{
        struct totp t = rfc_secret();
        struct err err = { 0 };
        int64_t step = -1, last;

        (void)state;
        assert_int_equal(totp_check(&t, str_of(hotp[5]), 150, -1, &step, &err), 0);
        last = step;
        assert_int_equal(totp_check(&t, str_of(hotp[5]), 150, last, &step, &err), ERR_DENIED);
        assert_int_equal(totp_check(&t, str_of(hotp[4]), 150, last, &step, &err), ERR_DENIED);
        assert_int_equal(totp_check(&t, str_of(hotp[6]), 150, last, &step, &err), 0);
        assert_int_equal(step, 6);
}

static void only_six_digits_are_a_code(void **state)
{
        static const struct str bad[] = { STR(""), STR("28708"), STR("2870822"), STR("28708a"), STR("-28708"),
                                          { "287082\0", 7 }, STR("0287082"), STR("２８７０８２") };
        struct totp t = rfc_secret();
        struct err err = { 0 };
        int64_t step = 7;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(totp_check(&t, bad[i], 59, -1, &step, &err), ERR_DENIED);
        assert_int_equal(step, 7);
        assert_int_equal(totp_check(&t, STR("287 082"), 59, -1, &step, &err), 0);
}

static void a_secret_survives_the_way_through_an_app(void **state)
{
        struct totp t = rfc_secret(), back, random;
        char text[TOTP_TEXT_LEN + 1];
        struct err err = { 0 };

        (void)state;
        totp_text(&t, text);
        assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_int_equal(totp_parse(STR("gezd gnbv-gy3t qojq gezd gnbv gy3t qojq"), &back, &err), 0);
        assert_memory_equal(&t, &back, sizeof t);
        for (int i = 0; i < 100; i++) {
                totp_new(&random);
                totp_text(&random, text);
                assert_int_equal(totp_parse(str_of(text), &back, &err), 0);
                assert_memory_equal(&random, &back, sizeof back);
        }
        static const struct str bad[] = { STR(""), STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ"),
                                          STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA"),
                                          STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"),
                                          { "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\0", 32 } };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(totp_parse(bad[i], &back, &err), ERR_INVALID);
}

static void names_cannot_break_out_of_the_address(void **state)
{
        struct totp t = rfc_secret();
        struct buf out CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        (void)state;
        assert_int_equal(totp_uri(&t, STR("Acme: Docs&x=1"), STR("jo?secret=A#b\"@ü.example"), &out, &err), 0);
        assert_string_equal(buf_cstr(&out),
                            "otpauth://totp/Acme%3A%20Docs%26x%3D1:jo%3Fsecret%3DA%23b%22%40%C3%BC.example"
                            "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%3A%20Docs%26x%3D1"
                            "&algorithm=SHA1&digits=6&period=30");
        buf_clear(&out);
        assert_int_equal(totp_uri(&t, STR(""), STR("jo"), &out, &err), ERR_INVALID);
        assert_int_equal(totp_uri(&t, STR("\xff"), STR("jo"), &out, &err), ERR_INVALID);
        char lengthy[129];

        memset(lengthy, 'x', sizeof lengthy);
        assert_int_equal(totp_uri(&t, str_make(lengthy, 129), STR("jo"), &out, &err), ERR_LIMIT);
        assert_int_equal(out.n, 0);
        assert_int_equal(totp_uri(&t, str_make(lengthy, 128), STR("jo"), &out, &err), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_published_codes_are_accepted_at_their_time),
                cmocka_unit_test(a_code_is_good_one_step_either_way_and_no_further),
                cmocka_unit_test(a_code_is_good_once_and_older_ones_never_again),
                cmocka_unit_test(only_six_digits_are_a_code),
                cmocka_unit_test(a_secret_survives_the_way_through_an_app),
                cmocka_unit_test(names_cannot_break_out_of_the_address),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
