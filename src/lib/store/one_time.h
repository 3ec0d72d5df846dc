/*
 * one_time.h -- links that work once: set-up, invitation, reset, change of address.
 *
 * The link carries 256 random bits, the row their SHA-256. A link is bound to the person's epoch: a
 * change of password, address or role, or disabling, voids what was sent before. Functions that
 * change something run inside store_begin() and store_commit(); what the link allows is to be done in
 * the same transaction as its use.
 *
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "crypto/digest.h"
#include "store/people.h"

enum one_time_kind {
        ONE_TIME_SETUP = 0,             /* the owner of a new portal; there is no account yet */
        ONE_TIME_INVITE = 1,            /* a first password */
        ONE_TIME_RESET = 2,             /* a new password */
        ONE_TIME_MAIL_CHANGE = 3,       /* detail: the new address */
};

enum {
        ONE_TIME_DETAIL_MAX = 512,
        ONE_TIME_SECONDS_MAX = 7 * 86400,
        ONE_TIME_OPEN_MAX = 5,          /* links of one kind for one person; older ones are voided */
};

struct store_one_time {
        enum one_time_kind kind;
        int64_t person;                 /* 0: set-up */
        struct str detail;
        int64_t expires;
};

/*
 * ERR_DENIED: this person gets no such link (an invitation is for the invited, a reset and a change of
 * address for the active), or a set-up link for a portal that has an active administrator.
 */
NODISCARD int store_one_time_add(struct store *store, const struct digest *token,
                                 const struct store_one_time *link, int64_t now, struct err *err);

/* How many links of this kind this person was given since then and has not used up with a new password. */
NODISCARD int store_one_time_count(struct store *store, int64_t person, enum one_time_kind kind,
                                   int64_t since, int64_t *out, struct err *err);

/* Look without using, for the form behind the link. ERR_NOT_FOUND: missing, used, over or void. */
NODISCARD int store_one_time_find(struct store *store, const struct digest *token,
                                  enum one_time_kind kind, int64_t now, struct arena *arena,
                                  struct store_one_time *out, struct err *err);

/* Use it: one statement checks and marks, so a second use gets ERR_NOT_FOUND. */
NODISCARD int store_one_time_use(struct store *store, const struct digest *token,
                                 enum one_time_kind kind, int64_t now, struct arena *arena,
                                 struct store_one_time *out, struct err *err);
