/*
 * letter.h -- the letters a portal sends: composed from a few facts, as text and as HTML, in the portal's
 * language.
 *
 * A letter is a function of what is in struct letter and nothing else: composed again, it is the same bytes
 * with the same Message-ID, so that whoever gets it twice can see that it is one.
 *
 * Trust:    names and titles are anybody's. They can neither make a header, nor a part, nor markup.
 * Owns:     nothing.
 * Linked by the courier, which composes, and by whoever orders a letter (for the kinds).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Numbers are stored in databases and spools: none is used twice. */
enum letter_kind {
        LETTER_SETUP = 1,               /* to the owner of a new portal */
        LETTER_INVITE_AUTHOR = 2,       /* administrators and writers */
        LETTER_INVITE_REVIEWER = 3,
        LETTER_INVITE_READER = 4,
        LETTER_RESET = 5,
        LETTER_PASSWORD_CHANGED = 6,
        LETTER_DISABLED = 7,
        LETTER_FACTOR_ADDED = 8,        /* an authenticator app */
        LETTER_FACTOR_REMOVED = 9,      /* by themselves or by an administrator */
        LETTER_PASSKEY_ADDED = 10,
        LETTER_PASSKEY_REMOVED = 11,
        /* To administrators about their portal's backups; with a link to its Trust page. */
        LETTER_BACKUP_LATE = 12,
        LETTER_TRIAL_FAILED = 13,
        LETTER_DAMAGED = 14,
        LETTER_COPY_LATE = 15,
        LETTER_WELL_AGAIN = 16,
        LETTER_NOTE = 1000,             /* in spools only: the host's own, see note.h */
};

enum {
        LETTER_KINDS = LETTER_WELL_AGAIN,
        LETTER_ID_MIN = 16,
        LETTER_ID_MAX = 64,
        LETTER_NAME_MAX = 200,          /* bytes of a person's name, of a portal's title */
        LETTER_LINK_MAX = 1024,
        LETTER_MAX = 32 * 1024,         /* no letter is longer */
};

struct letter {
        enum letter_kind kind;
        struct str id;                  /* a-z and 0-9; what Message-ID is made of */
        struct str language;            /* a tag, "pt-BR"; of languages we have no words for: English */
        struct str to;                  /* mail_address_check() */
        struct str name;                /* of the person, or empty */
        struct str site;                /* the portal's title */
        struct str link;                /* https:// */
        int64_t expires;                /* of the link, Unix seconds; 0: it has no end */
        int64_t date;                   /* when it was ordered */
        struct str from;                /* the operator's address */
        struct str host;                /* the operator's host name */
};

bool letter_kind_known(uint32_t kind);

/*
 * The whole message with headers, lines ending with CR LF (RFC 5322, 2045 to 2047, 3834).
 * Fails: ERR_INVALID  an address, id or link is not of its form
 *        ERR_LIMIT    something is too long
 */
NODISCARD int letter_compose(const struct letter *letter, struct buf *out, struct err *err);
