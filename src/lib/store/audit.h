/*
 * audit.h -- the portal's log of what was done: it only grows, and each record seals those before it.
 *
 * A record's hash is the SHA-256 of a canonical encoding of the record and of the hash before it
 * (docs/formats/portal-db.md has the bytes and a vector), so a changed, removed or inserted record is
 * found by reading. What a chain cannot show is that its end was cut off: keep the head (number and
 * hash) somewhere else and compare.
 *
 * Add a record in the same transaction as what it records. No statement changes or removes one, and
 * an open store refuses any that would. People are named by number only: a person who is deleted
 * leaves no name behind here.
 *
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "crypto/digest.h"
#include "store/store.h"

enum {
        AUDIT_ACTION_MAX = 64,          /* bytes */
        AUDIT_OBJECT_MAX = 256,
        AUDIT_ADDRESS_MAX = 64,
        AUDIT_DETAIL_MAX = 4096,
        AUDIT_LIST_MAX = 500,
};

enum { AUDIT_HOST = 0 };                /* the actor when it was not a person of this portal */

struct store_audit_record {
        int64_t seq;                    /* 1, 2, 3, ... */
        int64_t time;
        int64_t actor;                  /* a person's number, or AUDIT_HOST */
        struct str action;              /* a-z, digits, dots and hyphens: "login.failed" */
        struct str object;              /* "person/12", "publication/guide"; may be empty */
        struct str address;             /* may be empty */
        struct str detail;              /* JSON, or empty */
        struct digest prev;             /* the hash of the record before; all zero for the first */
        struct digest hash;
};

struct store_audit_head {
        int64_t seq;                    /* 0: no record yet; then hash is all zero */
        struct digest hash;
};

/*
 * seq and hash are not looked at. ERR_INVALID, ERR_LIMIT: a text that no record may have. Whether
 * detail is JSON is the caller's care.
 */
NODISCARD int store_audit_add(struct store *store, const struct store_audit_record *record,
                              struct err *err);

NODISCARD int store_audit_head(struct store *store, struct store_audit_head *out, struct err *err);

/* Up to limit (1 to AUDIT_LIST_MAX, or ERR_LIMIT) records with numbers above after, in order. */
NODISCARD int store_audit_list(struct store *store, int64_t after, size_t limit,
                               struct arena *arena, struct store_audit_record **out, size_t *out_n,
                               struct err *err);
/* The same backwards, below before (0: from the end), for people to read. */
NODISCARD int store_audit_list_back(struct store *store, int64_t before, size_t limit,
                                    struct arena *arena, struct store_audit_record **out,
                                    size_t *out_n, struct err *err);

/*
 * The same with more to ask for. One call looks at AUDIT_SCAN_MAX records at most, so however rare what is
 * asked for may be, it ends soon; *out_next is the `before` to go on with, or 0 at the end.
 */
enum { AUDIT_SCAN_MAX = 5000 };
struct store_audit_filter {
        int64_t before;                 /* 0: from the end */
        int64_t person;                 /* as actor or as object; 0: any */
        struct str action;              /* how the action begins; empty: any */
        int64_t from, until;            /* Unix seconds, until not included; 0: any */
};
NODISCARD int store_audit_search(struct store *store, const struct store_audit_filter *filter,
                                 size_t limit, struct arena *arena, struct store_audit_record **out,
                                 size_t *out_n, int64_t *out_next, struct err *err);

/* One record as a line of JSON with its hashes, without a line feed; docs/formats/portal-db.md has
 * the form. */
void store_audit_line(const struct store_audit_record *record, struct buf *out);

/*
 * Read the whole chain; *out_head is its end. ERR_CORRUPT: *out_broken is the number of the first
 * record that is not as it was written, or that is missing; the sentence names it. Takes as long as
 * the log is.
 */
NODISCARD int store_audit_verify(struct store *store, struct store_audit_head *out_head,
                                 int64_t *out_broken, struct err *err);
