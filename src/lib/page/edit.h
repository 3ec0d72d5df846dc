/*
 * edit.h -- the workspace: the pages on which a portal's authors and administrators work.
 *
 * Trust:  every string is text and is escaped by the template; nothing goes in raw.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. The functions are compiled from edit_*.html.t by tools/tplc.
 *
 * These pages belong to one visitor and hold a secret (csrf), some a link that works once: never store
 * them in a cache. Every form is posted as application/x-www-form-urlencoded, works without script
 * and carries the hidden field "csrf". Roles, states, visibilities and actions are the portal's fixed
 * words ("power-reader", "login.failed"); the pages put the reader's language in their place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "page/page.h"

enum edit_room {
        EDIT_OVERVIEW, EDIT_PEOPLE, EDIT_GROUPS, EDIT_ACCESS, EDIT_LOG, EDIT_SETTINGS, EDIT_SHARES,
        EDIT_SIGN_ON, EDIT_BACKUPS, EDIT_TAKEAWAY, EDIT_ROOMS,
};

enum edit_news {
        EDIT_NO_NEWS, EDIT_SAVED, EDIT_DISABLED, EDIT_ENABLED, EDIT_SESSIONS_ENDED, EDIT_DELETED,
        EDIT_UNFACTORED,
};

/* What all of them have in common. */
struct edit_frame {
        struct page_site site;
        struct str csrf;
        bool writer;                    /* or more: may make share links */
        bool administrator;             /* else the other rooms are closed */
        enum edit_room room;
        enum edit_news news;
        struct str error;               /* English sentence: why the last form was refused; or empty */
};

struct edit_publication {
        struct str slug;
        struct str title;
        struct str version;
        struct str visibility;          /* "public", "restricted", "private" */
};

struct edit_overview {
        struct edit_frame frame;
        struct str name;                /* of who is here */
        struct str role;
        const struct edit_publication *publications;
        size_t npublications;
};

struct edit_person {
        int64_t id;
        struct str email;
        struct str name;
        struct str role;
        struct str state;               /* "invited", "active", "disabled", "expired" */
        struct str last_day;            /* "2027-03-31", or empty */
        int64_t created;                /* Unix seconds */
        bool second_factor;
};

/* GET /edit/people?text=&role=&state=&after= */
struct edit_people {
        struct edit_frame frame;
        struct str text, role, state;   /* what was asked for */
        const struct edit_person *people;
        size_t npeople;
        struct str next;                /* address of the next page, or empty */
        bool deep;                      /* this is not the first page */
};

/* POST /edit/people/invite: csrf, email, name, role, expires. */
struct edit_invite {
        struct edit_frame frame;
        struct edit_person person;      /* what was typed before */
};

/* What became of the letter with it. */
enum edit_mailed {
        EDIT_MAILED_NOTHING,            /* this host sends no letters */
        EDIT_MAILED,                    /* it is on its way */
        EDIT_MAILED_NOT,                /* no letter can have this address */
};

/* A link that was just made: shown once, on the answer to the form. */
struct edit_link {
        struct edit_frame frame;
        struct edit_person person;
        struct str url;
        struct str valid_until;         /* "2027-03-31T10:00:00Z" */
        enum edit_mailed mailed;
};

/*
 * POST /edit/people/change: csrf, id, name, role, expires. POST /edit/people/disable, enable, reset,
 * end-sessions, unfactor and delete: csrf, id.
 */
struct edit_account {
        struct edit_frame frame;
        struct edit_person person;
        const struct page_link *groups;
        size_t ngroups;
        size_t sessions;
};

/* POST /edit/people/import: csrf, csv, groups, [do: "page" or "download"]; without do: only the check. */
struct edit_fault {
        int64_t line;
        struct str sentence;            /* English */
};
struct edit_import {
        struct edit_frame frame;
        struct str csv, groups;
        bool checked;
        int64_t lines, faulty;
        const struct edit_fault *faults;        /* the first ones */
        size_t nfaults;
        const struct edit_person *sample;       /* of a table without a fault */
        size_t nsample;
        int64_t made;                   /* accounts; then links is the table of them */
        struct str links;
};

struct edit_group {
        struct str slug;
        struct str title;
        int64_t members;
};

/* POST /edit/group/add: csrf, group, title. */
struct edit_groups {
        struct edit_frame frame;
        const struct edit_group *groups;
        size_t ngroups;
        struct edit_group typed;
};

/* POST /edit/group/rename: csrf, group, title; join: csrf, group, email; leave: csrf, group, id;
 * remove: csrf, group. */
struct edit_group_page {
        struct edit_frame frame;
        struct edit_group group;
        const struct edit_person *people;
        size_t npeople;
        struct str next;
        bool deep;
        struct str typed;               /* address */
};

struct edit_access {
        struct edit_frame frame;
        const struct edit_publication *publications;
        size_t npublications;
};

/* POST /edit/publication/visibility: csrf, publication, visibility; grant and revoke: csrf,
 * publication, and email or id or group. */
struct edit_publication_page {
        struct edit_frame frame;
        struct edit_publication publication;
        const struct edit_group *named;
        size_t nnamed;
        const struct edit_group *others;        /* groups that could be named */
        size_t nothers;
        const struct edit_person *people;
        size_t npeople;
        struct str next;
        bool deep;
        struct str typed;
};

struct edit_record {
        int64_t seq;
        int64_t time;
        struct str who;                 /* as they are called today; empty: the host or somebody unknown */
        int64_t actor;                  /* 0: the host */
        struct str action;
        struct str object;              /* as people know it */
        struct str address;
        struct str detail;              /* in short, or empty */
};

/* GET /edit/log?who=&what=&day=&before=; POST /edit/log/verify: csrf; POST /edit/log/export: csrf, after. */
struct edit_log {
        struct edit_frame frame;
        struct str who, what, day;
        const struct edit_record *records;
        size_t nrecords;
        struct str next;
        bool deep;
        bool verified;                  /* the next three hold */
        int64_t broken;                 /* the first record that is not as it was written, or 0 */
        int64_t length;
        struct str seal;                /* of the last record, hexadecimal */
};

struct edit_limits {
        struct str role;
        struct str idle, absolute;      /* minutes, as text */
        bool factor;                    /* a second factor is required */
};

/*
 * POST /edit/settings: csrf, title, language, password.profile, password.minimum, session.idle.ROLE,
 * session.absolute.ROLE; factors, which says that the boxes factor.ROLE were on the form.
 */
struct edit_settings {
        struct edit_frame frame;
        struct str title, language, profile, minimum;
        const struct edit_limits *limits;       /* one for each role */
        size_t nlimits;
        bool factorless;                /* who asks has no second factor */
};

void page_render_edit_overview(struct buf *out, const struct edit_overview *page);
void page_render_edit_people(struct buf *out, const struct edit_people *page);
void page_render_edit_invite(struct buf *out, const struct edit_invite *page);
void page_render_edit_link(struct buf *out, const struct edit_link *page);
void page_render_edit_account(struct buf *out, const struct edit_account *page);
void page_render_edit_delete(struct buf *out, const struct edit_account *page);
void page_render_edit_unfactor(struct buf *out, const struct edit_account *page);
void page_render_edit_import(struct buf *out, const struct edit_import *page);
void page_render_edit_groups(struct buf *out, const struct edit_groups *page);
void page_render_edit_group(struct buf *out, const struct edit_group_page *page);
void page_render_edit_access(struct buf *out, const struct edit_access *page);
void page_render_edit_publication(struct buf *out, const struct edit_publication_page *page);
void page_render_edit_log(struct buf *out, const struct edit_log *page);
void page_render_edit_settings(struct buf *out, const struct edit_settings *page);
