/*
 * test_account.c -- the account pages: escaped, labelled, and kind to password managers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "page/account.h"
#include "page/account_words.h"
#include "page/words.h"
#include "asserts.h"

enum { MINIMUM = 5, KINDS = 11 };

static const struct page_site english = { STR("Docs"), STR("en"), false };

static const struct page_session sessions[] = {
        { STR("s1"), STR("192.0.2.7"), STR("Firefox on Linux"), 1795132800, 1795183500, true },
        { STR("s2"), STR("198.51.100.4"), STR("Safari on iPhone"), 1795132800, 1795132860, false },
};

/* The value of an attribute that follows `from`, up to its closing quote. */
static struct str value_at(struct str from, const char *attribute)
{
        ptrdiff_t at = str_find_str(from, str_of(attribute));

        assert_true(at >= 0);

        struct str rest = str_make(from.p + at + strlen(attribute),
                                   from.n - (size_t)at - strlen(attribute));
        ptrdiff_t end = str_find(rest, '"');

        assert_true(end >= 0);
        return str_make(rest.p, (size_t)end);
}

/* One page of each kind and state; i from 0 to KINDS - 1. */
static void render(struct buf *out, size_t i, struct page_site site, struct str text)
{
        const struct page_account account = {
                .site = site, .csrf = text, .login = text, .name = text, .role = text,
                .sessions = sessions, .nsessions = ARRAY_LEN(sessions), .minimum = MINIMUM,
                .news = i == 5 ? PAGE_ACCOUNT_PASSWORD_WRONG : i == 6 ? PAGE_ACCOUNT_PASSWORD_REFUSED
                                                                     : PAGE_ACCOUNT_THROTTLED,
                .error = text, .seconds = 30,
        };
        const struct page_sso_button buttons[] = {
                { .name = text, .label = text }, { .name = text, .label = text, .silent = true },
        };

        switch (i) {
        case 0:
        case 1:
        case 2:
                page_render_login(out, &(struct page_login){
                        .site = site, .csrf = text, .next = text, .login = text,
                        .error = i == 0 ? PAGE_LOGIN_NO_ERROR : i == 1 ? PAGE_LOGIN_WRONG
                                                                       : PAGE_LOGIN_THROTTLED,
                        .seconds = 30, .providers = buttons, .nproviders = i == 0 ? 2 : 0,
                });
                break;
        case 3:
        case 4:
                page_render_welcome(out, &(struct page_welcome){
                        site, text, text, i == 3 ? PAGE_WELCOME_SETUP : PAGE_WELCOME_RESET, MINIMUM,
                        i == 3 ? STR("") : text,
                });
                break;
        case 5:
        case 6:
        case 7:
                page_render_account(out, &account);
                break;
        case 8:
        case 9:
                page_render_forgot(out, &(struct page_forgot){
                        .site = site, .csrf = text, .login = text, .seconds = i == 8 ? 30 : 0,
                        .state = i == 8 ? PAGE_FORGOT_ASK : PAGE_FORGOT_SENT,
                });
                break;
        default:
                page_render_notice(out, &(struct page_notice){
                        site, PAGE_NOTICE_OTHER, text, text, { text, evil_url },
                });
                break;
        }
}

static void no_field_of_an_account_page_reaches_it_unescaped(void **state)
{
        const struct page_site site = { hostile, hostile, true };
        const struct page_session session = { hostile, hostile, hostile, 1, 2, false };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        for (size_t i = 0; i < KINDS; i++) {
                buf_clear(&out);
                render(&out, i, site, hostile);
                assert_harmless(&out);
        }
        /* A session's three texts, in a page that holds nothing else of the kind. */
        buf_clear(&out);
        page_render_account(&out, &(struct page_account){
                .site = english, .sessions = &session, .nsessions = 1, .minimum = MINIMUM,
        });
        assert_harmless(&out);
        assert_has(&out, "name=\"id\" value=\"x&quot;");
}

static void each_field_is_on_its_page_as_it_was_given(void **state)
{
        struct buf login CLEANUP_BUF = { 0 }, account CLEANUP_BUF = { 0 };

        (void)state;
        page_render_login(&login, &(struct page_login){
                .site = english, .csrf = STR("c-1"), .next = STR("/docs/a?b=1&c=2"),
                .login = STR("ada@example.org"),
        });
        assert_has(&login, "name=\"csrf\" value=\"c-1\"");
        assert_has(&login, "name=\"next\" value=\"/docs/a?b=1&amp;c=2\"");
        assert_has(&login, "name=\"login\" value=\"ada@example.org\"");
        page_render_account(&account, &(struct page_account){
                .site = english, .csrf = STR("c-1"), .login = STR("ada@example.org"),
                .name = STR("Ada"), .role = STR("Writer"), .sessions = sessions, .nsessions = 2,
                .minimum = MINIMUM,
        });
        assert_has(&account, "<dd><bdi>Ada</bdi></dd>");
        assert_has(&account, "<bdi>ada@example.org</bdi>");
        assert_has(&account, "<dd>Writer</dd>");
        assert_has(&account, "<time datetime=\"2026-11-20T14:05:00Z\">20 November 2026 14:05 UTC<");
}

static void every_form_is_posted_to_its_address_with_the_csrf_value(void **state)
{
        static const char *const actions[KINDS][5] = {
                { "/login" }, { "/login" }, { "/login" }, { "/welcome" }, { "/welcome" },
                { "/logout", "/account/sessions/end\"", "/account/sessions/end-others",
                  "/account/password" },
                { "/logout" }, { "/logout" }, { "/login/forgot" }, { NULL }, { NULL },
        };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        for (size_t i = 0; i < KINDS; i++) {
                buf_clear(&out);
                render(&out, i, english, STR("c-1"));
                assert_int_equal(count(&out, "<form "), count(&out, "method=\"post\" action=\"/"));
                assert_int_equal(count(&out, "<form "),
                                 count(&out, "<input type=\"hidden\" name=\"csrf\" value=\"c-1\">"));
                for (size_t a = 0; actions[i][a] != NULL; a++)
                        assert_has(&out, actions[i][a]);
        }
}

static void there_is_no_next_field_when_there_is_nowhere_to_go(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_login(&out, &(struct page_login){ .site = english, .csrf = STR("c") });
        assert_lacks(&out, "name=\"next\"");
}

static void every_input_tells_a_password_manager_what_it_is(void **state)
{
        struct buf login CLEANUP_BUF = { 0 }, welcome CLEANUP_BUF = { 0 };
        struct buf account CLEANUP_BUF = { 0 };

        (void)state;
        render(&login, 0, english, STR("t"));
        assert_has(&login, "type=\"email\" name=\"login\" value=\"t\" autocomplete=\"username\"");
        assert_has(&login, "type=\"password\" name=\"password\" autocomplete=\"current-password\"");
        assert_lacks(&login, "minlength");
        assert_lacks(&login, "new-password");
        render(&welcome, 3, english, STR("t"));
        assert_has(&welcome, "type=\"password\" name=\"password\" autocomplete=\"new-password\" "
                             "minlength=\"5\"");
        /* Seen by the password manager, but no field that the server would have to believe. */
        assert_has(&welcome, "autocomplete=\"username\" dir=\"ltr\" readonly>");
        assert_lacks(&welcome, "name=\"login\"");
        render(&account, 5, english, STR("t"));
        assert_has(&account, "name=\"current\" autocomplete=\"current-password\"");
        assert_has(&account, "name=\"new\" autocomplete=\"new-password\" minlength=\"5\"");
        assert_int_equal(count(&account, "autocomplete=\"username\""), 1);
        assert_lacks(&account, "maxlength");
        assert_lacks(&account, "autocomplete=\"off\"");
}

/* Each visible input's id is unique and one label is for it; each description exists once. */
static void every_input_has_a_label_and_every_description_exists(void **state)
{
        (void)state;
        for (size_t i = 0; i < KINDS; i++) {
                struct buf out CLEANUP_BUF = { 0 };

                render(&out, i, english, STR("t"));
                assert_int_equal(count(&out, "<input class=\"input\""), count(&out, "<label for="));
                for (struct str rest = buf_str(&out);;) {
                        ptrdiff_t at = str_find_str(rest, STR("<input class=\"input\""));
                        struct buf id CLEANUP_BUF = { 0 }, label CLEANUP_BUF = { 0 };

                        if (at < 0)
                                break;
                        rest = str_make(rest.p + at + 1, rest.n - (size_t)at - 1);

                        struct str own = value_at(rest, " id=\"");
                        struct str tag = str_make(rest.p, (size_t)str_find(rest, '>'));

                        buf_printf(&id, " id=\"%.*s\"", STR_ARG(own));
                        buf_printf(&label, "<label for=\"%.*s\">", STR_ARG(own));
                        assert_int_equal(count(&out, buf_cstr(&id)), 1);
                        assert_int_equal(count(&out, buf_cstr(&label)), 1);
                        if (str_find_str(tag, STR("aria-describedby")) < 0)
                                continue;

                        struct str ids = value_at(tag, "aria-describedby=\"");

                        while (ids.n > 0) {
                                struct str one = str_cut(&ids, ' ');

                                buf_clear(&id);
                                buf_printf(&id, " id=\"%.*s\"", STR_ARG(one));
                                assert_int_equal(count(&out, buf_cstr(&id)), 1);
                        }
                }
        }
}

static void a_mistake_is_announced_and_tied_to_its_field(void **state)
{
        struct buf login CLEANUP_BUF = { 0 }, welcome CLEANUP_BUF = { 0 };
        struct buf wrong CLEANUP_BUF = { 0 }, refused CLEANUP_BUF = { 0 };

        (void)state;
        render(&login, 1, english, STR("t"));
        assert_has(&login, "id=\"-error\" role=\"alert\">This email address and this password do "
                           "not belong together.");
        assert_int_equal(count(&login, "aria-invalid=\"true\" aria-describedby=\"-error\""), 2);
        render(&welcome, 4, english, STR("Too easy to guess."));
        assert_has(&welcome, "id=\"-error\" role=\"alert\" lang=\"en\" dir=\"auto\">Too easy");
        assert_has(&welcome, "aria-invalid=\"true\" aria-describedby=\"-error -password-minimum\"");
        render(&wrong, 5, english, STR("t"));
        assert_has(&wrong, "id=\"-current-error\" role=\"alert\">The current password");
        assert_has(&wrong, "name=\"current\" autocomplete=\"current-password\" "
                           "aria-invalid=\"true\" aria-describedby=\"-current-error\"");
        assert_int_equal(count(&wrong, "aria-invalid"), 1);
        render(&refused, 6, english, STR("Too easy to guess."));
        assert_has(&refused, "minlength=\"5\" aria-invalid=\"true\" "
                             "aria-describedby=\"-new-error -new-minimum\"");
        assert_int_equal(count(&refused, "aria-invalid"), 1);
}

static void a_session_that_ended_is_said_and_blames_no_field(void **state)
{
        struct buf out CLEANUP_BUF = { 0 }, none CLEANUP_BUF = { 0 };

        (void)state;
        page_render_login(&out, &(struct page_login){
                .site = english, .csrf = STR("c"), .error = PAGE_LOGIN_SESSION_ENDED,
        });
        assert_has(&out, "role=\"alert\">Your session has ended. Please log in again.");
        assert_lacks(&out, "aria-invalid");
        render(&none, 0, english, STR("t"));
        assert_lacks(&none, "role=\"alert\"");
        assert_lacks(&none, "aria-describedby");
}

static void who_forgot_the_password_hears_the_same_for_every_address(void **state)
{
        static const struct str languages[] = {
                STR("en"), STR("de"), STR("fr"), STR("es"), STR("ar"), STR("he"),
        };
        struct buf known CLEANUP_BUF = { 0 }, unknown CLEANUP_BUF = { 0 }, asked CLEANUP_BUF = { 0 };
        struct buf login CLEANUP_BUF = { 0 };

        (void)state;
        page_render_forgot(&known, &(struct page_forgot){
                .site = english, .csrf = STR("c-1"), .login = STR("ada@example.org"), .state = PAGE_FORGOT_SENT,
        });
        page_render_forgot(&unknown, &(struct page_forgot){
                .site = english, .csrf = STR("c-2"), .login = STR("eve@example.org"), .state = PAGE_FORGOT_SENT,
        });
        assert_true(str_eq(buf_str(&known), buf_str(&unknown)));
        page_render_forgot(&asked, &(struct page_forgot){
                .site = english, .csrf = STR("c-1"), .login = STR("ada@example.org"),
        });
        assert_has(&asked, "type=\"email\" name=\"login\" value=\"ada@example.org\"");
        assert_lacks(&asked, "role=\"alert\"");
        render(&login, 0, english, STR("t"));
        assert_has(&login, "<a href=\"/login/forgot\">Forgotten your password?</a>");
        for (size_t i = 1; i < ARRAY_LEN(languages); i++) {
                struct buf none CLEANUP_BUF = { 0 };

                page_render_forgot(&none, &(struct page_forgot){
                        .site = { STR("Docs"), languages[i], i > 3 }, .state = PAGE_FORGOT_NO_MAIL,
                });
                assert_lacks(&none, "<form");
                assert_lacks(&none, "This portal sends no letters");
                assert_has(&none, "href=\"/login\"");
        }
}

static void the_time_to_wait_is_said_in_seconds_and_then_in_whole_minutes(void **state)
{
        static const struct {
                unsigned seconds;
                const char *words;
        } cases[] = {
                { 1, "again in 1 s." },    { 119, "again in 119 s." }, { 120, "again in 2 min." },
                { 121, "again in 3 min." }, { 0xffffffff, "again in 71582789 min." },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buf login CLEANUP_BUF = { 0 }, account CLEANUP_BUF = { 0 };

                page_render_login(&login, &(struct page_login){
                        .site = english, .error = PAGE_LOGIN_THROTTLED, .seconds = cases[i].seconds,
                });
                assert_has(&login, cases[i].words);
                page_render_account(&account, &(struct page_account){
                        .site = english, .minimum = MINIMUM, .news = PAGE_ACCOUNT_THROTTLED,
                        .seconds = cases[i].seconds,
                });
                assert_has(&account, cases[i].words);
        }
}

static void a_one_time_link_says_what_it_is_for(void **state)
{
        static const char *const says[] = {
                [PAGE_WELCOME_SETUP] = "You are the owner of Docs.",
                [PAGE_WELCOME_INVITE] = "You are invited to Docs.",
                [PAGE_WELCOME_RESET] = "This is for your account on Docs.",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(says); i++) {
                struct buf out CLEANUP_BUF = { 0 };

                page_render_welcome(&out, &(struct page_welcome){
                        .site = english, .kind = (enum page_welcome_kind)i, .minimum = 8,
                });
                assert_has(&out, says[i]);
                assert_has(&out, "Needs at least 8 characters.");
                assert_has(&out, "special characters");
                assert_lacks(&out, "role=\"alert\"");
        }
}

static void only_other_sessions_can_be_ended_one_by_one(void **state)
{
        struct buf both CLEANUP_BUF = { 0 }, alone CLEANUP_BUF = { 0 };

        (void)state;
        render(&both, 5, english, STR("t"));
        assert_lacks(&both, "value=\"s1\"");
        assert_has(&both, "name=\"id\" value=\"s2\"");
        assert_has(&both, "End session<span class=\"hidden\">: Safari on iPhone 198.51.100.4</span>");
        assert_int_equal(count(&both, "This session"), 1);
        page_render_account(&alone, &(struct page_account){
                .site = english, .sessions = sessions, .nsessions = 1, .minimum = MINIMUM,
        });
        assert_lacks(&alone, "/account/sessions/end");
}

static void what_was_done_is_said_once_and_is_no_alarm(void **state)
{
        static const struct {
                enum page_account_news news;
                const char *says;
        } cases[] = {
                { PAGE_ACCOUNT_PASSWORD_CHANGED, "role=\"status\">Your password is changed" },
                { PAGE_ACCOUNT_SESSION_ENDED, "role=\"status\">That session has ended." },
                { PAGE_ACCOUNT_OTHERS_ENDED, "role=\"status\">All your other sessions" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buf out CLEANUP_BUF = { 0 };

                page_render_account(&out, &(struct page_account){
                        .site = english, .minimum = MINIMUM, .news = cases[i].news,
                });
                assert_has(&out, cases[i].says);
                assert_lacks(&out, "role=\"alert\"");
                assert_lacks(&out, "aria-invalid");
        }
}

static void a_notice_has_the_words_and_the_way_on_of_its_kind(void **state)
{
        static const struct {
                enum page_notice_kind kind;
                const char *heading, *link;
        } cases[] = {
                { PAGE_NOTICE_LOGGED_OUT, "<h1>Sie sind abgemeldet</h1>", "href=\"/login\">Anmelden<" },
                { PAGE_NOTICE_LINK_INVALID, "<h1>Dieser Link gilt nicht mehr</h1>", "href=\"/\">Zur " },
                { PAGE_NOTICE_FORM_EXPIRED, "<h1>Dieses Formular ist veraltet</h1>",
                  "href=\"/\">Zur " },
        };
        struct buf own CLEANUP_BUF = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buf out CLEANUP_BUF = { 0 };

                page_render_notice(&out, &(struct page_notice){
                        .site = { STR("Doku"), STR("de"), false }, .kind = cases[i].kind,
                });
                assert_has(&out, cases[i].heading);
                assert_has(&out, cases[i].link);
        }
        page_render_notice(&own, &(struct page_notice){
                english, PAGE_NOTICE_LINK_INVALID, STR("Heading"), STR("Text."),
                { STR("On"), STR("/account") },
        });
        assert_has(&own, "<h1>Heading</h1>\n<p class=\"lead\">Text.</p>");
        assert_has(&own, "href=\"/account\">On</a>");
}

static void no_account_page_is_indexed_or_holds_inline_script_or_style(void **state)
{
        (void)state;
        for (size_t i = 0; i < KINDS; i++) {
                struct buf out CLEANUP_BUF = { 0 };

                render(&out, i, english, STR("t"));
                assert_has(&out, "<meta name=\"robots\" content=\"noindex\">");
                assert_lacks(&out, "rel=\"canonical\"");
                assert_lacks(&out, "<style");
                assert_lacks(&out, " style=");
                assert_lacks(&out, "<script>");
                assert_lacks(&out, "data:");
        }
}

static void every_page_links_to_the_account_and_only_that_page_is_it(void **state)
{
        struct buf home CLEANUP_BUF = { 0 }, account CLEANUP_BUF = { 0 };

        (void)state;
        page_render_home(&home, &(struct page_home){ .site = { STR("Doku"), STR("de"), false } });
        assert_has(&home, "<a class=\"account-link\" href=\"/account\" rel=\"nofollow\"><span");
        assert_has(&home, "<span class=\"account-label\">Konto</span>");
        render(&account, 5, english, STR("t"));
        assert_has(&account, "href=\"/account\" rel=\"nofollow\" aria-current=\"page\">");
}

static void no_language_lacks_a_word_of_the_account_pages(void **state)
{
        (void)state;
        assert_int_equal(account_words_ntables, words_ntables);
        for (size_t i = 0; i < account_words_ntables; i++) {
                const struct account_words *t = account_words_for(words_tables[i]->lang);
                const struct str *all = (const struct str *)t;
                const struct str filled[] = {
                        t->show, t->throttled, t->seconds, t->minutes, t->setup_text,
                        t->invite_text, t->reset_text, t->minimum,
                };
                size_t marks = 0;

                assert_true(str_eq(t->lang, words_tables[i]->lang));
                for (size_t w = 0; w < sizeof *t / sizeof *all; w++) {
                        assert_true(all[w].n > 0);
                        assert_true(str_is_utf8(all[w]));
                        marks += str_find_str(all[w], STR("%s")) >= 0;
                }
                for (size_t f = 0; f < ARRAY_LEN(filled); f++)
                        assert_true(str_find_str(filled[f], STR("%s")) >= 0);
                assert_int_equal(marks, ARRAY_LEN(filled));
        }
        assert_true(str_is(account_words_for(STR("ja"))->lang, "en"));
        assert_true(str_is(account_words_for(STR("iw-IL"))->lang, "he"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_field_of_an_account_page_reaches_it_unescaped),
                cmocka_unit_test(each_field_is_on_its_page_as_it_was_given),
                cmocka_unit_test(every_form_is_posted_to_its_address_with_the_csrf_value),
                cmocka_unit_test(there_is_no_next_field_when_there_is_nowhere_to_go),
                cmocka_unit_test(every_input_tells_a_password_manager_what_it_is),
                cmocka_unit_test(every_input_has_a_label_and_every_description_exists),
                cmocka_unit_test(a_mistake_is_announced_and_tied_to_its_field),
                cmocka_unit_test(a_session_that_ended_is_said_and_blames_no_field),
                cmocka_unit_test(who_forgot_the_password_hears_the_same_for_every_address),
                cmocka_unit_test(the_time_to_wait_is_said_in_seconds_and_then_in_whole_minutes),
                cmocka_unit_test(a_one_time_link_says_what_it_is_for),
                cmocka_unit_test(only_other_sessions_can_be_ended_one_by_one),
                cmocka_unit_test(what_was_done_is_said_once_and_is_no_alarm),
                cmocka_unit_test(a_notice_has_the_words_and_the_way_on_of_its_kind),
                cmocka_unit_test(no_account_page_is_indexed_or_holds_inline_script_or_style),
                cmocka_unit_test(every_page_links_to_the_account_and_only_that_page_is_it),
                cmocka_unit_test(no_language_lacks_a_word_of_the_account_pages),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
