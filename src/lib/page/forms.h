/*
 * forms.h -- the parts that forms are made of. Private to page/.
 *
 * Trust:    see account.h.
 * Owns:     nothing.
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"
#include "html/html.h"
#include "page/account_words.h"

struct form_password {
        struct str id;
        struct str name;
        struct str label;
        struct str error_id;            /* of the message that is about it, or empty */
        unsigned minimum;               /* of a new password; 0: this is the password in use */
};

void form_csrf(struct buf *out, struct str csrf);

/* The server's own sentence is English, whatever the page speaks. */
void form_error(struct buf *out, struct str id, struct str sentence);
void form_error_english(struct buf *out, struct str id, struct str sentence);
void form_success(struct buf *out, struct str sentence);

/* The login as a field that cannot be changed and is not sent: password managers look for it. */
void form_login_shown(struct buf *out, struct str login, const struct account_words *t);

/* A new password comes with its rules, advice and strength; ids are derived from its own. */
void form_password(struct buf *out, const struct form_password *f, const struct account_words *t);
