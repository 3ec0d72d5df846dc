/*
 * bring_back.h -- one project, or one topic of it, out of a copy of the database into the live one.
 *
 * Nothing of today's is lost: a text that differs becomes one more revision, a file that differs stays
 * beside the one that comes back under a name that says so, and what only today has stays in the contents.
 * Publications stay as they are until somebody publishes again.
 *
 * Trust:  the copy was proven against its content hash and opened by store_open().
 * Owns:   nothing; the stores are the caller's. One transaction of the live one.
 * Linked by the portal's jobs. Slow by intent.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

struct content_bring_options {
        struct str project;             /* a slug in the copy */
        struct str topic;               /* a slug of it; empty: the whole project */
        int64_t backup;                 /* the copy's number, for revisions' notes and the log */
        int64_t actor;                  /* whom the log names: a person, or AUDIT_HOST */
};

struct content_brought {
        size_t added;                   /* topics that today does not have, with all their revisions */
        size_t changed;                 /* topics with one more revision, or with their title of then */
        size_t same;
        size_t listed;                  /* topics that are in the contents again */
        size_t files;                   /* files that came back */
        size_t kept;                    /* files of today that have another name now */
};

/*
 * Bring it back, with a record in the log. A topic is found by its address, or by the one it has moved to
 * since. Of a whole project the contents become the copy's, and what only today's have follows them.
 *
 * Fails: ERR_NOT_FOUND  the copy has no such project or topic
 *        ERR_BUSY       somebody writes
 */
NODISCARD int content_bring_back(struct store *live, struct store *copy,
                                 const struct content_bring_options *options,
                                 struct content_brought *out, struct err *err);
