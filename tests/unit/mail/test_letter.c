/*
 * test_letter.c -- every letter in every language; hostile names; the same letter twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mail/address.h"
#include "mail/letter.h"
#include "mail/note.h"
#include "mail/words.h"

static struct letter letter_of(enum letter_kind kind)
{
        return (struct letter){
                .kind = kind, .id = STR("0123456789abcdef0123456789abcdef"), .language = STR("en"),
                .to = STR("jo@example.test"), .name = STR("Jo"), .site = STR("Acme Docs"),
                .link = STR("https://acme.docs.test/welcome?t=cri_secret"), .expires = 1700003600,
                .date = 1700000000, .from = STR("docs@docs.test"), .host = STR("docs.test"),
        };
}

static const char *composed(const struct letter *l, struct buf *out)
{
        struct err err;

        buf_clear(out);
        if (letter_compose(l, out, &err) < 0)
                fail_msg("%s", err.text);
        return buf_cstr(out);
}

static void has(const char *text, const char *part)
{
        if (strstr(text, part) == NULL)
                fail_msg("'%s' is not in:\n%s", part, text);
}

static void a_letter_has_its_headers_and_both_parts(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };
        struct letter l = letter_of(LETTER_RESET);
        const char *text = composed(&l, &out);

        (void)state;
        has(text, "From: Acme Docs <docs@docs.test>\r\nTo: Jo <jo@example.test>\r\n"
                  "Subject: A new password for Acme Docs\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                  "Message-ID: <0123456789abcdef0123456789abcdef@docs.test>\r\n");
        has(text, "Auto-Submitted: auto-generated\r\n");
        has(text, "\r\n--=_0123456789abcdef0123456789abcdef\r\nContent-Type: text/plain; charset=utf-8\r\n");
        has(text, "\r\n--=_0123456789abcdef0123456789abcdef\r\nContent-Type: text/html; charset=utf-8\r\n");
        has(text, "\r\n--=_0123456789abcdef0123456789abcdef--\r\n");
        has(text, "2023-11-14 23:13 UTC");
        has(text, "https://acme.docs.test/welcome?t=3Dcri_secret");
        assert_null(strstr(text, "src=3D"));    /* nothing is loaded */
}

static void composed_again_it_is_the_same(void **state)
{
        struct buf a CLEANUP_BUF = { 0 }, b CLEANUP_BUF = { 0 };

        (void)state;
        for (int kind = 1; kind <= LETTER_KINDS; kind++) {
                struct letter l = letter_of((enum letter_kind)kind);

                composed(&l, &a);
                composed(&l, &b);
                assert_true(str_eq(buf_str(&a), buf_str(&b)));
        }
}

static void is_whole(struct str word, struct str lang, const char *what, bool filled)
{
        if (word.n == 0 || (str_find_str(word, STR("%s")) >= 0) != filled || !str_is_utf8(word))
                fail_msg("%.*s: '%s' is missing or not of its form: %.*s", STR_ARG(lang), what, STR_ARG(word));
}

static void every_language_has_every_word_of_every_letter(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(letter_ntables, 6);
        for (size_t i = 0; i < letter_ntables; i++) {
                const struct letter_words *w = letter_tables[i];

                is_whole(w->hello, w->lang, "hello", false);
                is_whole(w->hello_name, w->lang, "hello_name", true);
                is_whole(w->once, w->lang, "once", true);
                is_whole(w->ignore, w->lang, "ignore", false);
                is_whole(w->sender, w->lang, "sender", true);
                for (int kind = 1; kind <= LETTER_KINDS; kind++) {
                        struct letter l = letter_of((enum letter_kind)kind);

                        is_whole(w->kinds[kind].subject, w->lang, "subject", true);
                        is_whole(w->kinds[kind].text, w->lang, "text", true);
                        is_whole(w->kinds[kind].action, w->lang, "action", false);
                        l.language = w->lang;
                        composed(&l, &out);
                        has(buf_cstr(&out), w->rtl ? "dir=3D\"rtl\"" : "dir=3D\"ltr\"");
                }
        }
}

static void a_language_is_found_by_its_first_part_and_english_stands_in(void **state)
{
        (void)state;
        assert_true(str_is(letter_words_for(STR("de-AT"))->lang, "de"));
        assert_true(str_is(letter_words_for(STR("IW"))->lang, "he"));
        assert_true(str_is(letter_words_for(STR("tlh"))->lang, "en"));
        assert_true(str_is(letter_words_for(STR(""))->lang, "en"));
        assert_true(letter_words_for(STR("ar"))->rtl);
}

static unsigned count(const char *text, const char *part)
{
        unsigned n = 0;

        for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
                n++;
        return n;
}

static void a_name_makes_neither_header_nor_part_nor_markup(void **state)
{
        static const char *const names[] = {
                "Jo\r\nBcc: all@example.test", "Jo\n\n--=_0123456789abcdef0123456789abcdef\nContent-Type: x",
                "<script>alert(1)</script>", "\"Jo\" <other@example.test>,", "=?UTF-8?Q?x?=", "%s%s%n",
                "\xe2\x80\xaeoJ", "Jo\r\n.\r\nQUIT\r\n",
        };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                struct letter l = letter_of(LETTER_INVITE_READER);
                const char *text;

                l.name = l.site = str_of(names[i]);
                text = composed(&l, &out);
                const char *bcc = strstr(text, "\nBcc");

                assert_true(bcc == NULL || bcc > strstr(text, "\r\n\r\n"));
                assert_null(strstr(strstr(text, "text/html"), "<script"));
                assert_null(strstr(text, "\n.\r"));
                const char *other = strstr(text, "<other@");

                assert_true(other == NULL || other > strstr(text, "\r\n\r\n"));
                assert_int_equal(count(text, "\r\n--=_"), 3);
                assert_int_equal(count(text, "\nTo:"), 1);
                assert_int_equal(count(text, "\n"), count(text, "\r\n"));
                assert_int_equal(count(text, "\r"), count(text, "\r\n"));
        }
}

static void what_is_not_of_its_form_is_refused(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };
        static char longer[LETTER_NAME_MAX + 2];
        struct letter l[10];

        (void)state;
        memset(longer, 'x', sizeof longer - 1);
        for (size_t i = 0; i < ARRAY_LEN(l); i++)
                l[i] = letter_of(LETTER_RESET);
        l[0].to = STR("jo@example.test\r\nBcc: x@y.test");
        l[1].from = STR("docs");
        l[2].id = STR("../../0123456789abcdef");
        l[3].id = STR("short");
        l[4].link = STR("http://acme.docs.test/");
        l[5].link = STR("https://acme.docs.test/ x");
        l[6].kind = (enum letter_kind)(LETTER_KINDS + 1);
        l[7].site = STR("");
        l[8].name = str_of(longer);
        l[9].name = STR("\xff");
        for (size_t i = 0; i < ARRAY_LEN(l); i++)
                if (letter_compose(&l[i], &out, NULL) == 0)
                        fail_msg("letter %zu was composed", i);
}

static const char *const addresses[] = { "a@b.test", "first.last+tag@sub.example.test", "o'hara@example.test",
                                         "x_y-z=1@xn--bcher-kva.example", "a@localhost" };
static const char *const no_addresses[] = {
        "", "a", "@b.test", "a@", "a@@b.test", "a@b@c.test", ".a@b.test", "a.@b.test", "a..b@c.test",
        "a b@c.test", "a@b .test", "<a@b.test>", "a@b.test>", "a@b.test\r\nRCPT TO:<x@y.test>", "a@b.test\n",
        "\"a\"@b.test", "a(c)@b.test", "a@[127.0.0.1]", "a@127.0.0.1", "a@-b.test", "a@b..test", "\xc3\xa9@b.test",
        "a@b\xc3\xa9.test", "a@b.test SIZE=1", "a,b@c.test", "a;b@c.test", "a:b@c.test", "a\\b@c.test",
};

static void an_address_is_plain_or_none(void **state)
{
        static char longest[300];

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
                assert_int_equal(mail_address_check(str_of(addresses[i]), NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(no_addresses); i++)
                if (mail_address_check(str_of(no_addresses[i]), NULL) == 0)
                        fail_msg("'%s' was taken", no_addresses[i]);
        memset(longest, 'a', sizeof longest);
        memcpy(longest + MAIL_LOCAL_MAX, "@b.test", 7);
        assert_int_equal(mail_address_check(str_make(longest, MAIL_LOCAL_MAX + 7), NULL), 0);
        memcpy(longest + MAIL_LOCAL_MAX, "a@b.test", 8);
        assert_int_equal(mail_address_check(str_make(longest, MAIL_LOCAL_MAX + 8), NULL), ERR_INVALID);
}

static struct note note_of(struct str subject, struct str text)
{
        return (struct note){ .id = STR("0123456789abcdef"), .to = STR("op@example.test"), .subject = subject,
                              .text = text, .date = 1700000000, .from = STR("docs@docs.test"),
                              .host = STR("docs.test") };
}

static void a_note_to_the_operator_has_one_part_in_text(void **state)
{
        struct note n = note_of(STR("1 alarm on docs.test"), STR("acme: late\n.\nB\xc3\xa4r\n"));
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(note_compose(&n, &out, NULL), 0);
        assert_string_equal(buf_cstr(&out),
                            "From: Carrel <docs@docs.test>\r\nTo: <op@example.test>\r\n"
                            "Subject: 1 alarm on docs.test\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                            "Message-ID: <0123456789abcdef@docs.test>\r\n"
                            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                            "Content-Type: text/plain; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                            "acme: late\r\n=2E\r\nB=C3=A4r\r\n\r\n");
}

static void a_note_makes_no_header_and_has_its_limits(void **state)
{
        static char room[NOTE_TEXT_MAX + 1];
        struct note n = note_of(STR("a\r\nBcc: x@y.test"), STR("text\n"));
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(note_compose(&n, &out, NULL), 0);
        assert_null(strstr(buf_cstr(&out), "\nBcc"));
        memset(room, 'a', sizeof room);
        n.text = str_make(room, NOTE_TEXT_MAX);
        assert_int_equal(note_compose(&n, &out, NULL), 0);
        n.text.n++;
        assert_int_equal(note_compose(&n, &out, NULL), ERR_LIMIT);
        n = note_of(STR("s"), STR("t"));
        n.to = STR("nobody");
        assert_int_equal(note_compose(&n, &out, NULL), ERR_INVALID);
        n.to = STR("op@example.test");
        n.id = STR("../../x");
        assert_int_equal(note_compose(&n, &out, NULL), ERR_INVALID);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_letter_has_its_headers_and_both_parts),
                cmocka_unit_test(composed_again_it_is_the_same),
                cmocka_unit_test(every_language_has_every_word_of_every_letter),
                cmocka_unit_test(a_language_is_found_by_its_first_part_and_english_stands_in),
                cmocka_unit_test(a_name_makes_neither_header_nor_part_nor_markup),
                cmocka_unit_test(what_is_not_of_its_form_is_refused),
                cmocka_unit_test(an_address_is_plain_or_none),
                cmocka_unit_test(a_note_to_the_operator_has_one_part_in_text),
                cmocka_unit_test(a_note_makes_no_header_and_has_its_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
