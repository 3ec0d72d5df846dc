/*
 * test_factor.c -- the pages of second factors: escaped, labelled, posted where the server reads them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "page/factor.h"
#include "page/factor_words.h"
#include "page/sso.h"
#include "page/words.h"
#include "asserts.h"

enum { PAGES = 6, NOW = 1795132800 };

static const struct page_site english = { STR("Docs"), STR("en"), false };

/* One page of each kind, with everything on it; text is in every field. */
static void render(struct buf *out, size_t i, struct page_site site, struct str text)
{
        const struct page_passkey keys[] = { { text, text, NOW, NOW }, { text, STR(""), NOW, 0 } };
        const struct page_sso_button providers[] = {
                { .name = text, .label = text }, { .name = text, .label = text, .silent = true },
        };
        struct page_codes codes = { .site = site };

        for (size_t k = 0; k < PAGE_CODES; k++)
                codes.codes[k] = text;
        switch (i) {
        case 0:
                page_render_factor(out, &(struct page_factor){
                        site, text, true, true, true, PAGE_FACTOR_WRONG, 0,
                });
                break;
        case 1:
                page_render_confirm(out, &(struct page_confirm){
                        site, text, text, text, true, true, PAGE_FACTOR_THROTTLED, 30, providers,
                        ARRAY_LEN(providers),
                });
                break;
        case 2:
                page_render_security(out, &(struct page_security){
                        site, text, true, keys, ARRAY_LEN(keys), 9, false, PAGE_SECURITY_APP_ADDED,
                });
                break;
        case 3:
                page_render_app(out, &(struct page_app){ site, text, text, text, true });
                break;
        case 4:
                page_render_codes(out, &codes);
                break;
        default:
                page_render_factor_over(out, &site);
                break;
        }
}

static void nothing_reaches_a_page_unescaped(void **state)
{
        const struct page_site site = { hostile, STR("en"), false };

        (void)state;
        for (size_t i = 0; i < PAGES; i++) {
                struct buf page CLEANUP_BUF = { 0 };

                render(&page, i, site, hostile);
                assert_lacks(&page, "<script>");
                assert_lacks(&page, "<!--");
                assert_lacks(&page, "x\"'");
                assert_int_equal(count(&page, "</title>"), 1);
                assert_has(&page, "noindex");
                assert_lacks(&page, "style=");
        }
}

static void every_form_carries_its_code_and_goes_to_its_address(void **state)
{
        static const struct {
                size_t page;
                const char *action;
                size_t times;
        } forms[] = {
                { 0, "/login/factor", 3 }, { 1, "/login/confirm", 2 },
                { 1, "/login/sso/confirm", 1 },
                { 2, "/account/security/app/start", 1 }, { 2, "/account/security/app/remove", 1 },
                { 2, "/account/security/passkeys", 1 }, { 2, "/account/security/passkeys/rename", 2 },
                { 2, "/account/security/passkeys/remove", 2 }, { 2, "/account/security/codes", 1 },
                { 3, "/account/security/app", 1 },
        };
        size_t expected[PAGES] = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
                struct buf page CLEANUP_BUF = { 0 }, form CLEANUP_BUF = { 0 };

                buf_printf(&form, "method=\"post\" action=\"%s\"", forms[i].action);
                render(&page, forms[i].page, english, STR("v"));
                assert_int_equal(count(&page, buf_cstr(&form)), forms[i].times);
                expected[forms[i].page] += forms[i].times;
        }
        for (size_t i = 0; i < PAGES; i++) {
                struct buf page CLEANUP_BUF = { 0 };

                render(&page, i, english, STR("v"));
                assert_int_equal(count(&page, "<form"), expected[i]);
                assert_int_equal(count(&page, "name=\"csrf\" value=\"v\""), expected[i]);
        }
}

static void a_passkeys_form_is_hidden_until_a_script_shows_it_and_the_rest_is_not(void **state)
{
        struct buf factor CLEANUP_BUF = { 0 }, security CLEANUP_BUF = { 0 };

        (void)state;
        render(&factor, 0, english, STR("v"));
        render(&security, 2, english, STR("v"));
        assert_int_equal(count(&factor, "data-passkey=\"get\" data-start=\"/login/passkey/start\" hidden>"), 1);
        assert_int_equal(count(&security, "data-passkey=\"create\""), 1);
        assert_has(&security, "data-passkey-instead>");
        static const char *const fields[] = {
                "credential", "client_data", "auth_data", "signature", "user_handle",
        };

        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                struct buf field CLEANUP_BUF = { 0 };

                buf_printf(&field, "<input type=\"hidden\" name=\"%s\">", fields[i]);
                assert_int_equal(count(&factor, buf_cstr(&field)), 1);
        }
}

static void only_what_there_is_is_asked_for(void **state)
{
        struct buf page CLEANUP_BUF = { 0 }, password CLEANUP_BUF = { 0 };

        (void)state;
        page_render_factor(&page, &(struct page_factor){ .site = english, .passkeys = true });
        assert_lacks(&page, "name=\"code\"");
        assert_has(&page, "Answer with the passkey");
        page_render_confirm(&password, &(struct page_confirm){ .site = english });
        assert_lacks(&password, "name=\"code\"");
        assert_lacks(&password, "data-passkey=");
        assert_has(&password, "autocomplete=\"current-password\"");
}

static void the_key_is_there_as_a_picture_and_as_text_and_its_address_is_not(void **state)
{
        struct buf page CLEANUP_BUF = { 0 };

        (void)state;
        page_render_app(&page, &(struct page_app){
                .site = english, .uri = STR("otpauth://totp/A:b?secret=ABCD"), .key = STR("ABCD EFGH"),
        });
        assert_int_equal(count(&page, "<svg"), 1);
        assert_has(&page, "role=\"img\" aria-label=\"QR code with the key\"");
        assert_has(&page, "<code dir=\"ltr\">ABCD EFGH</code>");
        assert_lacks(&page, "otpauth");
        assert_has(&page, "autocomplete=\"one-time-code\"");
        assert_has(&page, "inputmode=\"numeric\"");
}

static void what_is_missing_is_said_before_everything_else(void **state)
{
        struct buf page CLEANUP_BUF = { 0 };

        (void)state;
        page_render_security(&page, &(struct page_security){ .site = english, .missing = true });
        assert_has(&page, "role=\"status\">Your role needs a second factor.");
        assert_has(&page, "You get them with your first second factor.");
        assert_lacks(&page, "action=\"/account/security/codes\"");
        assert_lacks(&page, "action=\"/account/security/app/remove\"");
}

static void the_login_page_offers_a_passkey(void **state)
{
        struct buf page CLEANUP_BUF = { 0 };

        (void)state;
        page_render_login(&page, &(struct page_login){
                .site = english, .csrf = STR("v"), .next = STR("/docs/a"),
                .error = PAGE_LOGIN_PASSKEY_REFUSED,
        });
        assert_has(&page, "action=\"/login/passkey\" data-passkey=\"get\"");
        assert_int_equal(count(&page, "name=\"next\" value=\"/docs/a\""), 2);
        assert_has(&page, "That passkey was not accepted.");
        assert_lacks(&page, "aria-invalid");    /* no field of the form was wrong */
}

static void no_language_lacks_a_word(void **state)
{
        (void)state;
        assert_int_equal(factor_words_ntables, words_ntables);
        for (size_t i = 0; i < factor_words_ntables; i++) {
                const struct factor_words *t = factor_words_for(words_tables[i]->lang);
                const struct str *all = (const struct str *)t;
                size_t marks = 0;

                assert_true(str_eq(t->lang, words_tables[i]->lang));
                for (size_t w = 0; w < sizeof *t / sizeof *all; w++) {
                        assert_true(all[w].n > 0);
                        assert_true(str_is_utf8(all[w]));
                        marks += str_find_str(all[w], STR("%s")) >= 0;
                }
                assert_true(str_find_str(t->codes_left, STR("%s")) >= 0);
                assert_int_equal(marks, 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_reaches_a_page_unescaped),
                cmocka_unit_test(every_form_carries_its_code_and_goes_to_its_address),
                cmocka_unit_test(a_passkeys_form_is_hidden_until_a_script_shows_it_and_the_rest_is_not),
                cmocka_unit_test(only_what_there_is_is_asked_for),
                cmocka_unit_test(the_key_is_there_as_a_picture_and_as_text_and_its_address_is_not),
                cmocka_unit_test(what_is_missing_is_said_before_everything_else),
                cmocka_unit_test(the_login_page_offers_a_passkey),
                cmocka_unit_test(no_language_lacks_a_word),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
