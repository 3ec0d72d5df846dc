/*
 * account.h -- the pages on which a person logs in, chooses a password and sees their own account.
 *
 * Trust:  every string is text and is escaped by the template; nothing goes in raw.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. The functions are compiled from *.html.t by tools/tplc.
 *
 * These pages belong to one visitor and hold a secret (csrf): never store them in a cache. All are
 * marked noindex, none names itself canonical. Every form is posted as
 * application/x-www-form-urlencoded, works without script and carries the hidden field "csrf".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "page/page.h"
#include "page/sso.h"

enum page_login_error {
        PAGE_LOGIN_NO_ERROR,
        PAGE_LOGIN_WRONG,               /* one sentence for unknown, wrong and disabled */
        PAGE_LOGIN_THROTTLED,           /* says how long to wait */
        PAGE_LOGIN_PASSKEY_REFUSED,
        PAGE_LOGIN_SESSION_ENDED,       /* no mistake: the session was idle, old or ended elsewhere */
};

/* POST /login: csrf, next, login, password. POST /login/passkey: see factor.h. */
struct page_login {
        struct page_site site;
        struct str csrf;
        struct str next;                /* path to go on to, or empty: no such field */
        struct str login;               /* what was typed before, or empty */
        enum page_login_error error;
        unsigned seconds;               /* to wait, when throttled */
        const struct page_sso_button *providers;        /* see sso.h */
        size_t nproviders;
};

enum page_forgot_state {
        PAGE_FORGOT_ASK,                /* or throttled: see seconds */
        PAGE_FORGOT_SENT,               /* whether there is such an account or not */
        PAGE_FORGOT_NO_MAIL,            /* this host sends no letters */
};

/* POST /login/forgot: csrf, login. Only the form has csrf; the other two are the same bytes for everybody. */
struct page_forgot {
        struct page_site site;
        struct str csrf;
        struct str login;               /* what was typed before, or empty */
        enum page_forgot_state state;
        unsigned seconds;               /* to wait, when throttled; else 0 */
};

enum page_welcome_kind {
        PAGE_WELCOME_SETUP,             /* the owner of a new portal */
        PAGE_WELCOME_INVITE,            /* a writer, reviewer or reader who was invited */
        PAGE_WELCOME_RESET,             /* a new password for an old account */
};

/* POST /welcome: csrf, password. The login is shown, and is not a field. */
struct page_welcome {
        struct page_site site;
        struct str csrf;
        struct str login;
        enum page_welcome_kind kind;
        unsigned minimum;               /* of the password, in code points */
        struct str error;               /* English sentence: why a password was refused; or empty */
};

struct page_session {
        struct str id;                  /* not the cookie: what names the session in a form */
        struct str where;               /* "192.0.2.7", or empty */
        struct str agent;               /* "Firefox on Linux", or empty */
        int64_t started;                /* Unix seconds */
        int64_t seen;
        bool current;
};

enum page_account_news {
        PAGE_ACCOUNT_NO_NEWS,
        PAGE_ACCOUNT_PASSWORD_CHANGED,
        PAGE_ACCOUNT_PASSWORD_WRONG,    /* the current one was not right */
        PAGE_ACCOUNT_PASSWORD_REFUSED,  /* the new one: see error */
        PAGE_ACCOUNT_THROTTLED,         /* see seconds */
        PAGE_ACCOUNT_SESSION_ENDED,
        PAGE_ACCOUNT_OTHERS_ENDED,
};

/*
 * POST /account/password: csrf, current, new. POST /account/sessions/end: csrf, id (sessions other
 * than the current one). POST /account/sessions/end-others: csrf. POST /logout: csrf.
 */
struct page_account {
        struct page_site site;
        struct str csrf;
        struct str login;
        struct str name;                /* or empty */
        struct str role;                /* a word, shown as given; or empty */
        const struct page_session *sessions;
        size_t nsessions;
        unsigned minimum;               /* of a new password, in code points */
        bool author;                    /* may enter the workspace */
        enum page_account_news news;
        struct str error;               /* English sentence, when a password was refused */
        unsigned seconds;               /* to wait, when throttled */
};

enum page_notice_kind {
        PAGE_NOTICE_OTHER,              /* heading and text are the caller's */
        PAGE_NOTICE_LOGGED_OUT,
        PAGE_NOTICE_LINK_INVALID,       /* a one-time link that was used, has expired or never was */
        PAGE_NOTICE_SHARE_OVER,         /* a share link that was revoked, has expired or never was */
        PAGE_NOTICE_FORM_EXPIRED,       /* the csrf value is not this session's: open the page anew */
};

/* A few words and the way on. What is empty comes from the kind, in the reader's language. */
struct page_notice {
        struct page_site site;
        enum page_notice_kind kind;
        struct str heading;
        struct str text;
        struct page_link link;          /* empty: to /login for LOGGED_OUT, else to the home page */
};

void page_render_login(struct buf *out, const struct page_login *page);
void page_render_forgot(struct buf *out, const struct page_forgot *page);
void page_render_welcome(struct buf *out, const struct page_welcome *page);
void page_render_account(struct buf *out, const struct page_account *page);
void page_render_notice(struct buf *out, const struct page_notice *page);
