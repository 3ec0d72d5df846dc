/*
 * password_hash.h -- Argon2id (RFC 9106): what is stored instead of a password.
 *
 * Trust:  stored hashes come back from a database that could have been tampered with or imported:
 *         their form and cost are limited before any work is done.
 * Owns:   nothing.
 * Linked by the job processes that log in; never called in a request loop. Needs libsodium (inside
 * this folder only).
 *
 * Every hash takes cost.memory_kib for its duration, and nothing beside it: N hashers at work need
 * N times that. A pool of two with the default costs at most 2 x 19 MiB.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/password.h"

struct password_cost {
        uint32_t passes;
        uint32_t memory_kib;
};

enum {
        PASSWORD_PASSES_MIN = 2,
        PASSWORD_MEMORY_MIN_KIB = 19 * 1024,
        PASSWORD_PASSES_MAX = 16,               /* of a stored hash; more is refused, not computed */
        PASSWORD_MEMORY_MAX_KIB = 256 * 1024,
        PASSWORD_HASH_SIZE = 128,               /* with its NUL */
};
#define PASSWORD_COST_MIN ((struct password_cost){ PASSWORD_PASSES_MIN, PASSWORD_MEMORY_MIN_KIB })

/*
 * The cost at which one hash takes about target_ms of this machine's CPU (50 is the policy's) in at
 * most max_memory_kib; never below PASSWORD_COST_MIN, whatever is asked. Memory grows first, by
 * doubling, then passes. Blocks for up to some four times target_ms. Fails: ERR_AGAIN  not even the
 * least cost has the memory it needs
 */
NODISCARD int password_tune(unsigned target_ms, uint32_t max_memory_kib, struct password_cost *out,
                            struct err *err);

/*
 * "$argon2id$v=19$m=...,t=...,p=1$SALT$HASH". Fails: ERR_AGAIN  no memory. Costs below the minimum
 * are raised.
 */
NODISCARD int password_hash(const struct password *pw, const struct password_cost *cost,
                            char out[static PASSWORD_HASH_SIZE], struct err *err);

/*
 * Fails: ERR_DENIED   another password
 *        ERR_CORRUPT  not a hash of ours: see password_hash_read()
 *        ERR_AGAIN    no memory
 */
NODISCARD int password_verify(struct str stored, const struct password *pw, struct err *err);

/*
 * The same work for an account that does not exist or has no password, so that time tells nobody
 * which do. pw may be NULL when what was typed could not be a password. Always fails: ERR_DENIED,
 * with the sentence of password_verify(); ERR_AGAIN.
 */
NODISCARD int password_verify_nobody(const struct password *pw, const struct password_cost *cost,
                                     struct err *err);

/*
 * The cost a stored hash was made at; ERR_CORRUPT unless it is a whole Argon2id hash within the
 * limits above.
 */
NODISCARD int password_hash_read(struct str stored, struct password_cost *out, struct err *err);

/*
 * Whether a hash is below the least cost, or takes less work than cost would: replace it at this
 * login.
 */
bool password_needs_rehash(struct str stored, const struct password_cost *cost);
