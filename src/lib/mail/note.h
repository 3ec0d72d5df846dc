/*
 * note.h -- a letter from the host to its operator: a subject and lines of text, in English.
 *
 * Trust:    subject and text may hold names and sentences of anybody; they make no header and no part.
 * Owns:     nothing.
 * Linked by the courier.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { NOTE_SUBJECT_MAX = 400, NOTE_TEXT_MAX = 32 * 1024 };

struct note {
        struct str id;                  /* as a letter's; what Message-ID is made of */
        struct str to;                  /* mail_address_check() */
        struct str subject, text;       /* UTF-8; lines of the text end with '\n' */
        int64_t date;                   /* when it was written, Unix seconds */
        struct str from;                /* the operator's address that letters come from */
        struct str host;                /* the host's name */
};

/*
 * The whole message, lines ending with CR LF (RFC 5322, 2045, 3834); the same bytes each time.
 * Fails: ERR_INVALID  an address or the id is not of its form, or a text is not UTF-8
 *        ERR_LIMIT    something is too long
 */
NODISCARD int note_compose(const struct note *note, struct buf *out, struct err *err);
