/*
 * test_answers.c -- a provider's answers: nothing of its own words reaches a page, and true means true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signon/signon.h"

static int tokens(unsigned status, const char *text, struct arena *arena, struct signon_tokens *out, struct err *err)
{
        return signon_tokens_parse(status, str_of(text), arena, out, err);
}

static void an_error_is_one_of_ours_or_other(void **state)
{
        (void)state;
        assert_string_equal(signon_error_word(STR("access_denied")), "access_denied");
        assert_string_equal(signon_error_word(STR("invalid_grant")), "invalid_grant");
        assert_string_equal(signon_error_word(STR("Access_Denied")), "other");
        assert_string_equal(signon_error_word(STR("<script>")), "other");
        assert_string_equal(signon_error_word(STR("")), "other");
}

static void tokens_are_taken_from_a_200_with_an_id_token(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct signon_tokens t;
        struct err err;

        (void)state;
        assert_int_equal(tokens(200, "{\"id_token\":\"a.b.c\",\"access_token\":\"x\"}", arena, &t, &err), 0);
        assert_true(str_is(t.id_token, "a.b.c"));
        assert_true(str_is(t.access_token, "x"));
        /* One that cannot be a header's value is left out. */
        assert_int_equal(tokens(200, "{\"id_token\":\"a.b.c\",\"access_token\":\"x\\r\\ny\"}", arena, &t, &err), 0);
        assert_int_equal(t.access_token.n, 0);
        static const char *const bad[] = { "", "{}", "[]", "null", "{\"id_token\":1}", "{\"id_token\":\"\"}",
                                           "{\"id_token\":\"a\",\"id_token\":\"b\"}", "{\"id_token\":\"a\"" };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(tokens(200, bad[i], arena, &t, &err), ERR_INVALID);
        assert_int_equal(tokens(201, "{\"id_token\":\"a.b.c\"}", arena, &t, &err), ERR_DENIED);
}

static void a_refusal_is_told_in_our_words(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct signon_tokens t;
        struct err err;

        (void)state;
        assert_int_equal(tokens(400, "{\"error\":\"invalid_grant\",\"error_description\":\"evil\"}", arena, &t, &err),
                         ERR_DENIED);
        assert_string_equal(err.text, "the provider refused the code: invalid_grant (status 400)");
        assert_int_equal(tokens(500, "<html>evil</html>", arena, &t, &err), ERR_DENIED);
        assert_string_equal(err.text, "the provider refused the code: other (status 500)");
}

static void user_info_must_be_about_the_same_subject(void **state)
{
        struct json *claims CLEANUP_JSON = NULL;
        struct err err;

        (void)state;
        assert_int_equal(signon_userinfo_parse(200, STR("{\"sub\":\"b\"}"), STR("a"), &claims, &err), ERR_DENIED);
        assert_int_equal(signon_userinfo_parse(200, STR("{}"), STR(""), &claims, &err), ERR_DENIED);
        assert_int_equal(signon_userinfo_parse(401, STR("{\"sub\":\"a\"}"), STR("a"), &claims, &err), ERR_DENIED);
        assert_int_equal(signon_userinfo_parse(200, STR("a.b.c"), STR("a"), &claims, &err), ERR_INVALID);
        assert_null(claims);
        assert_int_equal(signon_userinfo_parse(200, STR("{\"sub\":\"a\",\"email\":\"m\"}"), STR("a"), &claims, &err), 0);
        assert_int_equal(signon_verified_mail(claims).n, 0);
}

static void only_true_is_verified_and_only_text_is_held(void **state)
{
        static const struct {
                const char *claims;
                bool mail, holds;
        } cases[] = {
                { "{\"email\":\"m\",\"email_verified\":true,\"g\":\"v\"}", true, true },
                { "{\"email\":\"m\",\"email_verified\":\"true\",\"g\":[\"u\",\"v\"]}", false, true },
                { "{\"email\":\"m\",\"email_verified\":1,\"g\":[\"V\",\"vv\",[\"v\"],{\"v\":1}]}", false, false },
                { "{\"email\":[\"m\"],\"email_verified\":true,\"g\":{\"v\":true}}", false, false },
                { "{\"email_verified\":true}", false, false }, { "[\"v\"]", false, false }, { "null", false, false },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct json *claims CLEANUP_JSON = NULL;

                assert_int_equal(json_parse(str_of(cases[i].claims), &claims, NULL), 0);
                assert_int_equal(signon_verified_mail(claims).n > 0, cases[i].mail);
                assert_int_equal(signon_claim_holds(claims, "g", STR("v")), cases[i].holds);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_error_is_one_of_ours_or_other),
                cmocka_unit_test(tokens_are_taken_from_a_200_with_an_id_token),
                cmocka_unit_test(a_refusal_is_told_in_our_words),
                cmocka_unit_test(user_info_must_be_about_the_same_subject),
                cmocka_unit_test(only_true_is_verified_and_only_text_is_held),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
