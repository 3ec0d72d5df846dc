/*
 * test_requests.c -- what is sent to a provider is escaped, whole, and has its secret in one place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signon/signon.h"

static const struct signon_client basic = {
        .id = STR("a b&c"), .secret = STR("p:q/\xc3\xa4"), .method = SIGNON_BASIC,
        .redirect = STR("https://acme.example:8443/login/sso/callback/one"),
};

static void the_way_there_carries_state_nonce_and_challenge(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const struct signon_discovery plain = { .authorization = STR("https://id.example/auth") },
                                      query = { .authorization = STR("https://id.example/auth?p=1") };
        const struct signon_start start = {
                .scopes = STR("openid email"), .state = STR("s&1"), .nonce = STR("n"), .challenge = STR("c"),
        };
        struct signon_start again = start;

        (void)state;
        again.again = true;
        assert_string_equal(
                signon_authorization_url(&plain, &basic, &start, arena).p,
                "https://id.example/auth?response_type=code&client_id=a%20b%26c"
                "&redirect_uri=https%3A%2F%2Facme.example%3A8443%2Flogin%2Fsso%2Fcallback%2Fone"
                "&scope=openid%20email&state=s%261&nonce=n&code_challenge=c&code_challenge_method=S256");
        struct str url = signon_authorization_url(&query, &basic, &again, arena);

        assert_true(str_starts(url, STR("https://id.example/auth?p=1&response_type=code&")));
        assert_true(str_ends(url, STR("&prompt=login&max_age=0")));
}

static struct str form_of(const struct signon_client *client, struct buf *out)
{
        signon_token_form(client, STR("co=de"), STR("verifier"), out);
        return buf_str(out);
}

static void the_secret_is_where_the_method_says_and_nowhere_else(void **state)
{
        struct signon_client post = basic, public = basic;
        struct buf a CLEANUP_BUF = { 0 }, b CLEANUP_BUF = { 0 }, c CLEANUP_BUF = { 0 }, h CLEANUP_BUF = { 0 };

        (void)state;
        post.method = SIGNON_POST;
        public.method = SIGNON_PUBLIC;
        public.secret = STR("");
        assert_true(str_is(form_of(&basic, &a),
                           "grant_type=authorization_code&code=co%3Dde"
                           "&redirect_uri=https%3A%2F%2Facme.example%3A8443%2Flogin%2Fsso%2Fcallback%2Fone"
                           "&code_verifier=verifier"));
        assert_true(str_ends(form_of(&post, &b), STR("&client_id=a%20b%26c&client_secret=p%3Aq%2F%C3%A4")));
        assert_true(str_ends(form_of(&public, &c), STR("&client_id=a%20b%26c")));
        signon_authorization(&post, &h);
        signon_authorization(&public, &h);
        assert_int_equal(h.n, 0);
}

/* Both parts are escaped before they are joined (RFC 6749, 2.3.1); each length of the last group is seen. */
static void the_header_is_base64_of_the_escaped_pair(void **state)
{
        static const struct {
                const char *id, *secret, *header;
        } cases[] = {
                { "a b&c", "p:q/\xc3\xa4", "Basic YSUyMGIlMjZjOnAlM0FxJTJGJUMzJUE0" },
                { "a", "b", "Basic YTpi" }, { "a", "bc", "Basic YTpiYw==" }, { "a", "bcd", "Basic YTpiY2Q=" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                const struct signon_client client = {
                        .id = str_of(cases[i].id), .secret = str_of(cases[i].secret), .method = SIGNON_BASIC,
                };
                struct buf h CLEANUP_BUF = { 0 };

                signon_authorization(&client, &h);
                assert_string_equal(buf_cstr(&h), cases[i].header);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_way_there_carries_state_nonce_and_challenge),
                cmocka_unit_test(the_secret_is_where_the_method_says_and_nowhere_else),
                cmocka_unit_test(the_header_is_base64_of_the_escaped_pair),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
