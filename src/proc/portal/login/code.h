/*
 * code.h -- the code somebody typed: of their authenticator app, or one of their recovery codes.
 *
 * Trust:  the text is a stranger's or a thief's; six digits are taken for an app's code, all else for a
 *         recovery code, which a job hashes.
 * Owns:   nothing; copies what it needs into the exchange's arena.
 * Used inside src/proc/portal/login only.
 */
#pragma once

#include "proc/portal/identity.h"

enum code_verdict { CODE_RIGHT, CODE_WRONG, CODE_BUSY };

/* Which code it was. It has been checked, not used. */
struct code_proof {
        int64_t person;
        bool recovery;
        int64_t step;                   /* of an app's code */
        struct digest digest;           /* of a recovery code */
};

/* Called exactly once, at once or later. */
typedef void code_answer_fn(void *ctx, enum code_verdict verdict, const struct code_proof *proof);

void code_check(struct portal *portal, struct http_exchange *x, int64_t person, struct str typed,
                code_answer_fn *answer, void *ctx);

/* In the transaction that lets them in: of two uses at the same moment one gets ERR_DENIED. */
NODISCARD int code_use(struct store *store, const struct code_proof *proof, struct err *err);

/* For the log. */
const char *code_name(const struct code_proof *proof);
