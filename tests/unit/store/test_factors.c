/*
 * test_factors.c -- what a person has beside the password, who must have it, and what goes with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/api_token.h"
#include "store/sessions.h"
#include "store/settings.h"
#include "portal.h"

static const struct str secret = STR("12345678901234567890");

static void require(unsigned roles)
{
        struct store_settings s = store_settings_default;

        s.second_factor_roles = roles;
        assert_int_equal(store_settings_save(store, &s, NULL), 0);
}

static struct store_factors factors_of(int64_t id)
{
        struct store_factors f = { 0 };

        assert_int_equal(store_factors_find(store, id, &f, NULL), 0);
        return f;
}

static int64_t add_passkey(int64_t person, const char *credential)
{
        struct store_passkey k = { .person = person, .credential = str_of(credential),
                                   .public_key = STR("key") };
        int64_t id = 0;

        assert_int_equal(store_passkey_add(store, &k, NOW, &id, NULL), 0);
        return id;
}

static int64_t log_in(int64_t person, int byte, bool second_factor)
{
        const struct store_session_start start = { .token = token(byte), .person = person,
                                                   .second_factor = second_factor };
        int64_t id = 0;

        assert_int_equal(store_session_start(store, &start, NOW, &id, NULL), 0);
        return id;
}

/* 0: complete, 1: a second factor is missing, -1: no session. */
static int state_of(int byte)
{
        struct digest d = token(byte);
        struct store_session s;

        if (store_session_find(store, &d, NOW, arena, &s, NULL) < 0)
                return -1;
        return s.factor_missing;
}

static void what_a_person_has_is_told_together(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);
        struct digest codes[2] = { token(1), token(2) };

        (void)state;
        assert_false(store_factors_any(&(struct store_factors){ .recovery = 3 }));
        struct store_factors f = factors_of(id);

        assert_false(f.app || f.required || store_factors_any(&f));
        assert_int_equal(f.passkeys + f.recovery, 0);
        assert_int_equal(store_totp_set(store, id, secret, 1, NULL), 0);
        add_passkey(id, "one");
        add_passkey(id, "two");
        assert_int_equal(store_recovery_replace(store, id, STR("salt"), codes, 2, NULL), 0);
        assert_int_equal(store_recovery_use(store, id, &codes[0], NOW, NULL), 0);
        f = factors_of(id);
        assert_true(f.app && store_factors_any(&f));
        assert_int_equal(f.passkeys, 2);
        assert_int_equal(f.recovery, 1);
        assert_int_equal(store_factors_find(store, id + 1, &f, NULL), ERR_NOT_FOUND);
}

static void a_role_that_must_have_a_second_factor_gets_nothing_from_a_session_without(void **state)
{
        int64_t writer = add_active("w@b", ROLE_WRITER), reader = add_active("r@b", ROLE_POWER_READER);
        int64_t session = log_in(writer, 1, false);

        (void)state;
        log_in(writer, 2, true);
        log_in(reader, 3, false);
        assert_int_equal(state_of(1), 0);
        require(1u << ROLE_WRITER);
        assert_int_equal(state_of(1), 1);       /* sessions that were there before, too */
        assert_int_equal(state_of(2), 0);
        assert_int_equal(state_of(3), 0);
        assert_true(factors_of(writer).required);
        assert_false(factors_of(reader).required);
        require(1u << ROLE_POWER_READER);
        assert_int_equal(state_of(1), 0);
        assert_int_equal(state_of(3), 1);
        require(1u << ROLE_WRITER);
        assert_int_equal(store_session_set_factor(store, session, true, NULL), 0);
        assert_int_equal(state_of(1), 0);
        assert_int_equal(store_session_set_factor(store, session, false, NULL), 0);
        assert_int_equal(state_of(1), 1);
        assert_int_equal(store_session_set_factor(store, session + 9, true, NULL), ERR_NOT_FOUND);
}

static void a_token_of_a_role_that_must_have_a_second_factor_needs_one_behind_it(void **state)
{
        int64_t writer = add_active("w@b", ROLE_WRITER), key;
        const struct store_api_token made = { .person = writer, .name = STR("CI"), .scopes = 1,
                                              .expires = NOW + 86400 };
        struct store_api_token found;
        struct digest d = token(1);

        (void)state;
        assert_int_equal(store_api_token_add(store, &d, &made, NOW, &key, NULL), 0);
        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), 0);
        require(1u << ROLE_WRITER);
        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), ERR_NOT_FOUND);
        add_passkey(writer, "one");
        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), 0);
}

static void a_set_of_roles_out_of_bounds_is_the_nearest_one(void **state)
{
        int64_t writer = add_active("w@b", ROLE_WRITER);

        (void)state;
        require(0);
        assert_int_equal(sqlite_db_exec(store->db, "UPDATE setting SET value = 16"
                                        " WHERE key = 'second-factor.roles'", NULL), 0);
        assert_true(factors_of(writer).required);
        assert_int_equal(sqlite_db_exec(store->db, "UPDATE setting SET value = -1"
                                        " WHERE key = 'second-factor.roles'", NULL), 0);
        assert_false(factors_of(writer).required);
}

static void who_lost_everything_starts_anew_and_is_out_everywhere(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), other = add_active("o@b", ROLE_WRITER);
        struct digest codes[1] = { token(1) }, d = token(9);
        const struct store_pending p = { .kind = PENDING_SECOND_FACTOR, .person = id, .expires = NOW + 9 };
        struct store_pending found;

        (void)state;
        assert_int_equal(store_totp_set(store, id, secret, 1, NULL), 0);
        assert_int_equal(store_totp_set(store, other, secret, 1, NULL), 0);
        add_passkey(id, "one");
        assert_int_equal(store_recovery_replace(store, id, STR("salt"), codes, 1, NULL), 0);
        log_in(id, 1, true);
        log_in(other, 2, true);
        assert_int_equal(store_pending_add(store, &d, &p, NOW, NULL), 0);
        assert_int_equal(store_factors_clear(store, id, NULL), 0);
        struct store_factors f = factors_of(id);

        assert_false(store_factors_any(&f));
        assert_int_equal(f.recovery, 0);
        assert_int_equal(state_of(1), -1);
        assert_int_equal(store_pending_find(store, &d, p.kind, NOW, arena, &found, NULL), ERR_NOT_FOUND);
        assert_true(factors_of(other).app);
        assert_int_equal(state_of(2), 0);
        assert_int_equal(store_factors_clear(store, other + 1, NULL), ERR_NOT_FOUND);
}

static void recovery_codes_stay_as_long_as_there_is_something_to_recover(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), key = add_passkey(id, "one");
        struct digest codes[1] = { token(1) };

        (void)state;
        assert_int_equal(store_totp_set(store, id, secret, 1, NULL), 0);
        assert_int_equal(store_recovery_replace(store, id, STR("salt"), codes, 1, NULL), 0);
        assert_int_equal(store_passkey_remove(store, id, key, NULL), 0);
        assert_int_equal(factors_of(id).recovery, 1);
        key = add_passkey(id, "two");
        assert_int_equal(store_totp_clear(store, id, NULL), 0);
        assert_int_equal(factors_of(id).recovery, 1);
        assert_int_equal(store_passkey_remove(store, id, key, NULL), 0);
        assert_int_equal(factors_of(id).recovery, 0);
}

static void add_pending(int64_t person, unsigned i, int64_t now)
{
        const struct store_pending p = { .kind = PENDING_PASSKEY, .person = person, .expires = now + 300 };
        struct digest d = token(0);

        memcpy(d.b, &i, sizeof i);
        d.b[31] = (uint8_t)person;
        assert_int_equal(store_pending_add(store, &d, &p, now, NULL), 0);
}

static void logins_that_nobody_finishes_do_not_pile_up(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);

        (void)state;
        for (unsigned i = 0; i < PENDING_PERSON_MAX + 5; i++)
                add_pending(id, i, NOW);
        assert_int_equal(number("SELECT count(*) FROM pending_login"), PENDING_PERSON_MAX);
        for (unsigned i = 0; i < PENDING_NOBODY_MAX + 5; i++)
                add_pending(0, i, NOW);
        assert_int_equal(number("SELECT count(*) FROM pending_login WHERE person IS NULL"),
                         PENDING_NOBODY_MAX);
        /* Strangers do not push out who has shown a password. */
        assert_int_equal(number("SELECT count(*) FROM pending_login WHERE person > 0"), PENDING_PERSON_MAX);
        add_pending(0, 99999, NOW + 301);
        assert_int_equal(number("SELECT count(*) FROM pending_login"), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_a_person_has_is_told_together),
                TEST(a_role_that_must_have_a_second_factor_gets_nothing_from_a_session_without),
                TEST(a_token_of_a_role_that_must_have_a_second_factor_needs_one_behind_it),
                TEST(a_set_of_roles_out_of_bounds_is_the_nearest_one),
                TEST(who_lost_everything_starts_anew_and_is_out_everywhere),
                TEST(recovery_codes_stay_as_long_as_there_is_something_to_recover),
                TEST(logins_that_nobody_finishes_do_not_pile_up),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
