/*
 * test_tokens.c -- tokens of the API as orders: told once, bounded by role and day, ended with their person.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "crypto/token.h"
#include "people/scopes.h"
#include "store/api_token.h"
#include "store/credentials.h"
#include "fixture.h"

/* ada is person 1, an administrator; paul 2, a Power Reader. Both may log in. */
static int open_with_people(void **state)
{
        assert_int_equal(open_portal(state), 0);
        assert_int_equal(order("user.add", "{\"email\":\"ada@acme.example\",\"role\":\"administrator\"}", NULL), 0);
        assert_int_equal(order("user.add", "{\"email\":\"paul@acme.example\",\"role\":\"power-reader\"}", NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_person_activate(store, 1, NULL), 0);
        assert_int_equal(store_person_activate(store, 2, NULL), 0);
        return store_commit(store, NULL);
}

#define ADD(person, scopes, expires)                                                               \
        "{\"id\":" person ",\"name\":\"nightly\",\"scopes\":\"" scopes "\",\"expires\":\"" expires "\"}"

/* The digest a new token of this person is kept by. */
static void make(const char *arguments, struct digest *out)
{
        struct json *answer CLEANUP_JSON = NULL;

        assert_int_equal(order("token.add", arguments, &answer), 0);
        assert_int_equal(token_digest(TOKEN_API, json_get_text(answer, "token"), out, NULL), 0);
}

static int find(const struct digest *digest, int64_t now)
{
        struct store_api_token row;

        return store_api_token_find(store, digest, now, arena, &row, NULL);
}

static void a_token_is_told_once_and_logged_without_its_secret(void **state)
{
        struct json *answer CLEANUP_JSON = NULL, *list CLEANUP_JSON = NULL;
        struct buf shown CLEANUP_BUF = { 0 };
        struct store_audit_record *rows;
        size_t n;

        (void)state;
        assert_int_equal(order("token.add", ADD("1", "content.read log.read", "2027-02-01"), &answer), 0);
        struct str secret = json_get_text(answer, "token");

        assert_int_equal(secret.n, TOKEN_TEXT_LEN);
        assert_true(str_is(json_get_text(answer, "expires"), "2027-02-01"));
        assert_int_equal(order("token.list", "{\"id\":1}", &list), 0);
        json_render(list, false, &shown);
        assert_int_equal(json_length(list), 1);
        assert_true(str_find_str(buf_str(&shown), secret) < 0);
        assert_true(str_find_str(buf_str(&shown), STR("[\"content.read\",\"log.read\"]")) >= 0);
        assert_int_equal(store_audit_list_back(store, 0, 1, arena, &rows, &n, NULL), 0);
        assert_true(str_is(rows[0].action, "token.add"));
        assert_true(str_is(rows[0].object, "person/1"));
        assert_true(str_find_str(rows[0].detail, secret) < 0);
        assert_true(str_find_str(rows[0].detail, STR("\"scopes\":\"content.read log.read\"")) >= 0);
}

static void scopes_are_known_once_and_within_the_role(void **state)
{
        uint32_t set;

        (void)state;
        assert_int_equal(order("token.add", ADD("2", "content.read", "2027-02-01"), NULL), 0);
        assert_int_equal(order("token.add", ADD("2", "log.read", "2027-02-01"), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("2", "projects.read", "2027-02-01"), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("1", "", "2027-02-01"), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("1", "content.read content.read", "2027-02-01"), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("1", "content.write", "2027-02-01"), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("1", "content.read  log.read", "2027-02-01"), NULL), ERR_INVALID);
        for (size_t i = 0; i < SCOPES; i++) {
                assert_int_equal(scopes_parse(str_of(scope_name(scope_at(i))), ROLE_ADMINISTRATOR, &set, NULL), 0);
                assert_int_equal(set, scope_at(i));
        }
}

static void a_token_ends_within_a_year_and_never_in_the_past(void **state)
{
        struct digest digest;

        (void)state;
        assert_int_equal(order("token.add", ADD("1", "log.read", "2027-01-14"), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("1", "log.read", "2028-01-16"), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("1", "log.read", ""), NULL), ERR_INVALID);
        assert_int_equal(order("token.add", ADD("1", "log.read", "tomorrow"), NULL), ERR_INVALID);
        make(ADD("1", "log.read", "2027-01-15"), &digest);
        assert_int_equal(find(&digest, NOW), 0);
        assert_int_equal(find(&digest, NOW + 86400), ERR_NOT_FOUND);
}

static void revoking_disabling_another_role_and_deleting_end_a_token(void **state)
{
        struct digest digest;

        (void)state;
        make(ADD("2", "content.read", "2027-02-01"), &digest);
        assert_int_equal(order("token.revoke", "{\"id\":1,\"token\":1}", NULL), ERR_NOT_FOUND);
        assert_int_equal(find(&digest, NOW), 0);
        assert_int_equal(order("token.revoke", "{\"id\":2,\"token\":\"1\"}", NULL), 0);
        assert_int_equal(find(&digest, NOW), ERR_NOT_FOUND);
        make(ADD("2", "content.read", "2027-02-01"), &digest);
        assert_int_equal(order("user.disable", "{\"id\":2}", NULL), 0);
        assert_int_equal(find(&digest, NOW), ERR_NOT_FOUND);
        assert_int_equal(order("token.add", ADD("2", "content.read", "2027-02-01"), NULL), ERR_DENIED);
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_password_set(store, 2, STR("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"), NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(order("user.enable", "{\"id\":2}", NULL), 0);
        assert_int_equal(find(&digest, NOW), 0);
        assert_int_equal(order("user.role", "{\"id\":2,\"role\":\"reviewer\"}", NULL), 0);
        assert_int_equal(find(&digest, NOW), ERR_NOT_FOUND);
        make(ADD("2", "projects.read", "2027-02-01"), &digest);
        assert_int_equal(order("user.delete", "{\"id\":2}", NULL), 0);
        assert_int_equal(find(&digest, NOW), ERR_NOT_FOUND);
        assert_int_equal(order("token.list", "{\"id\":2}", NULL), ERR_NOT_FOUND);
}

/* Makes person 2 a writer, if it is what was seen. */
static int promote(const char *seen_by, struct str seen)
{
        struct json *arguments CLEANUP_JSON = NULL, *answer CLEANUP_JSON = NULL;

        assert_int_equal(json_parse(STR("{\"id\":2,\"role\":\"writer\"}"), &arguments, NULL), 0);
        const struct people_request request = {
                .store = store, .verb = STR("user.role"), .arguments = arguments,
                .door = PEOPLE_DOOR_PORTAL, .now = NOW, .seen_by = str_of(seen_by), .seen = seen,
        };

        return people_order(&request, &answer, &err);
}

static void what_is_not_as_it_was_seen_undoes_an_order_and_leaves_no_row(void **state)
{
        struct json *shown CLEANUP_JSON = NULL, *later CLEANUP_JSON = NULL;
        struct store_audit_head before, after;

        (void)state;
        assert_int_equal(order("user.show", "{\"id\":2}", &shown), 0);
        struct str seen = people_tag(shown, arena);

        assert_true(seen.n <= PEOPLE_TAG_MAX);
        assert_int_equal(order("user.change", "{\"id\":2,\"name\":\"Paul\"}", NULL), 0);
        assert_int_equal(store_audit_head(store, &before, NULL), 0);
        assert_int_equal(promote("user.show", seen), ERR_AGAIN);
        assert_int_equal(promote("user.show", STR("")), ERR_AGAIN);
        assert_int_equal(promote("user.list", STR("*")), ERR_UNSUPPORTED);
        assert_int_equal(promote("user.delete", STR("*")), ERR_UNSUPPORTED);
        assert_int_equal(promote("nothing", STR("*")), ERR_UNSUPPORTED);
        assert_int_equal(store_audit_head(store, &after, NULL), 0);
        assert_int_equal(after.seq, before.seq);
        assert_int_equal(order("user.show", "{\"id\":2}", &later), 0);
        assert_true(str_is(json_get_text(later, "role"), "power-reader"));
        assert_int_equal(promote("user.show", people_tag(later, arena)), 0);
        assert_int_equal(promote("user.show", STR("*")), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_token_is_told_once_and_logged_without_its_secret, open_with_people, drop_portal),
                cmocka_unit_test_setup_teardown(scopes_are_known_once_and_within_the_role, open_with_people, drop_portal),
                cmocka_unit_test_setup_teardown(a_token_ends_within_a_year_and_never_in_the_past, open_with_people, drop_portal),
                cmocka_unit_test_setup_teardown(revoking_disabling_another_role_and_deleting_end_a_token, open_with_people, drop_portal),
                cmocka_unit_test_setup_teardown(what_is_not_as_it_was_seen_undoes_an_order_and_leaves_no_row, open_with_people, drop_portal),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
