/*
 * own_key.h -- the room where a portal's administrators set their own public key and take copies of
 * backups that are sealed to it.
 *
 * Trust:  every string is text and is escaped by the template; nothing goes in raw. A private key
 *         that somebody sent by mistake is in no field.
 * Owns:   nothing; appends a whole document to the caller's buffer.
 * Linked by the portal. The functions are compiled from own_key.html.t by tools/tplc.
 *
 * As the other rooms for what a portal's owner has: backups.h.
 */
#pragma once

#include "page/backups.h"

/*
 * GET /edit/backups/own. Its forms: POST /edit/backups/own/key: csrf, key; .../key/remove and
 * .../remove: csrf; .../prepare: csrf, backup. The file is GET /edit/backups/own/file.
 */
struct page_own_key {
        struct edit_frame frame;
        struct str name;                /* SHA-256 of the key, in hexadecimal digits; empty: there is none */
        unsigned bits;
        struct str typed;               /* what was refused and can be corrected */
        bool private_key;               /* what was sent was one */
        const struct page_backup *backups;      /* newest first; only good ones are offered */
        size_t nbackups;
        struct page_errand errand;
        struct str trouble;             /* English sentence: why there is no list; or empty */
        bool ready;                     /* a copy can be fetched */
        int64_t backup, made, until, bytes;
        struct str client;              /* the name of the key that opens it */
};
void page_render_own_key(struct buf *out, const struct page_own_key *page);

/* At the end of the list of backups: the way there. */
void page_own_key_link(struct buf *out, const struct edit_frame *frame);
