/*
 * hashing.h -- passwords and recovery codes, checked and hashed by a job beside the loop.
 *
 * Trust:  the job is a process of this container and as trusted as the portal itself.
 * Owns:   nothing of the caller's; help.h has the order and the channel.
 * Used inside src/proc/portal only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "store/credentials.h"

/* good: it is the password, or the new one may be had. hash: to be stored, or empty. sentence: why not; or
 * "busy" when too many ask at once. All slices live during the call. Called exactly once, later. */
typedef void hashing_answer_fn(void *ctx, bool good, struct str hash, struct str sentence);

/* Is it this password? stored: the hash, or empty for nobody. Copies what it needs. */
void hashing_verify(struct str password, struct str stored, hashing_answer_fn *answer, void *ctx);

/* May this person have this new password? */
void hashing_make(struct str password, int64_t person, hashing_answer_fn *answer, void *ctx);

/*
 * find: digests is the one digest that the typed code has; make: the ten new ones, with their salt and
 * the codes themselves, each of RECOVERY_TEXT_LEN letters. good false: no such code, or too many ask at
 * once (busy). All slices live during the call. Called exactly once, later.
 */
struct hashing_codes {
        bool good;
        bool busy;
        struct str salt;
        struct str digests;
        struct str codes;
};
typedef void hashing_codes_fn(void *ctx, const struct hashing_codes *found);

/* Copies what it needs. Takes as long for who has no codes as for who has. */
void hashing_find_code(struct str typed, const struct store_recovery *stored, hashing_codes_fn *answer,
                       void *ctx);
void hashing_make_codes(hashing_codes_fn *answer, void *ctx);
