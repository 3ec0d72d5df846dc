/*
 * words.h -- the words of letters, in the portal's language. Private to mail/.
 *
 * In each text the first %s is the portal's title.
 */
#pragma once

#include "base/buf.h"
#include "mail/letter.h"

struct letter_text {
        struct str subject;             /* %s */
        struct str text;                /* %s */
        struct str action;              /* what the link does; empty: there is none */
};

struct letter_words {
        struct str lang;
        bool rtl;
        struct str hello;               /* to somebody without a name */
        struct str hello_name;          /* %s: the name */
        struct str once;                /* "works once, until %s": a time */
        struct str ignore;              /* who did not expect it */
        struct str sender;              /* "... by the portal %s" */
        struct letter_text kinds[LETTER_KINDS + 1];     /* by enum letter_kind */
};

extern const struct letter_words *const letter_tables[];
extern const size_t letter_ntables;

const struct letter_words *letter_words_for(struct str language);

/* Put what stands for %s; rtl: in isolation, so that a name of the other direction disturbs nothing. */
void letter_fill(struct buf *out, struct str text, struct str what, bool isolate);
