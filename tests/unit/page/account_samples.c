/*
 * account_samples.c -- sample pages of logging in and of one's own account.
 */
#include "base/buf.h"
#include "page/account.h"
#include "page/tokens.h"
#include "samples.h"

enum { MINIMUM = 5 };

static const struct page_site en = { STR("Harbour Docs"), STR("en"), false };
static const struct page_site ar = { STR("وثائق المرفأ"), STR("ar"), true };
static const struct str csrf = STR("4fzyo82mvyr4bcjrbq3wjyd2yu");

static void login(int dir, const char *name, struct page_login page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page_render_login(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void forgot(int dir, const char *name, struct page_forgot page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page_render_forgot(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void welcome(int dir, const char *name, struct page_welcome page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page.minimum = MINIMUM;
        page_render_welcome(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void account(int dir, const char *name, struct page_account page)
{
        static const struct page_session sessions[] = {
                { STR("k3"), STR("192.0.2.7"), STR("Firefox on Linux"), 1795132800, 1795183500,
                  true },
                { STR("k7"), STR("2001:db8:42:1::a07"), STR("Safari on iPhone"), 1794900000,
                  1795170000, false },
                { STR("k9"), STR(""), STR(""), 1794700000, 1794960000, false },
        };
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page.login = STR("ada.lovelace@example.org");
        page.name = STR("Ada Lovelace");
        page.sessions = sessions;
        page.nsessions = ARRAY_LEN(sessions);
        page.minimum = MINIMUM;
        page_render_account(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void tokens(int dir, const char *name, struct page_tokens page)
{
        static const struct page_token list[] = {
                { STR("3"), STR("Nightly export to the intranet"), { STR("content.read") }, 1798761600,
                  1795132800, false },
                { STR("2"), STR("Onboarding"), { STR("people.read"), STR("people.write"), STR("log.read") },
                  1801440000, 0, false },
                { STR("1"), STR("Trial"), { STR("content.read") }, 1763510400, 1763510400, true },
        };
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page.tokens = list;
        page.ntokens = ARRAY_LEN(list);
        page_render_tokens(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void token_form(int dir, const char *name, struct page_token_form page)
{
        static const struct page_token_scope scopes[] = {
                { STR("content.read"), true },  { STR("projects.read"), false },
                { STR("people.read"), false },  { STR("people.write"), false },
                { STR("log.read"), false },
        };
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page.expires = STR("2027-02-21");
        page.first_day = STR("2026-11-23");
        page.last_day = STR("2027-11-23");
        page.scopes = scopes;
        page.nscopes = ARRAY_LEN(scopes);
        page_render_token_form(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void samples_of_tokens(int dir)
{
        const struct str made = STR("crl_9QmB3x0cB1FzM7yJwq2mPzL0aUe4rTt6vXc8nKd5sHg");

        tokens(dir, "tokens.html", (struct page_tokens){ .site = en, .made = made });
        tokens(dir, "tokens-rtl.html", (struct page_tokens){ .site = ar, .revoked = true });
        token_form(dir, "token-form.html", (struct page_token_form){ .site = en });
        token_form(dir, "token-form-rtl.html", (struct page_token_form){
                .site = ar, .error = STR("a token ends within 366 days; choose its last day"),
        });
}

void samples_of_accounts(int dir)
{
        struct buf notice CLEANUP_BUF = { 0 };

        login(dir, "login.html", (struct page_login){ .site = en, .next = STR("/docs/agent/") });
        login(dir, "login-wrong.html", (struct page_login){
                .site = en, .login = STR("ada@example.org"), .error = PAGE_LOGIN_WRONG,
        });
        login(dir, "login-rtl.html", (struct page_login){
                .site = ar, .login = STR("ada@example.org"), .error = PAGE_LOGIN_THROTTLED,
                .seconds = 300,
        });
        forgot(dir, "forgot.html", (struct page_forgot){ .site = en });
        forgot(dir, "forgot-rtl.html", (struct page_forgot){ .site = ar, .login = STR("ada@example.org"), .seconds = 300 });
        forgot(dir, "forgot-sent.html", (struct page_forgot){ .site = en, .state = PAGE_FORGOT_SENT });
        forgot(dir, "forgot-no-mail.html", (struct page_forgot){ .site = en, .state = PAGE_FORGOT_NO_MAIL });
        welcome(dir, "welcome.html", (struct page_welcome){
                .site = en, .login = STR("ada.lovelace@example.org"), .kind = PAGE_WELCOME_INVITE,
        });
        welcome(dir, "welcome-rtl.html", (struct page_welcome){
                .site = ar, .login = STR("ada.lovelace@example.org"), .kind = PAGE_WELCOME_RESET,
                .error = STR("This password is one of the first that anybody would try. Choose "
                             "another."),
        });
        account(dir, "account.html", (struct page_account){
                .site = en, .role = STR("Writer"), .news = PAGE_ACCOUNT_SESSION_ENDED,
        });
        account(dir, "account-rtl.html", (struct page_account){
                .site = ar, .role = STR("كاتب"), .news = PAGE_ACCOUNT_PASSWORD_WRONG,
        });
        page_render_notice(&notice, &(struct page_notice){
                .site = en, .kind = PAGE_NOTICE_LINK_INVALID,
        });
        samples_save(dir, "notice.html", buf_str(&notice));
        samples_of_tokens(dir);
}
