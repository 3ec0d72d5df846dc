/*
 * test_request.c -- paths, forms, cookies and the values made of foreign text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/headers.h"
#include "http/request.h"
#include "http/response.h"

static struct arena *arena;

static int set_up(void **state)
{
        (void)state;
        arena = arena_new(0);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        arena_free(&arena);
        return 0;
}

static void good_paths_are_decoded(void **state)
{
        static const char *const paths[][2] = {
                { "/", "/" },
                { "/docs/a%20b", "/docs/a b" },
                { "/a+b", "/a+b" },
                { "/%C3%BCber", "/\xc3\xbc" "ber" },
                { "/a%25b", "/a%b" },
                { "/...", "/..." },
                { "/a..b/.c", "/a..b/.c" },
                { "//x", "//x" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
                struct str out;

                assert_int_equal(http_path_decode(str_of(paths[i][0]), arena, &out, NULL), 0);
                assert_true(str_is(out, paths[i][1]));
        }
}

static void ambiguous_paths_are_refused(void **state)
{
        static const char *const paths[] = {
                "/%", "/%2", "/%zz", "/%00", "/a%2Fb", "/a%2fb", "/a%5Cb", "/a/../b", "/a/..",
                "/./a", "/a/%2e%2e/b", "/%2E", "/%0a", "/%7f", "/%FF", "/%C3", "/%ED%A0%80",
                "/%C0%AF", "..",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
                struct str out = STR("untouched");
                struct err err;

                assert_int_equal(http_path_decode(str_of(paths[i]), arena, &out, &err),
                                 ERR_INVALID);
                assert_true(str_is(out, "untouched"));
                assert_true(strlen(err.text) > 10);
        }
}

static void form_fields_are_found_and_decoded(void **state)
{
        struct str form = STR("q=a+b%2Fc&empty=&flag&q=second&bad=%zz&zero=%00");
        struct str out;

        (void)state;
        assert_int_equal(http_form_field(form, "q", arena, &out, NULL), 0);
        assert_true(str_is(out, "a b/c"));
        assert_int_equal(http_form_field(form, "empty", arena, &out, NULL), 0);
        assert_int_equal(out.n, 0);
        assert_int_equal(http_form_field(form, "flag", arena, &out, NULL), 0);
        assert_int_equal(out.n, 0);
        assert_int_equal(http_form_field(form, "none", arena, &out, NULL), ERR_NOT_FOUND);
        assert_int_equal(http_form_field(form, "bad", arena, &out, NULL), ERR_INVALID);
        assert_int_equal(http_form_field(form, "zero", arena, &out, NULL), ERR_INVALID);
}

static void a_cookie_that_comes_twice_is_none(void **state)
{
        const struct http_header headers[] = {
                { STR("cookie"), STR("a=1; __Host-s=abc; b=2") },
                { STR("x"), STR("y") },
                { STR("cookie"), STR("c=3;d=x=y") },
        };
        const struct http_header twice[] = {
                { STR("cookie"), STR("s=1") },
                { STR("cookie"), STR("s=2") },
        };
        struct http_request req = { .headers = headers, .nheaders = 3 };

        (void)state;
        assert_true(str_is(http_request_cookie(&req, "__Host-s"), "abc"));
        assert_true(str_is(http_request_cookie(&req, "c"), "3"));
        assert_true(str_is(http_request_cookie(&req, "d"), "x=y"));
        assert_null(http_request_cookie(&req, "s").p);
        assert_null(http_request_cookie(&req, "host-s").p);
        req = (struct http_request){ .headers = twice, .nheaders = 2 };
        assert_null(http_request_cookie(&req, "s").p);
}

static void lists_are_joined_over_lines(void **state)
{
        const struct http_header headers[] = {
                { STR("accept"), STR("a") }, { STR("accept"), STR("b, c") },
        };
        struct http_request req = { .headers = headers, .nheaders = 2 };

        (void)state;
        assert_true(str_is(http_request_list(&req, "accept", arena), "a, b, c"));
        assert_null(http_request_list(&req, "other", arena).p);
}

static void a_file_name_cannot_leave_its_header(void **state)
{
        static const struct {
                struct str name;
                const char *expected;
        } cases[] = {
                { { "a b.pdf", 7 }, "attachment; filename=\"a b.pdf\"" },
                { { "a\"b", 3 }, "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b" },
                { { "a\r\nX: y", 7 }, "attachment; filename=\"a__X: y\"; "
                                      "filename*=UTF-8''a%0D%0AX%3A%20y" },
                { { "\xc3\xbc.txt", 6 }, "attachment; filename=\"__.txt\"; "
                                         "filename*=UTF-8''%C3%BC.txt" },
                { { "../etc", 6 }, "attachment; filename=\".._etc\"; filename*=UTF-8''..%2Fetc" },
                { { "\xff", 1 }, "attachment; filename=\"_\"" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                assert_true(str_is(http_disposition(arena, cases[i].name, false),
                                   cases[i].expected));
        assert_true(str_is(http_disposition(arena, STR("a"), true), "inline; filename=\"a\""));
}

static void a_location_stays_on_this_host(void **state)
{
        static const char *const cases[][2] = {
                { "/docs/a?b=c&d#e", "/docs/a?b=c&d#e" },
                { "//evil.example/", "/evil.example/" },
                { "/\\evil.example/", "/evil.example/" },
                { "///x", "/x" },
                { "https://evil.example", "/https://evil.example" },
                { "/a\r\nset-cookie: x", "/a%0D%0Aset-cookie:%20x" },
                { "/\xc3\xbc", "/%C3%BC" },
                { "", "/" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                assert_true(str_is(http_location(arena, str_of(cases[i][0])), cases[i][1]));
}

static void every_policy_is_complete(void **state)
{
        static const char *const needed[] = {
                "strict-transport-security: max-age=63072000\r\n", "x-content-type-options: nosniff\r\n",
                "referrer-policy: ", "cross-origin-opener-policy: same-origin\r\n",
                "cross-origin-resource-policy: same-origin\r\n", "permissions-policy: ",
                "origin-agent-cluster: ?1\r\n", "x-frame-options: ", "content-security-policy: ",
        };

        (void)state;
        for (unsigned csp = 0; csp < HTTP_CSP_COUNT; csp++) {
                struct str block = http_security_block((enum http_csp)csp);
                size_t n;
                const struct http_header *pairs = http_security_headers((enum http_csp)csp, &n);

                assert_int_equal(n, ARRAY_LEN(needed));
                for (size_t i = 0; i < ARRAY_LEN(needed); i++)
                        assert_true(str_find_str(block, str_of(needed[i])) >= 0);
                for (size_t i = 0; i < n; i++)
                        assert_true(str_find_str(block, pairs[i].value) >= 0);
                assert_true(str_find_str(block, STR("unsafe-eval")) < 0);
                assert_true(str_find_str(block, STR("includeSubDomains")) < 0);
        }
        assert_true(str_find_str(http_security_block(HTTP_CSP_PAGE), STR("unsafe")) < 0);
        assert_true(str_find_str(http_security_block(HTTP_CSP_EDITOR), STR("unsafe")) < 0);
        assert_true(str_find_str(http_security_block(HTTP_CSP_PAGE), STR("default-src 'self'")) > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_paths_are_decoded),
                cmocka_unit_test(ambiguous_paths_are_refused),
                cmocka_unit_test(form_fields_are_found_and_decoded),
                cmocka_unit_test(a_cookie_that_comes_twice_is_none),
                cmocka_unit_test(lists_are_joined_over_lines),
                cmocka_unit_test(a_file_name_cannot_leave_its_header),
                cmocka_unit_test(a_location_stays_on_this_host),
                cmocka_unit_test(every_policy_is_complete),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
