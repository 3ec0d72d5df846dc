/*
 * test_url.c -- an address is a link only when its scheme is on the list, however it is disguised.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "html/html.h"

/*
 * Schemes that run something, read something local, or hide what they are; cut where it hurts most.
 */
static const char *const schemes[][2] = {
        { "java", "script" }, { "vb", "script" }, { "da", "ta" },     { "live", "script" },
        { "fi", "le" },       { "bl", "ob" },     { "view-", "source" }, { "jar", "" },
};

/*
 * '@' and '~' stand for the scheme's halves; the bytes are what an attribute holds after decoding.
 */
static const char *const disguises[] = {
        "@~:x",
        "@~:alert(1)",
        " @~:x",
        "\t\n\r @~:x",
        "\x01@~:x",
        "\x1f\x0b\x0c@~:x",
        "\x7f@~:x",
        "@\t~:x",
        "@\n~:x",
        "@\r\n~:x",
        "@\x01~:x",
        "@~\t:x",
        "@~ \t:x",
        "@~\n:\nx",
        "@~:\t//x/%0aalert(1)",
        "@~://x/%0aalert(1)",
        "@~:/*http://*/x",
        "@~:text/html,<script>alert(1)</script>",
        "@~:text/html;base64,PHNjcmlwdD4=",
        "@~:image/svg+xml,<svg onload=alert(1)>",
        "@%2d~:x",
        "@\xc2\xa0~:x",
        "\xc2\xa0@~:x",
        "\xe2\x80\x8b@~:x",
        "\xe2\x80\xa8@~:x",
        "\xef\xbb\xbf@~:x",
        "\xe3\x80\x80@~:x",
        "@\xc2\xad~:x",
        "@\xe2\x80\x8d~:x",
        "@\xe2\x80\xae~:x",
        "@~\xe2\x80\x8b:x",
        "http@~:x",
        "@~http:x",
        "http\\@~:x",
        "\\@~:x",
        "\"@~:x",
        "'@~:x",
        "<@~:x",
        "url(@~:x)",
        "feed:@~:x",
        "@~&colon;x:y",
        ":@~:x",
        "@ ~:x",
        "@\xff~:x",
        "@~\xc0\x80:x",
};

static void fill(struct buf *url, const char *disguise, const char *const scheme[2])
{
        for (; *disguise != '\0'; disguise++) {
                if (*disguise == '@' || *disguise == '~')
                        buf_puts(url, scheme[*disguise == '~']);
                else
                        buf_putc(url, *disguise);
        }
}

static void upper(struct buf *text)
{
        for (size_t i = 0; i < text->n; i += 2)
                if (text->p[i] >= 'a' && text->p[i] <= 'z')
                        text->p[i] = (char)(text->p[i] - 32);
}

static void refuse(struct str url)
{
        struct buf out CLEANUP_BUF = { 0 };

        if (html_url_allowed(url))
                fail_msg("allowed: %.*s", STR_ARG(url));
        html_url(&out, url);
        assert_true(str_is(buf_str(&out), "#"));
}

static void a_scheme_off_the_list_is_refused_in_every_disguise(void **state)
{
        size_t forms = 0;

        (void)state;
        for (size_t s = 0; s < ARRAY_LEN(schemes); s++) {
                for (size_t d = 0; d < ARRAY_LEN(disguises); d++) {
                        struct buf url CLEANUP_BUF = { 0 };

                        fill(&url, disguises[d], schemes[s]);
                        refuse(buf_str(&url));
                        upper(&url);
                        refuse(buf_str(&url));
                        forms += 2;
                }
        }
        assert_true(forms >= 150);
}

static void a_nul_does_not_end_the_check(void **state)
{
        (void)state;
        refuse(STR("java\0script:x"));
        refuse(STR("\0javascript:x"));
        refuse(STR("javascript\0:x"));
}

static void addresses_of_the_list_and_relative_ones_are_written(void **state)
{
        static const char *const same[] = {
                "http://example.org/", "https://example.org/a?b=c#d", "mailto:a@example.org",
                "tel:+43123", "a/b.html", "../a", "/docs/x", "#top", "?q=1", "", ".", "a/b:c",
                "?x=javascript:1", "#javascript:1", "/javascript:1", "HTTPS://EXAMPLE.ORG",
                "http://[::1]:8443/", "%6aavascript%3Ax", "caf\xc3\xa9/\xe4\xb8\xad", "//host/x",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(same); i++) {
                struct buf out CLEANUP_BUF = { 0 };

                assert_true(html_url_allowed(str_of(same[i])));
                html_url(&out, str_of(same[i]));
                assert_string_equal(buf_cstr(&out), same[i]);
        }
}

static void what_no_address_may_hold_is_encoded_or_dropped(void **state)
{
        static const char *const pairs[][2] = {
                { " a b ", "a%20b" },     { "a\"b", "a%22b" },     { "a'b", "a%27b" },
                { "a<b>c", "a%3Cb%3Ec" }, { "a&b", "a&amp;b" },    { "a\\b", "a%5Cb" },
                { "a\tb\nc", "abc" },     { "a\xff" "b", "a%FFb" }, { "ht\ntps://x", "https://x" },
                { "a`{|}^b", "a%60%7B%7C%7D%5Eb" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                struct buf out CLEANUP_BUF = { 0 };

                html_url(&out, str_of(pairs[i][0]));
                assert_string_equal(buf_cstr(&out), pairs[i][1]);
        }
}

static void an_allowed_address_stays_allowed_once_written(void **state)
{
        (void)state;
        for (size_t d = 0; d < ARRAY_LEN(disguises); d++) {
                static const char *const path[2] = { "/x", "y" };
                struct buf url CLEANUP_BUF = { 0 };
                struct buf once CLEANUP_BUF = { 0 }, twice CLEANUP_BUF = { 0 };

                fill(&url, disguises[d], path);
                html_url(&once, buf_str(&url));
                html_url(&twice, buf_str(&once));
                assert_int_equal(str_is(buf_str(&once), "#"), str_is(buf_str(&twice), "#"));
        }
}

static void an_address_is_local_without_scheme_and_host(void **state)
{
        static const char *const local[] = { "a.png", "/a.png", "../a", "?x", "#y", "a//b", "a/b:c",
                                             "./a", "" };
        static const char *const remote[] = {
                "http://h/a", "https:a.png", "//h/a", "\\\\h/a", "/\\h/a", "\\/h/a", " //h/a",
                "/\t/h/a", "\n//h", "a:b", "data:image/png,x", "HTTPS://H", "/\n\\h",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(local); i++)
                if (!html_url_local(str_of(local[i])))
                        fail_msg("not local: %s", local[i]);
        for (size_t i = 0; i < ARRAY_LEN(remote); i++)
                if (html_url_local(str_of(remote[i])))
                        fail_msg("local: %s", remote[i]);
}

static void text_is_escaped_for_elements_and_attributes(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        html_escape(&out, STR("<a href=\"x\" title='y'>&amp;</a> caf\xc3\xa9"));
        assert_string_equal(buf_cstr(&out),
                            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt; "
                            "caf\xc3\xa9");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_scheme_off_the_list_is_refused_in_every_disguise),
                cmocka_unit_test(a_nul_does_not_end_the_check),
                cmocka_unit_test(addresses_of_the_list_and_relative_ones_are_written),
                cmocka_unit_test(what_no_address_may_hold_is_encoded_or_dropped),
                cmocka_unit_test(an_allowed_address_stays_allowed_once_written),
                cmocka_unit_test(an_address_is_local_without_scheme_and_host),
                cmocka_unit_test(text_is_escaped_for_elements_and_attributes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
