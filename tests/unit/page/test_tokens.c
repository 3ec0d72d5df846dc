/*
 * test_tokens.c -- the pages about tokens of programs: escaped, labelled, complete in every language.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "page/token_words.h"
#include "page/tokens.h"
#include "page/words.h"
#include "asserts.h"

static const struct page_site english = { STR("Docs"), STR("en"), false };
static const struct page_token_scope scopes[] = {
        { STR("content.read"), true }, { STR("log.read"), false },
};

static void render_list(struct buf *out, struct page_site site, struct str text, struct str made)
{
        const struct page_token tokens[] = {
                { .id = text, .name = text, .scopes = { text }, .last_day = 1798761600, .used = 1795132800 },
                { .id = STR("2"), .name = STR("old"), .scopes = { STR("content.read") }, .last_day = 1763510400,
                  .ended = true },
        };

        page_render_tokens(out, &(struct page_tokens){
                .site = site, .csrf = text, .tokens = tokens, .ntokens = ARRAY_LEN(tokens), .made = made,
        });
}

static void render_form(struct buf *out, struct page_site site, struct str text, struct str error)
{
        page_render_token_form(out, &(struct page_token_form){
                .site = site, .csrf = text, .name = text, .expires = text, .first_day = STR("2026-11-23"),
                .last_day = STR("2027-11-23"), .scopes = scopes, .nscopes = ARRAY_LEN(scopes), .error = error,
        });
}

static void no_text_reaches_a_page_unescaped(void **state)
{
        const struct page_site site = { hostile, hostile, false };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        render_list(&out, site, hostile, hostile);
        render_form(&out, site, hostile, hostile);
        assert_int_equal(count(&out, "<script>"), 0);
        assert_int_equal(count(&out, "x\"'"), 0);
        assert_true(count(&out, "&lt;script&gt;") >= 8);
}

static void a_new_token_is_in_a_field_and_nowhere_on_other_pages(void **state)
{
        struct buf with CLEANUP_BUF = { 0 }, without CLEANUP_BUF = { 0 };

        (void)state;
        render_list(&with, english, STR("t"), STR("crl_secret"));
        assert_int_equal(count(&with, "crl_secret"), 1);
        assert_int_equal(count(&with, "value=\"crl_secret\" autocomplete=\"off\""), 1);
        assert_int_equal(count(&with, "<label for=\"-token\">"), 1);
        render_list(&without, english, STR("t"), STR(""));
        assert_int_equal(count(&without, "id=\"-token\""), 0);
}

static void every_form_carries_the_code_and_goes_to_its_address(void **state)
{
        struct buf list CLEANUP_BUF = { 0 }, form CLEANUP_BUF = { 0 };

        (void)state;
        render_list(&list, english, STR("c-1"), STR(""));
        assert_int_equal(count(&list, "method=\"post\" action=\"/account/tokens/revoke\""), 2);
        assert_int_equal(count(&list, "name=\"csrf\" value=\"c-1\""), 2);
        render_form(&form, english, STR("c-1"), STR(""));
        assert_int_equal(count(&form, "method=\"post\" action=\"/account/tokens/new\""), 1);
        assert_int_equal(count(&form, "name=\"csrf\" value=\"c-1\""), 1);
        assert_int_equal(count(&form, "name=\"content.read\" value=\"1\" checked>"), 1);
        assert_int_equal(count(&form, "name=\"log.read\" value=\"1\">"), 1);
        assert_int_equal(count(&form, "min=\"2026-11-23\" max=\"2027-11-23\""), 1);
}

static void a_mistake_is_announced_and_tied_to_the_fields(void **state)
{
        struct buf right CLEANUP_BUF = { 0 }, wrong CLEANUP_BUF = { 0 };

        (void)state;
        render_form(&wrong, english, STR("t"), STR("A token's name is text."));
        assert_int_equal(count(&wrong, "id=\"-error\" role=\"alert\" lang=\"en\""), 1);
        assert_int_equal(count(&wrong, "-hint -error\""), 2);
        render_form(&right, english, STR("t"), STR(""));
        assert_int_equal(count(&right, "-error"), 0);
}

static void every_language_has_every_word(void **state)
{
        (void)state;
        assert_int_equal(token_words_ntables, words_ntables);
        for (size_t i = 0; i < words_ntables; i++) {
                const struct token_words *t = token_words_for(words_tables[i]->lang);
                const struct str *words = &t->lang;

                assert_true(str_eq(t->lang, words_tables[i]->lang));
                for (size_t k = 0; k < sizeof *t / sizeof *words; k++)
                        if (words[k].n == 0)
                                fail_msg("%.*s lacks word %zu", STR_ARG(t->lang), k);
        }
        assert_true(str_is(token_words_for(STR("ja"))->lang, "en"));
        assert_true(str_is(token_words_scope(token_words_for(STR("en")), STR("new.scope")), "new.scope"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_text_reaches_a_page_unescaped),
                cmocka_unit_test(a_new_token_is_in_a_field_and_nowhere_on_other_pages),
                cmocka_unit_test(every_form_carries_the_code_and_goes_to_its_address),
                cmocka_unit_test(a_mistake_is_announced_and_tied_to_the_fields),
                cmocka_unit_test(every_language_has_every_word),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
