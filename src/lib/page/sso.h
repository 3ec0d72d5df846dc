/*
 * sso.h -- the pages about logging in by a provider's account, and the settings of the providers.
 *
 * Trust:  every string is text and is escaped by the template; what a provider calls itself or answers is not
 *         among them.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. See account.h about forms and caches.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "page/edit.h"

/* A provider on the login page. POST /login/sso: csrf, next, provider. */
struct page_sso_button {
        struct str name;
        struct str label;
        bool silent;                    /* it does not answer just now: a sentence stands instead */
};

/* The step between the form and the provider; the same response has a Refresh header. */
struct page_sso_go {
        struct page_site site;
        struct str label;
        struct str url;                 /* https, at the provider */
};

enum page_sso_notice_kind {
        PAGE_SSO_REFUSED,               /* one page for every reason */
        PAGE_SSO_SILENT,                /* the provider does not answer */
        PAGE_SSO_THROTTLED,             /* see seconds */
};

struct page_sso_notice {
        struct page_site site;
        enum page_sso_notice_kind kind;
        struct str label;               /* or empty: which provider is not known */
        unsigned seconds;
};

/* POST /edit/sso: csrf, name and the fields below. POST /edit/sso/check: csrf, name. */
struct page_sso_provider {
        struct str name;
        struct str label;
        struct str issuer;
        struct str client;
        struct str redirect;            /* to be registered at the provider */
        struct str origins;
        int64_t method;                 /* 0 basic, 1 post, 2 public */
        struct str scopes;
        struct str domains;
        struct str claim;
        struct str rules;               /* one a line */
        struct str factor;
        bool administrators;
        bool enabled;
        int64_t people;
};

enum page_sso_news {
        PAGE_SSO_NO_NEWS,
        PAGE_SSO_SAVED,
        PAGE_SSO_ANSWERS,               /* it was asked and answered as it should */
        PAGE_SSO_WRONG,                 /* see error */
};

struct page_sso_settings {
        struct edit_frame frame;
        const struct page_sso_provider *providers;
        size_t nproviders;
        enum page_sso_news news;
        struct str about;               /* the provider the news is about */
        struct str error;               /* English sentence */
};

void page_render_sso_go(struct buf *out, const struct page_sso_go *page);
void page_render_sso_notice(struct buf *out, const struct page_sso_notice *page);
void page_render_sso_settings(struct buf *out, const struct page_sso_settings *page);
