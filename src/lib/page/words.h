/*
 * words.h -- the words of the reading site itself, in the reader's language.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. A portal whose language is not here gets English.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct words {
        struct str lang;                /* primary subtag, "de" */
        struct str skip;                /* the skip link */
        struct str contents;            /* the table of contents and the button that shows it */
        struct str close;
        struct str within;              /* names the button that unfolds "TITLE: ..." */
        struct str breadcrumb;
        struct str on_this_page;
        struct str pager;               /* names the previous/next links as a group */
        struct str previous;
        struct str next;
        struct str updated;
        struct str version;
        struct str markdown;            /* link to the topic's source */
        struct str theme;
        struct str theme_auto;
        struct str theme_light;
        struct str theme_dark;
        struct str copy;                /* copy button of a code example */
        struct str copied;              /* what it announces */
        struct str copy_failed;
        struct str example;             /* what the Markdown renderer says: see markdown.h */
        struct str section;
        struct str note, tip, important, warning, caution;
        struct str footnotes, footnote, back;
        struct str table;
        struct str done, open;
        struct str published_with;      /* "Published with Carrel": the words before the name */
        struct str trust;
        struct str account;             /* link to the reader's own account */
        struct str publications;
        struct str topics;              /* "Topics: 12" */
        struct str empty_title;         /* home page without publications */
        struct str empty_text;
        struct str to_home;
        struct str trust_intro;
        struct str providers;
        struct str provider;
        struct str role;
        struct str region;
        struct str since;
        struct str no_providers;
        struct str missing_title;       /* the error pages for 404 and for the server's own failures */
        struct str missing_text;
        struct str failed_title;
        struct str failed_text;
        struct str isolation;
        struct str isolation_strict;
        struct str isolation_standard;
        struct str layer;
        struct str state;
        struct str detail;
        struct str on;
        struct str off;
        struct str date;                /* "%d %m %y": day, name of the month, year */
        struct str months[12];
};

extern const struct words *const words_tables[];        /* English first */
extern const size_t words_ntables;

/* The table of a BCP 47 tag, by its primary subtag; English when there is none. Never NULL. */
const struct words *words_for(struct str lang);

/* Append a date in words, UTC: "20 November 2026". */
void words_date(struct buf *out, const struct words *t, int64_t unix_time);
