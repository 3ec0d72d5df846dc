/*
 * test_password_hash.c -- what is stored is Argon2id at no less than the policy's cost, and nothing else is believed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "crypto/password_hash.h"
#include "crypto/prepare.h"

static void take(const char *text, struct password *out)
{
        char form[256];
        struct err err = { 0 };

        assert_true(strlen(text) < sizeof form);
        memcpy(form, text, strlen(text));
        assert_int_equal(password_take(form, strlen(text), out, &err), 0);
}

static void a_password_is_verified_and_others_are_not(void **state)
{
        struct password right CLEANUP_PASSWORD = { 0 }, wrong CLEANUP_PASSWORD = { 0 };
        struct password_cost cost = PASSWORD_COST_MIN;
        char a[PASSWORD_HASH_SIZE], b[PASSWORD_HASH_SIZE];
        struct err err = { 0 };

        (void)state;
        take("caf\u00e9 noir 7", &right);
        assert_int_equal(password_hash(&right, &cost, a, &err), 0);
        assert_int_equal(password_hash(&right, &cost, b, &err), 0);
        assert_string_not_equal(a, b);
        assert_int_equal(password_verify(str_of(a), &right, &err), 0);
        take("cafe\u0301 noir 7", &wrong);
        assert_int_equal(password_verify(str_of(a), &wrong, &err), 0);
        take("caf\u00e9 noir 8", &wrong);
        assert_int_equal(password_verify(str_of(a), &wrong, &err), ERR_DENIED);
        take("CAF\u00c9 noir 7", &wrong);
        assert_int_equal(password_verify(str_of(a), &wrong, &err), ERR_DENIED);
        take("", &wrong);
        assert_int_equal(password_verify(str_of(a), &wrong, &err), ERR_DENIED);
}

static void nothing_is_cut_off_a_long_password(void **state)
{
        char form[PASSWORD_BYTES_MAX], again[PASSWORD_BYTES_MAX];
        struct password pw CLEANUP_PASSWORD = { 0 }, other CLEANUP_PASSWORD = { 0 };
        struct password_cost cost = PASSWORD_COST_MIN;
        char hash[PASSWORD_HASH_SIZE];
        struct err err = { 0 };

        (void)state;
        memset(form, 'k', sizeof form);
        memset(again, 'k', sizeof again);
        again[sizeof again - 1] = 'q';
        assert_int_equal(password_take(form, sizeof form, &pw, &err), 0);
        assert_int_equal(password_take(again, sizeof again, &other, &err), 0);
        assert_int_equal(password_hash(&pw, &cost, hash, &err), 0);
        assert_int_equal(password_verify(str_of(hash), &pw, &err), 0);
        assert_int_equal(password_verify(str_of(hash), &other, &err), ERR_DENIED);
}

static void costs_below_the_minimum_are_raised_to_it(void **state)
{
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct password_cost low = { 1, 8 }, used = { 0 };
        char hash[PASSWORD_HASH_SIZE];
        struct err err = { 0 };

        (void)state;
        take("zq7!kf4w", &pw);
        assert_int_equal(password_hash(&pw, &low, hash, &err), 0);
        assert_memory_equal(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
        assert_int_equal(password_hash_read(str_of(hash), &used, &err), 0);
        assert_int_equal(used.passes, PASSWORD_PASSES_MIN);
        assert_int_equal(used.memory_kib, PASSWORD_MEMORY_MIN_KIB);
        assert_int_equal(password_tune(0, 0, &used, &err), 0);
        assert_int_equal(used.passes, PASSWORD_PASSES_MIN);
        assert_int_equal(used.memory_kib, PASSWORD_MEMORY_MIN_KIB);
}

static void tuning_takes_the_memory_it_may_and_never_more(void **state)
{
        struct password_cost cost = { 0 };
        struct err err = { 0 };

        (void)state;
        assert_int_equal(password_tune(400, 40 * 1024, &cost, &err), 0);
        assert_true(cost.memory_kib <= 40 * 1024 && cost.passes <= PASSWORD_PASSES_MAX);
        assert_true(cost.memory_kib > PASSWORD_MEMORY_MIN_KIB || cost.passes > PASSWORD_PASSES_MIN);
}

static void stored_hashes_of_another_form_or_beyond_the_limits_are_corrupt(void **state)
{
        static const char *const bad[] = {
                "", "secret", "$argon2id$", "5f4dcc3b5aa765d61d8327deb882cf99",
                "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "$argon2id$v=16$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                /* four GiB; a thousand passes; two lanes */
                "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "$argon2id$v=19$m=19456,t=1000,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "$argon2id$v=19$m=19456,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                /* a short salt; a short hash; something behind it */
                "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAA",
                "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$x",
        };
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct password_cost cost = PASSWORD_COST_MIN;
        struct err err = { 0 };

        (void)state;
        take("zq7!kf4w", &pw);
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                assert_int_equal(password_verify(str_of(bad[i]), &pw, &err), ERR_CORRUPT);
                assert_true(password_needs_rehash(str_of(bad[i]), &cost));
        }
        char embedded[] = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

        assert_int_equal(password_hash_read(str_of(embedded), &cost, &err), 0);
        embedded[60] = '\0';
        assert_int_equal(password_hash_read(str_make(embedded, sizeof embedded - 1), &cost, &err),
                         ERR_CORRUPT);
}

static void a_hash_is_made_anew_when_the_cost_rises(void **state)
{
        static const char old[] = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                                  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        static const char cheap[] = "$argon2id$v=19$m=8192,t=9,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        struct password_cost same = PASSWORD_COST_MIN, passes = { 3, PASSWORD_MEMORY_MIN_KIB },
                             memory = { 2, 2 * PASSWORD_MEMORY_MIN_KIB };

        (void)state;
        assert_false(password_needs_rehash(str_of(old), &same));
        assert_true(password_needs_rehash(str_of(old), &passes));
        assert_true(password_needs_rehash(str_of(old), &memory));
        assert_true(password_needs_rehash(str_of(cheap), &same));
}

static double cpu_seconds(void)
{
        struct timespec t;

        assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t), 0);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void an_unknown_account_takes_the_work_and_the_words_of_a_known_one(void **state)
{
        struct password pw CLEANUP_PASSWORD = { 0 }, wrong CLEANUP_PASSWORD = { 0 };
        struct password_cost cost = PASSWORD_COST_MIN;
        char hash[PASSWORD_HASH_SIZE];
        struct err known = { 0 }, unknown = { 0 }, nonsense = { 0 };
        double best_known = 1e9, best_unknown = 1e9;

        (void)state;
        take("zq7!kf4w", &pw);
        take("zq7!kf4x", &wrong);
        assert_int_equal(password_hash(&pw, &cost, hash, &known), 0);
        for (int i = 0; i < 5; i++) {
                double start = cpu_seconds();

                assert_int_equal(password_verify(str_of(hash), &wrong, &known), ERR_DENIED);
                double middle = cpu_seconds();

                assert_int_equal(password_verify_nobody(&wrong, &cost, &unknown), ERR_DENIED);
                double end = cpu_seconds();

                best_known = middle - start < best_known ? middle - start : best_known;
                best_unknown = end - middle < best_unknown ? end - middle : best_unknown;
        }
        assert_int_equal(password_verify_nobody(NULL, &cost, &nonsense), ERR_DENIED);
        assert_string_equal(known.text, unknown.text);
        assert_string_equal(known.text, nonsense.text);
        assert_true(best_unknown > best_known / 2 && best_unknown < best_known * 2);
}

static int prepare(void **state)
{
        struct err err = { 0 };

        (void)state;
        return crypto_prepare(&err);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_password_is_verified_and_others_are_not),
                cmocka_unit_test(nothing_is_cut_off_a_long_password),
                cmocka_unit_test(costs_below_the_minimum_are_raised_to_it),
                cmocka_unit_test(tuning_takes_the_memory_it_may_and_never_more),
                cmocka_unit_test(stored_hashes_of_another_form_or_beyond_the_limits_are_corrupt),
                cmocka_unit_test(a_hash_is_made_anew_when_the_cost_rises),
                cmocka_unit_test(an_unknown_account_takes_the_work_and_the_words_of_a_known_one),
        };

        return cmocka_run_group_tests(tests, prepare, NULL);
}
