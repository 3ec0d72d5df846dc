/*
 * test_password.c -- the floor that no setting lowers, whole passwords, and the ones everybody tries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "crypto/blocklist.h"
#include "crypto/password.h"
#include "crypto/strength.h"

static const struct str names[] = { { "Acme Handbücher", 16 }, { "acme-docs", 9 }, { "Jo Müller", 10 },
                                    { "jo.mueller", 10 } };

static int take(const void *bytes, size_t n, struct password *out, struct err *err)
{
        char *form CLEANUP_FREE = xalloc(n + 1);

        memcpy(form, bytes, n);
        int r = password_take(form, n, out, err);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(form[i], 0);
        return r;
}

static enum password_fault judge(struct password_policy policy, bool second_factor, const char *text,
                                 struct err *err)
{
        struct password pw CLEANUP_PASSWORD = { 0 };
        enum password_fault fault = PASSWORD_GUESSABLE;

        assert_int_equal(take(text, strlen(text), &pw, err), 0);
        int r = password_check(&policy, second_factor, &pw, names, 4, &fault, err);

        assert_int_equal(r, fault == PASSWORD_FINE ? 0 : ERR_INVALID);
        return fault;
}

static enum password_fault fault_of(const char *text)
{
        struct err err = { 0 };

        return judge(PASSWORD_POLICY_DEFAULT, false, text, &err);
}

static void four_characters_are_refused_and_five_good_ones_accepted(void **state)
{
        struct err err = { 0 };

        (void)state;
        assert_int_equal(judge(PASSWORD_POLICY_DEFAULT, false, "Zq7!", &err), PASSWORD_SHORT);
        assert_non_null(strstr(err.text, "at least 5"));
        assert_non_null(strstr(err.text, "has 4"));
        assert_int_equal(fault_of("Aa1!x"), PASSWORD_FINE);
        assert_int_equal(fault_of("qkzvx"), PASSWORD_FINE);
        assert_int_equal(fault_of(""), PASSWORD_SHORT);
}

static void no_setting_lowers_the_floor(void **state)
{
        (void)state;
        for (unsigned min = 0; min <= 5; min++)
                for (unsigned profile = PASSWORD_COMPAT; profile <= PASSWORD_NIST; profile++) {
                        struct password_policy p = { (enum password_profile)profile, min };

                        assert_true(password_minimum(&p, false) >= PASSWORD_FLOOR);
                        assert_true(password_minimum(&p, true) >= PASSWORD_FLOOR);
                }
        struct password_policy low = { PASSWORD_COMPAT, 1 }, odd = { (enum password_profile)99, 0 };
        struct err err = { 0 };

        assert_int_equal(judge(low, true, "Zq7!", &err), PASSWORD_SHORT);
        assert_int_equal(password_minimum(&odd, false), PASSWORD_FLOOR);
}

static void an_owner_may_raise_the_floor_but_not_beyond_reach(void **state)
{
        struct password_policy p = { PASSWORD_STANDARD, 0 };
        struct err err = { 0 };

        (void)state;
        assert_int_equal(password_minimum(&p, false), 8);
        assert_int_equal(judge(p, false, "zq7!kf4", &err), PASSWORD_SHORT);
        assert_int_equal(judge(p, false, "zq7!kf4w", &err), PASSWORD_FINE);
        p = (struct password_policy){ PASSWORD_NIST, 0 };
        assert_int_equal(password_minimum(&p, false), 15);
        assert_int_equal(password_minimum(&p, true), 8);
        p = (struct password_policy){ PASSWORD_COMPAT, 12 };
        assert_int_equal(password_minimum(&p, true), 12);
        p.min_length = 4000000000u;
        assert_int_equal(password_minimum(&p, false), PASSWORD_RAISED_MAX);
}

static void profiles_have_names_and_others_are_refused(void **state)
{
        enum password_profile p = PASSWORD_COMPAT;
        struct err err = { 0 };

        (void)state;
        for (unsigned i = PASSWORD_COMPAT; i <= PASSWORD_NIST; i++) {
                const char *name = password_profile_name((enum password_profile)i);

                assert_int_equal(password_profile_parse(str_of(name), &p, &err), 0);
                assert_int_equal(p, i);
        }
        assert_int_equal(password_profile_parse(STR("weak"), &p, &err), ERR_INVALID);
        assert_int_equal(p, PASSWORD_NIST);
}

static void common_passwords_are_refused_in_their_simple_variations(void **state)
{
        static const char *const common[] = {
                "12345", "123456", "password", "PASSWORD", "Password1", "qwerty", "dragon", "DrAgOn",
                "p@ssw0rd", "P@$$w0rd", "pa55word", "dr4g0n", "aaaaaaa", "!!!!!!!!", "dragondragon",
                "DRAGONdragon", "sunshinedragon", "monkeymonkeymonkey", "Summer2024!", "dragon2024",
                "#1dragon", "passwordpassword", "letmein!", "1qaz2wsx3edc4rfv",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(common); i++)
                if (fault_of(common[i]) != PASSWORD_COMMON)
                        fail_msg("%s: fault %d", common[i], (int)fault_of(common[i]));
}

static void what_is_guessed_at_once_is_refused(void **state)
{
        static const char *const weak[] = { "20241", "lampe", "xyzzy", "mango", "fedcba", "19374" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
                enum password_fault f = fault_of(weak[i]);

                if (f != PASSWORD_GUESSABLE && f != PASSWORD_COMMON)
                        fail_msg("%s: fault %d", weak[i], (int)f);
        }
        assert_int_equal(fault_of("lampe"), PASSWORD_GUESSABLE);
}

static void names_around_the_account_are_refused_in_simple_variations(void **state)
{
        static const char *const named[] = {
                "carrel", "Carrel1", "c4rr3l!", "lerrac", "CarrelCarrel", "acmedocs", "Acme2024", "acme!",
                "4cm3!", "emca123", "docsacme", "müller", "MÜLLER99", "jomueller", "mueller", "handbücher",
                "acme-carrel", "JoMüller",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(named); i++)
                if (fault_of(named[i]) != PASSWORD_NAMED)
                        fail_msg("%s: fault %d", named[i], (int)fault_of(named[i]));
        struct err err = { 0 };

        assert_int_equal(judge(PASSWORD_POLICY_DEFAULT, false, "Acme2024", &err), PASSWORD_NAMED);
        assert_non_null(strstr(err.text, "\"acme\""));
}

static void passwords_that_only_touch_a_name_are_accepted(void **state)
{
        static const char *const fine[] = { "acme83kd9#x", "correct horse battery staple", "h7!kd",
                                            "carrel of the north wind", "zq7!kf4w" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(fine); i++)
                if (fault_of(fine[i]) != PASSWORD_FINE)
                        fail_msg("%s: fault %d", fine[i], (int)fault_of(fine[i]));
}

static void any_composition_is_accepted(void **state)
{
        static const char *const fine[] = { "zkwvqhtr", "ZKWVQHTR", "83015926", "?&#;%,_~", "пжщюя",
                                            "葡萄酒杯子", "\t kq \t z", "🦔🪁🧭🦑🪗" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(fine); i++)
                if (fault_of(fine[i]) != PASSWORD_FINE)
                        fail_msg("%s: fault %d", fine[i], (int)fault_of(fine[i]));
}

static void length_is_counted_in_code_points_after_normalisation(void **state)
{
        (void)state;
        /* Four letters, eight bytes; four letters with four combining accents are still four. */
        assert_int_equal(fault_of("éàüö"), PASSWORD_SHORT);
        assert_int_equal(fault_of("e\u0301a\u0300u\u0308o\u0308"), PASSWORD_SHORT);
        /* One ligature is three letters in NFKC. */
        assert_int_equal(fault_of("kz\ufb03"), PASSWORD_FINE);
}

static void composed_and_decomposed_letters_are_the_same_password(void **state)
{
        struct password a CLEANUP_PASSWORD = { 0 }, b CLEANUP_PASSWORD = { 0 };
        struct err err = { 0 };

        (void)state;
        assert_int_equal(take("caf\u00e9 q", 7, &a, &err), 0);
        assert_int_equal(take("cafe\u0301 q", 8, &b, &err), 0);
        assert_true(str_eq(secret_str(&a.text), secret_str(&b.text)));
        assert_int_equal(a.length, 6);
        assert_int_equal(take("CAF\u00c9 q", 7, &b, &err), 0);
        assert_false(str_eq(secret_str(&a.text), secret_str(&b.text)));
}

static void a_password_of_1024_bytes_counts_whole_and_1025_are_refused(void **state)
{
        char bytes[PASSWORD_BYTES_MAX + 1];
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i] = (char)('a' + (i * i + i / 7) % 26);
        assert_int_equal(take(bytes, PASSWORD_BYTES_MAX, &pw, &err), 0);
        assert_int_equal(pw.length, PASSWORD_BYTES_MAX);
        assert_memory_equal(pw.text.p, bytes, PASSWORD_BYTES_MAX);
        assert_int_equal(take(bytes, sizeof bytes, &pw, &err), ERR_LIMIT);
        assert_int_equal(pw.length, PASSWORD_BYTES_MAX);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
        static const struct str bad[] = { { "abc\0defg", 8 }, { "abcd\xff", 5 }, { "abc\xc0\x80xx", 7 },
                                          { "\xed\xa0\x80qqqqq", 8 }, { "abcdefg\xe2\x82", 9 } };
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(take(bad[i].p, bad[i].n, &pw, &err), ERR_INVALID);
        assert_null(pw.text.p);
}

static void the_worst_inputs_are_judged_in_little_time(void **state)
{
        static const char *const pieces[] = { "qw", "qwertyui", "a", "1q2w3e4r", "\u0344", "\ufdfa", "é",
                                              "password", "p4ssw0rd1984", "@4($1!0+" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
                char bytes[PASSWORD_BYTES_MAX];
                size_t n = 0, len = strlen(pieces[i]);
                struct password pw CLEANUP_PASSWORD = { 0 };
                struct password_policy policy = PASSWORD_POLICY_DEFAULT;
                struct err err = { 0 };
                uint64_t start = clock_ms();

                for (; n + len <= sizeof bytes; n += len)
                        memcpy(bytes + n, pieces[i], len);
                assert_int_equal(take(bytes, n, &pw, &err), 0);
                int r = password_check(&policy, false, &pw, names, 4, NULL, &err);

                assert_true(r == 0 || r == ERR_INVALID);
                /* Some 20 ms; the limit leaves room for sanitizers and a busy machine. */
                assert_true(clock_ms() - start < 2000);
        }
}

static void each_length_class_refuses_at_least_3000_passwords(void **state)
{
        (void)state;
        assert_true(blocklist_listed(5) >= 25000);
        assert_true(blocklist_listed(8) >= 3000);
        assert_true(blocklist_listed(15) + blocklist_pairs(15) >= 3000);
}

static void strength_grows_with_the_password_and_advises_what_is_missing(void **state)
{
        static const char *const rising[] = { "dragon", "Aa1!x", "zq7!kf4", "zq7!kf4W",
                                              "correct horse battery staple" };
        unsigned last = 0;
        struct strength s;
        struct err err = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(rising); i++) {
                struct password pw CLEANUP_PASSWORD = { 0 };

                assert_int_equal(take(rising[i], strlen(rising[i]), &pw, &err), 0);
                strength_measure(&pw, names, 4, &s);
                assert_true(s.score >= last && s.score <= 4);
                last = s.score;
        }
        assert_int_equal(last, 4);
        assert_int_equal(s.advice, STRENGTH_UPPER | STRENGTH_DIGIT);

        struct password pw CLEANUP_PASSWORD = { 0 };

        assert_int_equal(take("Ünï5!", 7, &pw, &err), 0);
        strength_measure(&pw, NULL, 0, &s);
        assert_int_equal(s.advice, STRENGTH_LONGER);
        for (unsigned bit = STRENGTH_LONGER; bit <= STRENGTH_SPECIAL; bit <<= 1)
                assert_true(strlen(strength_advice_text((enum strength_advice)bit)) > 10);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(four_characters_are_refused_and_five_good_ones_accepted),
                cmocka_unit_test(no_setting_lowers_the_floor),
                cmocka_unit_test(an_owner_may_raise_the_floor_but_not_beyond_reach),
                cmocka_unit_test(profiles_have_names_and_others_are_refused),
                cmocka_unit_test(common_passwords_are_refused_in_their_simple_variations),
                cmocka_unit_test(what_is_guessed_at_once_is_refused),
                cmocka_unit_test(names_around_the_account_are_refused_in_simple_variations),
                cmocka_unit_test(passwords_that_only_touch_a_name_are_accepted),
                cmocka_unit_test(any_composition_is_accepted),
                cmocka_unit_test(length_is_counted_in_code_points_after_normalisation),
                cmocka_unit_test(composed_and_decomposed_letters_are_the_same_password),
                cmocka_unit_test(a_password_of_1024_bytes_counts_whole_and_1025_are_refused),
                cmocka_unit_test(bytes_that_are_no_text_are_refused),
                cmocka_unit_test(the_worst_inputs_are_judged_in_little_time),
                cmocka_unit_test(each_length_class_refuses_at_least_3000_passwords),
                cmocka_unit_test(strength_grows_with_the_password_and_advises_what_is_missing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
