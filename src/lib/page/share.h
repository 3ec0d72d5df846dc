/*
 * share.h -- the room of the workspace in which authors make and revoke share links.
 *
 * Trust:  every string is text and is escaped by the template; nothing goes in raw.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. The function is compiled from shares.html.t by tools/tplc.
 *
 * The page belongs to one visitor and holds a secret (csrf), once a link: never store it in a cache. Its
 * forms are posted as application/x-www-form-urlencoded, work without script and carry the hidden field
 * "csrf".
 */
#pragma once

#include "page/edit.h"

enum page_share_state { PAGE_SHARE_OPEN, PAGE_SHARE_EXPIRED, PAGE_SHARE_REVOKED };

struct page_share {
        int64_t id;
        struct str publication;         /* slug */
        struct str note;                /* or empty */
        struct str creator;             /* or empty: the operator */
        enum page_share_state state;
        int64_t expires;                /* Unix seconds, like the next */
        int64_t seen;                   /* 0: never */
        int64_t opened;
};

/* What was typed before, when the form was refused. */
struct page_share_form {
        struct str publication;
        struct str days;
        struct str note;
};

/* POST /edit/shares: csrf, publication, days, note. POST /edit/shares/revoke: csrf, publication, link. */
struct page_shares {
        struct edit_frame frame;        /* with why the last form was refused */
        const struct page_link *choices;        /* restricted publications: title, and the slug as url */
        size_t nchoices;
        const struct page_share *shares;
        size_t nshares;
        struct page_share_form form;
        unsigned days_max;
        struct str url;                 /* of a link just made, or empty */
        bool revoked;                   /* one was just revoked */
};

void page_render_shares(struct buf *out, const struct page_shares *page);
