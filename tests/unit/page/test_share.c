/*
 * test_share.c -- the page of share links: escaped, complete in each language, and sparing with buttons.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "page/share.h"
#include "page/share_words.h"
#include "asserts.h"

static void no_field_reaches_the_page_unescaped(void **state)
{
        const struct page_link choice = { hostile, hostile };
        const struct page_share share = { 1, hostile, hostile, hostile, PAGE_SHARE_OPEN, 2, 1, 3 };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_shares(&out, &(struct page_shares){
                .frame = { .site = { hostile, hostile, true }, .csrf = hostile, .error = hostile }, .choices = &choice, .nchoices = 1,
                .shares = &share, .nshares = 1, .form = { hostile, hostile, hostile }, .days_max = 366,
                .url = hostile,
        });
        assert_int_equal(count(&out, "<script>"), 0);
        assert_int_equal(count(&out, "<!--"), 0);
        assert_int_equal(count(&out, "x\"'"), 0);
        assert_int_equal(count(&out, "</title>"), 1);
        assert_int_equal(count(&out, "name=\"csrf\""), 2);
        assert_int_equal(count(&out, "noindex"), 1);
}

static void only_what_is_open_has_a_button_and_only_what_is_there_a_form(void **state)
{
        const struct page_share shares[] = {
                { 1, STR("a"), STR(""), STR(""), PAGE_SHARE_EXPIRED, 2, 0, 0 },
                { 2, STR("a"), STR(""), STR(""), PAGE_SHARE_REVOKED, 2, 0, 0 },
        };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_shares(&out, &(struct page_shares){
                .frame.site = { STR("Docs"), STR("en"), false }, .shares = shares, .nshares = 2,
        });
        assert_int_equal(count(&out, "<form"), 0);
        assert_int_equal(count(&out, "the operator"), 2);
        assert_int_equal(count(&out, "Last used"), 0);
}

static void every_language_has_every_word_of_its_own(void **state)
{
        static const char *const languages[] = { "en", "de", "fr", "es", "ar", "he" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(languages); i++)
                for (unsigned w = 0; w < SHARE_WORDS; w++)
                        assert_true(share_word(str_of(languages[i]), (enum share_word)w).n > 0);
        assert_false(str_eq(share_word(STR("de-AT"), SHARE_WORD_TITLE), share_word(STR("en"), SHARE_WORD_TITLE)));
        assert_true(str_eq(share_word(STR("xx"), SHARE_WORD_TITLE), share_word(STR("en"), SHARE_WORD_TITLE)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_field_reaches_the_page_unescaped),
                cmocka_unit_test(only_what_is_open_has_a_button_and_only_what_is_there_a_form),
                cmocka_unit_test(every_language_has_every_word_of_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
