/*
 * test_origin.c -- one way to write each place, and nothing that two programs could read differently.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sni/origin.h"

static const struct {
        const char *text, *origin, *path;
        uint16_t port;
        bool literal;
} good[] = {
        { "https://login.example.com", "https://login.example.com", "", 443, false },
        { "https://Login.EXAMPLE.com/", "https://login.example.com", "/", 443, false },
        { "https://login.example.com:443/a", "https://login.example.com", "/a", 443, false },
        { "https://login.example.com:8443/a?b=c/d:@", "https://login.example.com:8443", "/a?b=c/d:@", 8443,
          false },
        { "https://192.0.2.7/x", "https://192.0.2.7", "/x", 443, true },
        { "https://[2001:DB8:0::1]:1/", "https://[2001:db8::1]:1", "/", 1, true },
        { "https://[::ffff:1.2.3.4]", "https://[::ffff:1.2.3.4]", "", 443, true },
        { "https://a", "https://a", "", 443, false },
        { "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example", "/", 443, false },
};

static void each_place_is_written_in_one_way(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                struct origin o;
                struct str path;

                assert_int_equal(origin_of_url(str_of(good[i].text), &o, &path, NULL), 0);
                assert_string_equal(o.text, good[i].origin);
                assert_true(str_is(path, good[i].path));
                assert_int_equal(o.port, good[i].port);
                assert_int_equal(o.literal, good[i].literal);
        }
}

static const char *const bad[] = {
        "", "https://", "https:///", "http://a/", "HTTPS://a/", "//a/", "ftp://a/", "https:/a/", "https://a:/",
        "https://a:0/", "https://a:65536/", "https://a:80:80/", "https://a:8x/", "https://u@a/", "https://u:p@a/",
        "https://a?b", "https://a/#b", "https://a\\b/", "https://a/\\b", "https://a/ b", "https://a/\r\nX: y",
        "https://a/\x7f", "https://a/\xc3\xa9", "https://\xc3\xbc.example/", "https://a..b/", "https://.a/",
        "https://a./", "https://-a/", "https://a_b/", "https://[::1", "https://::1/", "https://[::1]x/",
        "https://[127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://127.1/", "https://2130706433/",
        "https://0x7f000001/", "https://0x7f.0.0.1/", "https://1.2.3.0x4/", "https://a.0xff/", "https://0177.0.0.1/",
        "https://127.0.0.1./", "https://1.2.3/", "https://1.2.3.4.5/", "https://0x/",
};

static void what_could_be_read_differently_is_refused(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct origin o;
                struct str path;
                struct err err = { 0 };

                if (origin_of_url(str_of(bad[i]), &o, &path, &err) == 0)
                        fail_msg("'%s' was taken as %s", bad[i], o.text);
                assert_true(err.text[0] != '\0');
        }
}

static void an_address_has_its_limit(void **state)
{
        static char text[ORIGIN_URL_MAX + 2];
        struct origin o;
        struct str path;

        (void)state;
        memset(text, 'a', sizeof text);
        memcpy(text, "https://a/", 10);
        assert_int_equal(origin_of_url(str_make(text, ORIGIN_URL_MAX), &o, &path, NULL), 0);
        assert_int_equal(origin_of_url(str_make(text, ORIGIN_URL_MAX + 1), &o, &path, NULL), ERR_LIMIT);
}

static void an_origin_alone_has_no_path(void **state)
{
        struct origin o;
        struct err err;

        (void)state;
        assert_int_equal(origin_parse(STR("https://a/"), &o, &err), 0);
        assert_string_equal(o.text, "https://a");
        assert_int_equal(origin_parse(STR("https://a/b"), &o, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "write https://a"));
        assert_int_equal(origin_parse(STR("login.example.com"), &o, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "https://login.example.com"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_place_is_written_in_one_way),
                cmocka_unit_test(what_could_be_read_differently_is_refused),
                cmocka_unit_test(an_address_has_its_limit),
                cmocka_unit_test(an_origin_alone_has_no_path),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
