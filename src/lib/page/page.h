/*
 * page.h -- the pages a reader sees, from typed values to bytes.
 *
 * Trust:  every string is text and is escaped by the template; only struct html goes in raw.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal and its jobs. The functions are compiled from *.html.t by tools/tplc.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "html/html.h"
#include "markdown/markdown.h"

/* A link in a list: breadcrumbs, previous/next, the home page. An empty url: the current place. */
struct page_link {
        struct str text;
        struct str url;
};

/* One entry of the table of contents. Children follow by pointer; the tree is at most 16 deep. */
struct page_toc {
        struct str title;
        struct str url;                 /* empty: a heading that only groups */
        bool current;                   /* this page */
        bool open;                      /* an ancestor of this page, or this page */
        const struct page_toc *children;
        const struct page_toc *next;
};

/* What is the same on all pages of a portal. */
struct page_site {
        struct str title;               /* the portal's */
        struct str lang;                /* BCP 47 of the content, "en" */
        bool rtl;
};

struct page_topic {
        struct page_site site;
        struct str publication;         /* its title */
        struct str publication_url;     /* "/docs/SLUG/" */
        struct str version;             /* label, or empty */
        struct str title;
        struct str url;                 /* own path */
        struct str markdown_url;        /* the same topic as Markdown, or empty */
        struct str description;         /* first sentence or two, for <meta>; may be empty */
        struct html body;
        const struct page_toc *toc;
        const struct page_link *crumbs;         /* without the page itself */
        size_t ncrumbs;
        const struct markdown_heading *headings;        /* on this page: h2 and h3 are shown */
        size_t nheadings;
        const struct page_link *previous;       /* NULL at the start */
        const struct page_link *next;           /* NULL at the end */
        int64_t updated;                /* Unix seconds; 0: not shown */
};

struct page_home_entry {
        struct str title;
        struct str url;
        struct str version;
        struct str description;
        size_t topics;
};

struct page_home {
        struct page_site site;
        const struct page_home_entry *entries;
        size_t nentries;
        bool author;                    /* who asks may enter the workspace */
};

/* Error pages: the same text for "not there" and "not yours". */
struct page_error {
        struct page_site site;
        unsigned status;
        struct str heading;             /* empty: the words for this status in the reader's language */
        struct str text;                /* what the reader can do now */
};

/* A row of the Trust page's isolation table. */
struct page_trust_layer {
        struct str name;
        struct str detail;
        bool on;
};

/* A company that hosts this machine, as the operator's configuration names it. */
struct page_trust_provider {
        struct str name;
        struct str role;
        struct str region;
        struct str since;
};

/* How well this portal is kept. Times are Unix seconds; 0: not yet. */
struct page_trust_keeping {
        bool known;                     /* the host has said so; else nothing below is */
        int64_t now;
        int64_t newest;                 /* when the newest backup that was verified was begun */
        bool late;                      /* that is over 26 hours ago */
        bool no_room;                   /* the last attempt found a disk full */
        int64_t tried;                  /* the last trial restore that gave back what was sealed */
        int64_t trial_failed;           /* one after it that did not */
        int64_t scrubbed;
        bool damaged;                   /* that is what the last scrub found */
        bool copies;                    /* copies elsewhere are made */
        bool copies_late;
        int64_t copied;                 /* when the newest backup that has one was begun */
        bool copy_read_back;
};

struct page_trust {
        struct page_site site;
        struct page_trust_keeping keeping;
        struct str isolation;           /* "strict" or "standard" */
        const struct page_trust_layer *layers;
        size_t nlayers;
        const struct page_trust_provider *providers;
        size_t nproviders;
};

/* What the Markdown renderer itself says ("Note", "Footnotes"), in the language of the page. */
void page_markdown_words(struct str lang, struct markdown_options *options);

/* Ids of the pages' own elements begin with '-', which no id of a body does. */
void page_render_topic(struct buf *out, const struct page_topic *page);
void page_render_home(struct buf *out, const struct page_home *page);
void page_render_error(struct buf *out, const struct page_error *page);
void page_render_trust(struct buf *out, const struct page_trust *page);
