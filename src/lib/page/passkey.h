/*
 * passkey.h -- the parts of pages that ask for a code or a passkey. Private to page/.
 *
 * Trust:    see factor.h.
 * Owns:     nothing.
 */
#pragma once

#include "page/factor.h"
#include "page/factor_words.h"

struct passkey_form {
        struct str csrf;
        struct str action;
        struct str next;                /* or empty: no such field */
        struct str button;
};

/* A form that a script shows and fills with the answer of a passkey. */
void passkey_question(struct buf *out, const struct passkey_form *f, const struct factor_words *t);
/* The form that adds one: its name, and a button that a script shows. */
void passkey_addition(struct buf *out, struct str csrf, const struct factor_words *t);

struct code_field {
        struct str id;
        struct str label;
        bool digits;                    /* six of them; else a recovery code is as good */
        bool needed;
        struct str error_id;            /* of the message that is about it, or empty */
};
void code_field(struct buf *out, const struct code_field *f);

/* What was wrong with the answer before, under the id -error; nothing for none. */
void factor_error(struct buf *out, enum page_factor_error error, unsigned seconds, struct str wrong,
                  struct str lang);
