/*
 * factor.h -- the pages of second factors, passkeys and recovery codes.
 *
 * Trust:  as account.h: every string is text and is escaped. A key's QR code is drawn here, as squares.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. The functions are compiled from *.html.t by tools/tplc.
 *
 * Forms are posted as in account.h. Those for a passkey are hidden until web/src/passkey.ts shows them:
 * it asks the address in data-start for the question (POST: csrf), lets the browser answer it, and
 * sends the form with the answer in base64url: credential, client_data, auth_data, signature,
 * user_handle; for a new passkey client_data, attestation, transports and the name. Everything else
 * works without script.
 */
#pragma once

#include "page/account.h"

enum page_factor_error {
        PAGE_FACTOR_NO_ERROR,
        PAGE_FACTOR_WRONG,
        PAGE_FACTOR_PASSKEY_REFUSED,
        PAGE_FACTOR_THROTTLED,          /* says how long to wait */
};

/* After the password. POST /login/factor: csrf, code; or a passkey's answer. */
struct page_factor {
        struct page_site site;
        struct str csrf;
        bool app;                       /* what there is to answer with */
        bool passkeys;
        bool recovery;
        enum page_factor_error error;
        unsigned seconds;               /* to wait, when throttled */
};

/*
 * POST /login/confirm: csrf, next, password, code; or csrf, next and a passkey's answer. POST
 * /login/sso/confirm: csrf, next, provider.
 */
struct page_confirm {
        struct page_site site;
        struct str csrf;
        struct str next;
        struct str login;
        bool code;                      /* a code is asked for beside the password */
        bool passkeys;
        enum page_factor_error error;
        unsigned seconds;
        const struct page_sso_button *providers;        /* who could vouch for them as well */
        size_t nproviders;
};

struct page_passkey {
        struct str id;                  /* names it in a form */
        struct str name;                /* or empty */
        int64_t added;                  /* Unix seconds */
        int64_t used;                   /* 0: never */
};

enum page_security_news {
        PAGE_SECURITY_NO_NEWS,
        PAGE_SECURITY_APP_ADDED,
        PAGE_SECURITY_APP_REMOVED,
        PAGE_SECURITY_PASSKEY_ADDED,
        PAGE_SECURITY_PASSKEY_RENAMED,
        PAGE_SECURITY_PASSKEY_REMOVED,
        PAGE_SECURITY_PASSKEY_REFUSED,
        PAGE_SECURITY_LAST_STAYS,       /* the role must have one */
        PAGE_SECURITY_NOT_DONE,
};

/*
 * POST /account/security/app/start: csrf. .../app/remove: csrf. .../codes: csrf. .../passkeys: above.
 * .../passkeys/rename: csrf, id, name. .../passkeys/remove: csrf, id.
 */
struct page_security {
        struct page_site site;
        struct str csrf;
        bool app;
        const struct page_passkey *passkeys;
        size_t npasskeys;
        unsigned recovery;              /* codes that are left */
        bool missing;                   /* their role must have one, and there is none yet */
        enum page_security_news news;
};

/* POST /account/security/app: csrf, code. */
struct page_app {
        struct page_site site;
        struct str csrf;
        struct str uri;                 /* what the QR code says: otpauth://... */
        struct str key;                 /* the same to be typed */
        bool wrong;                     /* the code that was typed */
};

enum { PAGE_CODES = 10 };

struct page_codes {
        struct page_site site;
        struct str codes[PAGE_CODES];
        struct str next;                /* path to go on to; empty: back to /account/security */
};

void page_render_factor(struct buf *out, const struct page_factor *page);
/* The login waited too long, or there were too many wrong codes. */
void page_render_factor_over(struct buf *out, const struct page_site *site);
void page_render_confirm(struct buf *out, const struct page_confirm *page);
void page_render_security(struct buf *out, const struct page_security *page);
void page_render_app(struct buf *out, const struct page_app *page);
void page_render_codes(struct buf *out, const struct page_codes *page);
