/*
 * test_discovery.c -- a provider's description is believed when it is the right one's, and only where it is https.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signon/signon.h"

#define ISSUER "https://login.example.com/tenant"

/* A whole description, with one member's text in place of another; from NULL: as it is. */
static int parse(const char *from, const char *to, struct signon_discovery *out, struct err *err)
{
        static const struct str whole = STR(
                "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"https://login.example.com/a?x=1\","
                "\"token_endpoint\":\"https://login.example.com/t\",\"jwks_uri\":\"https://keys.example.com/k\","
                "\"userinfo_endpoint\":\"https://login.example.com/u\",\"response_types_supported\":[\"code\"],"
                "\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"
                "\"id_token_signing_alg_values_supported\":[\"RS256\"],"
                "\"authorization_response_iss_parameter_supported\":true}");
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf text CLEANUP_BUF = { 0 };
        ptrdiff_t at = from != NULL ? str_find_str(whole, str_of(from)) : 0;

        assert_true(at >= 0);
        buf_add(&text, whole.p, (size_t)at);
        size_t gone = from != NULL ? str_of(from).n : 0;

        if (to != NULL)
                buf_puts(&text, to);
        buf_add(&text, whole.p + (size_t)at + gone, whole.n - (size_t)at - gone);
        int r = signon_discovery_parse(buf_str(&text), STR(ISSUER), arena, out, err);

        if (r == 0)
                assert_true(str_eq(out->issuer, STR(ISSUER)));
        return r;
}

static void a_whole_description_is_read(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct signon_discovery d;
        struct err err;

        (void)state;
        assert_int_equal(parse(NULL, NULL, &d, &err), 0);
        assert_true(d.names_issuer);
        assert_string_equal(signon_discovery_url(STR(ISSUER), arena).p,
                            ISSUER "/.well-known/openid-configuration");
        assert_string_equal(signon_discovery_url(STR("https://a.example/"), arena).p,
                            "https://a.example/.well-known/openid-configuration");
}

static void what_it_does_not_say_is_offered(void **state)
{
        struct signon_discovery d;
        struct err err;

        (void)state;
        assert_int_equal(parse(",\"code_challenge_methods_supported\":[\"plain\",\"S256\"]", "", &d, &err), 0);
        assert_int_equal(parse(",\"response_types_supported\":[\"code\"]", "", &d, &err), 0);
        assert_int_equal(parse("\"userinfo_endpoint\":\"https://login.example.com/u\",", "", &d, &err), 0);
        assert_int_equal(d.userinfo.n, 0);
}

static void anything_but_the_very_issuer_is_refused(void **state)
{
        static const char *const others[] = {
                "\"issuer\":\"https://login.example.com/tenant/\"", "\"issuer\":\"https://LOGIN.example.com/tenant\"",
                "\"issuer\":\"\"", "\"issuer\":null", "\"issuer\":[\"" ISSUER "\"]", "\"x\":1",
        };
        struct signon_discovery d;
        struct err err;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(others); i++)
                assert_int_equal(parse("\"issuer\":\"" ISSUER "\"", others[i], &d, &err), ERR_DENIED);
}

static void an_address_that_is_not_https_is_refused(void **state)
{
        static const char *const bad[] = {
                "http://login.example.com/t", "//login.example.com/t", "https://user@login.example.com/t",
                "https://login.example.com\\\\@evil.test/t", "javascript:alert(1)", "", "https://",
                "https://0x7f000001/t", "https://login.example.com/t#x", "https://login.example.com:99999/",
        };
        struct signon_discovery d;
        struct err err;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                assert_true(parse("https://login.example.com/t", bad[i], &d, &err) < 0);
                assert_true(parse("https://keys.example.com/k", bad[i], &d, &err) < 0);
                assert_true(parse("https://login.example.com/u", bad[i], &d, &err) < 0);
                assert_true(parse("https://login.example.com/a?x=1", bad[i], &d, &err) < 0);
        }
}

static void what_we_need_must_be_offered(void **state)
{
        struct signon_discovery d;
        struct err err;

        (void)state;
        assert_int_equal(parse("[\"plain\",\"S256\"]", "[\"plain\"]", &d, &err), ERR_INVALID);
        assert_int_equal(parse("[\"code\"]", "[\"id_token\"]", &d, &err), ERR_INVALID);
        assert_int_equal(parse("[\"code\"]", "\"code\"", &d, &err), ERR_INVALID);
        assert_int_equal(parse("[\"RS256\"]", "[\"HS256\",\"none\"]", &d, &err), ERR_INVALID);
}

static void more_than_64_kib_are_not_looked_at(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf text CLEANUP_BUF = { 0 };
        struct signon_discovery d;
        struct err err;

        (void)state;
        while (text.n <= SIGNON_DOCUMENT_MAX)
                buf_puts(&text, "            ");
        assert_int_equal(signon_discovery_parse(buf_str(&text), STR(ISSUER), arena, &d, &err), ERR_LIMIT);
}

static void an_issuer_is_https_and_has_no_query(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(signon_issuer_check(STR(ISSUER), &err), 0);
        assert_int_equal(signon_issuer_check(STR("https://a.example/?x"), &err), ERR_INVALID);
        assert_int_equal(signon_issuer_check(STR("http://a.example"), &err), ERR_INVALID);
        assert_int_equal(signon_issuer_check(STR("a.example"), &err), ERR_INVALID);
        assert_int_equal(signon_issuer_check(STR(""), &err), ERR_INVALID);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_whole_description_is_read),
                cmocka_unit_test(what_it_does_not_say_is_offered),
                cmocka_unit_test(anything_but_the_very_issuer_is_refused),
                cmocka_unit_test(an_address_that_is_not_https_is_refused),
                cmocka_unit_test(what_we_need_must_be_offered),
                cmocka_unit_test(more_than_64_kib_are_not_looked_at),
                cmocka_unit_test(an_issuer_is_https_and_has_no_query),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
