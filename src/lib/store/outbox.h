/*
 * outbox.h -- letters that wait to be handed to the courier: rows written in the same transaction as what
 * they tell of.
 *
 * Who writes the first one also makes the file `outbox` beside the database, before the commit; whoever finds
 * the table empty takes it away. The supervisor sees by the file that a sleeping portal has letters, and
 * needs not read a byte of it. File without rows: somebody looks in vain. Rows without file: never.
 *
 * Trust:  recipient and name are people's own words; the courier checks and encodes them.
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

enum { OUTBOX_MAX = 20000, OUTBOX_ID_LEN = 32 };

struct store_letter {
        int64_t id;                     /* of the row */
        struct str letter;              /* what Message-ID is made of; never used twice */
        uint32_t kind;                  /* enum letter_kind */
        struct str recipient;
        struct str name;                /* of the person, or empty */
        struct str path;                /* of this portal, with its secret; or empty */
        int64_t expires;                /* of that path; 0: never */
        int64_t created;
};

/* In a transaction; id and letter are given here. ERR_LIMIT: OUTBOX_MAX wait already. */
NODISCARD int store_outbox_add(struct store *store, const struct store_letter *letter, struct err *err);

/*
 * Call letters after each commit that has added one, inside that commit's call: it may remember it and no
 * more. So nobody who writes a letter can forget to say so.
 */
typedef void store_letters_fn(void *ctx);
void store_outbox_watch(struct store *store, store_letters_fn *letters, void *ctx);

/* Cheap: one look at the folder. */
bool store_outbox_waits(const struct store *store);

/* The oldest. ERR_NOT_FOUND: there is none. */
NODISCARD int store_outbox_next(struct store *store, struct arena *arena, struct store_letter *out,
                                struct err *err);

/* In a transaction, once the courier has it on its disk; what is gone already is no error. */
NODISCARD int store_outbox_remove(struct store *store, int64_t id, struct err *err);

/*
 * When none waits: take the file away, and the links out of the log. Not in a transaction: it makes its own,
 * so that nobody adds a letter meanwhile.
 */
NODISCARD int store_outbox_close(struct store *store, struct err *err);
