/*
 * test_orders.c -- orders about people: each leaves one row in the log or nothing, and answers in the words of
 * the door it came by.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mail/letter.h"
#include "store/credentials.h"
#include "store/outbox.h"
#include "fixture.h"

static void an_invitation_is_a_link_and_one_row_in_the_log(void **state)
{
        struct json *answer CLEANUP_JSON = NULL;
        struct store_audit_record *rows;
        size_t n;

        (void)state;
        assert_int_equal(order("user.add", "{\"email\":\"Ann@Example.com\",\"role\":\"writer\"}", &answer), 0);
        assert_true(str_is(json_get_text(answer, "email"), "ann@example.com"));
        assert_true(str_is(json_get_text(answer, "state"), "invited"));
        assert_true(str_starts(json_get_text(answer, "path"), STR("/welcome?t=")));
        assert_true(json_get_text(answer, "valid_until").n > 0);
        assert_int_equal(store_audit_list(store, 0, 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_true(str_is(rows[0].action, "user.add"));
        assert_true(str_is(rows[0].object, "person/1"));
        /* The log names people by number only. */
        assert_null(memmem(rows[0].detail.p, rows[0].detail.n, "ann", 3));
}

static void what_fails_leaves_nothing(void **state)
{
        (void)state;
        assert_int_equal(order("user.add", "{\"email\":\"ann@example.com\",\"role\":\"king\"}", NULL),
                         ERR_INVALID);
        assert_int_equal(order("user.add", "{\"email\":\"ann\",\"role\":\"writer\"}", NULL), ERR_INVALID);
        assert_int_equal(order("user.add", "{\"email\":\"a@b.c\",\"role\":\"writer\",\"expires\":\"2001-01-01\"}",
                               NULL), ERR_INVALID);
        assert_int_equal(order("user.disable", "{\"email\":\"ann@example.com\"}", NULL), ERR_NOT_FOUND);
        assert_int_equal(order("user.eat", "{}", NULL), ERR_UNSUPPORTED);
        assert_int_equal(logged(), 0);
}

static void a_command_is_named_to_whoever_types_commands(void **state)
{
        (void)state;
        assert_int_equal(order_as(AUDIT_HOST, PEOPLE_DOOR_COMMAND, "user.show",
                                  arguments_of("{\"email\":\"a@b.c\"}"), NULL),
                         ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, "carrel user list"));
        assert_int_equal(order("user.show", "{\"email\":\"a@b.c\"}", NULL), ERR_NOT_FOUND);
        assert_null(strstr(err.text, "carrel"));
        assert_int_equal(order("group.join", "{\"group\":\"x\",\"email\":\"a@b.c\"}", NULL), ERR_NOT_FOUND);
        assert_null(strstr(err.text, "carrel"));
}

static void a_person_may_be_named_by_number(void **state)
{
        struct json *answer CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(order("user.add", "{\"email\":\"a@b.c\",\"role\":\"power-reader\"}", NULL), 0);
        assert_int_equal(order("user.show", "{\"id\":1}", &answer), 0);
        assert_true(str_is(json_get_text(answer, "email"), "a@b.c"));
        assert_int_equal(order("user.show", "{\"id\":2}", NULL), ERR_NOT_FOUND);
        assert_int_equal(order("user.show", "{\"id\":-1}", NULL), ERR_NOT_FOUND);
        assert_int_equal(order("user.show", "{}", NULL), ERR_NOT_FOUND);
        /* A tombstone's number is nobody's. */
        assert_int_equal(order("user.delete", "{\"id\":1}", NULL), 0);
        assert_int_equal(order("user.show", "{\"id\":1}", NULL), ERR_NOT_FOUND);
}

static void a_change_touches_what_it_names(void **state)
{
        struct json *answer CLEANUP_JSON = NULL, *later CLEANUP_JSON = NULL, *lifted CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(order("user.add", "{\"email\":\"a@b.c\",\"role\":\"power-reader\","
                               "\"name\":\"Ann\",\"expires\":\"2090-01-31\"}", NULL), 0);
        assert_int_equal(order("user.change", "{\"id\":1,\"name\":\"Bea\"}", &answer), 0);
        assert_true(str_is(json_get_text(answer, "name"), "Bea"));
        assert_true(str_is(json_get_text(answer, "expires"), "2090-01-31"));
        /* An administrator's account has no end: both in one order, or neither. */
        assert_int_equal(order("user.change", "{\"id\":1,\"name\":\"Eve\",\"role\":\"administrator\"}", NULL),
                         ERR_INVALID);
        assert_int_equal(order("user.show", "{\"id\":1}", &later), 0);
        assert_true(str_is(json_get_text(later, "name"), "Bea"));
        assert_int_equal(order("user.change", "{\"id\":1,\"role\":\"administrator\",\"expires\":\"\"}",
                               &lifted), 0);
        assert_true(str_is(json_get_text(lifted, "role"), "administrator"));
        assert_false(json_has(lifted, "expires"));
        assert_int_equal(notes, 1);     /* the invitation is void */
}

static void a_list_has_a_limit(void **state)
{
        struct json *two CLEANUP_JSON = NULL, *rest CLEANUP_JSON = NULL;
        char text[96];

        (void)state;
        for (char c = 'a'; c <= 'e'; c++) {
                snprintf(text, sizeof text, "{\"email\":\"%c@b.c\",\"role\":\"power-reader\"}", c);
                assert_int_equal(order("user.add", text, NULL), 0);
        }
        assert_int_equal(order("user.list", "{\"limit\":2}", &two), 0);
        assert_int_equal(json_length(two), 2);
        assert_int_equal(order("user.list", "{\"limit\":500,\"after\":\"b@b.c\"}", &rest), 0);
        assert_int_equal(json_length(rest), 3);
        assert_int_equal(order("user.list", "{\"limit\":0}", NULL), ERR_INVALID);
        assert_int_equal(order("user.list", "{\"limit\":-1}", NULL), ERR_INVALID);
        assert_int_equal(order("user.list", "{\"limit\":501}", NULL), ERR_INVALID);
        assert_int_equal(order("user.list", "{\"limit\":\"9\"}", NULL), ERR_INVALID);
}

static void groups_are_joined_and_left(void **state)
{
        struct json *members CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(order("user.add", "{\"email\":\"a@b.c\",\"role\":\"power-reader\"}", NULL), 0);
        assert_int_equal(order("group.add", "{\"group\":\"partners\"}", NULL), 0);
        assert_int_equal(order("group.join", "{\"group\":\"partners\",\"id\":1}", NULL), 0);
        assert_int_equal(order("group.list", "{\"group\":\"partners\"}", &members), 0);
        assert_int_equal(json_length(members), 1);
        assert_int_equal(order("group.leave", "{\"group\":\"partners\",\"email\":\"a@b.c\"}", NULL), 0);
        assert_int_equal(logged(), 4);
}

static void the_owner_of_a_new_portal_gets_a_link_and_no_account(void **state)
{
        struct json *arguments CLEANUP_JSON = json_new_object();
        struct json *answer CLEANUP_JSON = NULL;
        const struct people_request request = {
                .store = store, .arguments = arguments, .actor = AUDIT_HOST, .now = NOW,
        };
        int64_t people[ROLE_COUNT];

        (void)state;
        assert_int_equal(people_invite_owner(&request, STR("Owner@Example.com"), &answer, NULL), 0);
        assert_true(str_starts(json_get_text(answer, "path"), STR("/welcome?t=")));
        assert_int_equal(store_person_count(store, people, NULL), 0);
        assert_int_equal(people[ROLE_ADMINISTRATOR], 0);
        assert_int_equal(people_invite_owner(&request, STR("nobody"), &answer, NULL), ERR_INVALID);
        assert_int_equal(logged(), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_portal, drop_portal)

static void add_factors(int64_t person)
{
        const struct store_passkey key = { .person = person, .credential = STR("c"), .public_key = STR("k") };
        int64_t id;

        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_totp_set(store, person, STR("12345678901234567890"), 1, NULL), 0);
        assert_int_equal(store_passkey_add(store, &key, NOW, &id, NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
}

static void a_lost_second_factor_is_removed_with_a_row_that_says_what_it_was(void **state)
{
        struct json *answer CLEANUP_JSON = NULL;
        struct store_audit_record *rows;
        size_t n;

        (void)state;
        assert_int_equal(order("user.add", "{\"email\":\"a@b.example\",\"role\":\"writer\"}", NULL), 0);
        assert_int_equal(order("user.unfactor", "{\"id\":1}", NULL), ERR_DENIED);
        assert_int_equal(logged(), 1);
        add_factors(1);
        assert_int_equal(order("user.show", "{\"id\":1}", &answer), 0);
        assert_true(json_get_bool(answer, "second_factor"));
        json_free(&answer);
        assert_int_equal(order("user.unfactor", "{\"email\":\"a@b.example\"}", NULL), 0);
        assert_int_equal(order("user.show", "{\"id\":1}", &answer), 0);
        assert_false(json_get_bool(answer, "second_factor"));
        assert_int_equal(store_audit_list(store, 1, 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_true(str_is(rows[0].action, "user.unfactor") && str_is(rows[0].object, "person/1"));
        assert_true(str_is(rows[0].detail, "{\"app\":true,\"passkeys\":1}"));
}

/* ---- somebody has forgotten the password ---- */

static void run(const char *verb, const char *arguments)
{
        assert_int_equal(order(verb, arguments, NULL), 0);
}

static void give_password(int64_t person)
{
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_password_set(store, person, STR("$argon2id$test"), NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
}

static void fail_a_hundred_times(int64_t person)
{
        int64_t failures = 0;

        assert_int_equal(store_begin(store, NULL), 0);
        while (failures < PEOPLE_FAILURES_MAX)
                assert_int_equal(store_failure_add(store, person, NOW, &failures, NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
}

static int asked_at(const char *address, int64_t now)
{
        const struct people_request request = {
                .store = store, .door = PEOPLE_DOOR_PORTAL, .actor = AUDIT_HOST, .now = now,
                .address = STR("192.0.2.7"), .mail = true,
        };

        return people_password_asked(&request, str_of(address), &err);
}

/* The one letter that waits, which goes; false: there is none. */
static bool letter_to(const char *address)
{
        struct store_letter letter;

        if (store_outbox_next(store, arena, &letter, NULL) < 0)
                return false;
        assert_int_equal(letter.kind, LETTER_RESET);
        assert_true(str_is(letter.recipient, address));
        assert_true(str_starts(letter.path, STR("/welcome?t=")));
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_outbox_remove(store, letter.id, NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
        return true;
}

static struct store_audit_record last_record(void)
{
        struct store_audit_record *rows;
        size_t n;

        assert_int_equal(store_audit_list(store, logged() - 1, 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 1);
        return rows[0];
}

static void who_may_log_in_with_a_password_gets_a_letter_and_everybody_one_row(void **state)
{
        static const struct {
                const char *address, *object, *detail;
        } others[] = {
                { "nobody@b.example", "", "{}" },
                { "not an address", "", "{}" },
                { "", "", "{}" },
                { "invited@b.example", "person/2", "{\"no_letter\":\"not active\"}" },
                { "disabled@b.example", "person/3", "{\"no_letter\":\"not active\"}" },
        };

        (void)state;
        run("user.add", "{\"email\":\"a@b.example\",\"role\":\"writer\"}");
        run("user.add", "{\"email\":\"invited@b.example\",\"role\":\"writer\"}");
        run("user.add", "{\"email\":\"disabled@b.example\",\"role\":\"writer\"}");
        give_password(1);
        give_password(3);
        run("user.disable", "{\"id\":3}");
        assert_int_equal(asked_at("A@b.example", NOW), 0);
        assert_true(letter_to("a@b.example"));
        assert_true(str_is(last_record().action, "password.asked"));
        assert_true(str_is(last_record().object, "person/1"));
        assert_true(str_is(last_record().detail, "{}"));
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
                int64_t before = logged();

                assert_int_equal(asked_at(others[i].address, NOW), 0);
                assert_int_equal(logged(), before + 1);
                assert_true(str_is(last_record().object, others[i].object));
                assert_true(str_is(last_record().detail, others[i].detail));
                assert_true(str_is(last_record().address, "192.0.2.7"));
                assert_false(letter_to(""));
        }
}

static void three_letters_in_an_hour_are_enough_for_an_account(void **state)
{
        (void)state;
        run("user.add", "{\"email\":\"a@b.example\",\"role\":\"writer\"}");
        give_password(1);
        for (int i = 0; i < 3; i++) {
                assert_int_equal(asked_at("a@b.example", NOW + i), 0);
                assert_true(letter_to("a@b.example"));
        }
        assert_int_equal(asked_at("a@b.example", NOW + 10), 0);
        assert_false(letter_to("a@b.example"));
        assert_true(str_is(last_record().detail, "{\"no_letter\":\"too often\"}"));
        assert_int_equal(asked_at("a@b.example", NOW + 3602), 0);
        assert_true(letter_to("a@b.example"));
}

static void a_link_that_was_asked_for_gives_no_new_guesses_of_a_second_factor(void **state)
{
        struct store_credentials found;

        (void)state;
        run("user.add", "{\"email\":\"a@b.example\",\"role\":\"writer\"}");
        give_password(1);
        fail_a_hundred_times(1);
        assert_int_equal(asked_at("a@b.example", NOW), 0);
        assert_true(letter_to("a@b.example"));  /* the letter is the whole proof there is */
        add_factors(1);
        assert_int_equal(asked_at("a@b.example", NOW), 0);
        assert_false(letter_to("a@b.example"));
        assert_true(str_is(last_record().detail, "{\"no_letter\":\"locked\"}"));
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_password_recover(store, 1, STR("$argon2id$other"), NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(store_credentials_find(store, 1, arena, &found, NULL), 0);
        assert_true(str_is(found.password, "$argon2id$other"));
        assert_int_equal(found.failures, PEOPLE_FAILURES_MAX);
}

static void a_host_without_letters_does_nothing(void **state)
{
        const struct people_request request = { .store = store, .actor = AUDIT_HOST, .now = NOW };

        (void)state;
        run("user.add", "{\"email\":\"a@b.example\",\"role\":\"writer\"}");
        give_password(1);
        assert_int_equal(people_password_asked(&request, STR("a@b.example"), &err), ERR_UNSUPPORTED);
        assert_int_equal(logged(), 1);
        assert_false(letter_to(""));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_invitation_is_a_link_and_one_row_in_the_log),
                TEST(what_fails_leaves_nothing),
                TEST(a_command_is_named_to_whoever_types_commands),
                TEST(a_person_may_be_named_by_number),
                TEST(a_change_touches_what_it_names),
                TEST(a_list_has_a_limit),
                TEST(groups_are_joined_and_left),
                TEST(the_owner_of_a_new_portal_gets_a_link_and_no_account),
                TEST(a_lost_second_factor_is_removed_with_a_row_that_says_what_it_was),
                TEST(who_may_log_in_with_a_password_gets_a_letter_and_everybody_one_row),
                TEST(three_letters_in_an_hour_are_enough_for_an_account),
                TEST(a_link_that_was_asked_for_gives_no_new_guesses_of_a_second_factor),
                TEST(a_host_without_letters_does_nothing),
        };

        json_prepare();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
