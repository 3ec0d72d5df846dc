/*
 * test_mime.c -- any text in a header or a body, and never a line of its own making.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mail/mime.h"

static const char *header(struct buf *out, const char *text, const char *tail)
{
        buf_clear(out);
        mime_header(out, "Subject", str_of(text), tail);
        return buf_cstr(out);
}

static void plain_text_stands_as_it_is(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        assert_string_equal(header(&out, "A new password for Docs", ""), "Subject: A new password for Docs\r\n");
        assert_string_equal(header(&out, "", ""), "Subject:\r\n");
        assert_string_equal(header(&out, "Jo Doe", " <jo@a.test>"), "Subject: Jo Doe <jo@a.test>\r\n");
        assert_string_equal(header(&out, "", " <jo@a.test>"), "Subject: <jo@a.test>\r\n");
}

static void other_text_becomes_encoded_words(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        assert_string_equal(header(&out, "Gr\xc3\xbc\xc3\x9f" "e", ""), "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n");
        assert_string_equal(header(&out, "=?UTF-8?B?eA==?=", ""),
                            "Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n");
        /* In an address these would mean something. */
        assert_string_equal(header(&out, "a, b <c@d>", " <jo@a.test>"),
                            "Subject: =?UTF-8?B?YSwgYiA8Y0BkPg==?= <jo@a.test>\r\n");
}

static void no_text_makes_a_header_of_its_own(void **state)
{
        static const char *const texts[] = { "a\r\nBcc: x@y.test", "a\nBcc: x@y.test", "a\rBcc: x@y.test",
                                             "a\r\n\r\nbody", "\r\n", "a\x7f\x01" "b", "a\xe2\x80\xa8" "b" };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                for (int tail = 0; tail < 2; tail++) {
                        header(&out, texts[i], tail ? " <jo@a.test>" : "");
                        assert_null(strstr(buf_cstr(&out), "Bcc"));
                        assert_ptr_equal(strstr(buf_cstr(&out), "\r\n") + 2, out.p + out.n);
                }
}

static void long_text_is_folded_at_whole_characters(void **state)
{
        struct buf text CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };

        (void)state;
        for (int i = 0; i < 60; i++)
                buf_puts(&text, "\xe2\x82\xac");       /* three bytes each */
        header(&out, buf_cstr(&text), " <jo@example.test>");
        struct str rest = buf_str(&out);
        unsigned lines = 0;

        while (rest.n > 0) {
                struct str line = str_cut(&rest, '\n');

                assert_true(line.n <= 77 && line.p[line.n - 1] == '\r');
                assert_true(lines == 0 || line.p[0] == ' ');
                /* 45 bytes are fifteen whole signs, and their base64 begins anew in each word. */
                if (lines > 0 && line.p[1] == '=')
                        assert_memory_equal(line.p, " =?UTF-8?B?4oKs", 15);
                lines++;
        }
        assert_true(lines >= 4);
}

static const struct {
        const char *text, *quoted;
} bodies[] = {
        { "a b", "a b\r\n" },
        { "a \nb", "a=20\r\nb\r\n" },
        { "\t", "=09\r\n" },
        { "a=b", "a=3Db\r\n" },
        { "\xc3\xa9\n.\n", "=C3=A9\r\n=2E\r\n\r\n" },
        { "a\r\nb", "a=0D\r\nb\r\n" },
        { "", "\r\n" },
};

static void a_body_is_quoted_and_its_lines_are_short(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };
        char text[400];

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
                buf_clear(&out);
                mime_quoted(&out, str_of(bodies[i].text));
                assert_string_equal(buf_cstr(&out), bodies[i].quoted);
        }
        for (int c = 0; c < 3; c++) {
                memset(text, "x=."[c], sizeof text);
                buf_clear(&out);
                mime_quoted(&out, str_make(text, sizeof text));
                struct str rest = buf_str(&out);

                while (rest.n > 0) {
                        struct str line = str_cut(&rest, '\n');

                        assert_true(line.n <= 77 && line.p[0] != '.');
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_text_stands_as_it_is),
                cmocka_unit_test(other_text_becomes_encoded_words),
                cmocka_unit_test(no_text_makes_a_header_of_its_own),
                cmocka_unit_test(long_text_is_folded_at_whole_characters),
                cmocka_unit_test(a_body_is_quoted_and_its_lines_are_short),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
