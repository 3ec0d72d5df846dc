/*
 * account_words.h -- the words of the account pages, in the reader's language.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. A portal whose language is not here gets English, as in words.h.
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"

struct account_words {
        struct str lang;                /* primary subtag, "de" */

        struct str log_in;
        struct str log_out;
        struct str email;
        struct str password;
        struct str show;                /* the button beside a password: "Show: %s", its label */
        struct str wrong;
        struct str throttled;           /* "... in %s.": seconds or minutes */
        struct str seconds;             /* "%s s" */
        struct str minutes;             /* "%s min" */
        struct str ended;
        struct str no_way_in;           /* who to ask */

        struct str setup_title;         /* pages behind a one-time link; in texts %s: the portal */
        struct str setup_text;
        struct str invite_title;
        struct str invite_text;
        struct str reset_title;
        struct str reset_text;
        struct str save_password;
        struct str minimum;             /* "at least %s characters" */
        struct str advice;              /* introduces the next five */
        struct str advice_length;
        struct str advice_lower;
        struct str advice_upper;
        struct str advice_digit;
        struct str advice_special;
        struct str strength;            /* names the next five */
        struct str too_short;
        struct str weak;
        struct str fair;
        struct str good;
        struct str strong;

        struct str name;
        struct str role;
        struct str change_password;
        struct str current_password;
        struct str new_password;
        struct str password_changed;
        struct str password_wrong;
        struct str sessions;
        struct str this_session;
        struct str some_browser;        /* a session of which no browser is known */
        struct str started;
        struct str seen;
        struct str end_session;
        struct str end_others;
        struct str session_ended;
        struct str others_ended;

        struct str logged_out_title;
        struct str logged_out_text;
        struct str link_title;
        struct str link_text;
        struct str share_text;
        struct str form_title;
        struct str form_text;
};

extern const struct account_words *const account_words_tables[];        /* as words_tables */
extern const size_t account_words_ntables;

/* The table of a BCP 47 tag; English when there is none. Never NULL. */
const struct account_words *account_words_for(struct str lang);

/* Append a sentence with its one %s replaced. What is put in is text and is still to be escaped. */
void account_words_fill(struct buf *out, struct str sentence, struct str in);
void account_words_fill_number(struct buf *out, struct str sentence, unsigned in);

/* Append how long to wait: "45 s", and from two minutes on "3 min", rounded up. */
void account_words_wait(struct buf *out, const struct account_words *t, unsigned seconds);

/* Append day and time of day, UTC: "20 November 2026 14:05 UTC". */
void account_words_moment(struct buf *out, struct str lang, int64_t unix_time);
