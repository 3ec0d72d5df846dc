/*
 * recovery.h -- ten codes on paper for the day the second factor is lost.
 *
 * Trust:  a typed code comes from anybody.
 * Owns:   nothing; all are plain values, to be wiped with secret_wipe() once shown or stored.
 * Linked by portals' jobs: each hash takes about as long as a password's. Needs libsodium (inside
 * this folder only).
 *
 * A code has ten letters and digits (50 bits), which a thief of the database could try out against
 * a fast hash; so codes are hashed like passwords, with Argon2id. One salt for the ten: a typed
 * code costs one hash, whichever of them it is.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"

enum { RECOVERY_CODES = 10, RECOVERY_TEXT_LEN = 11, RECOVERY_SALT_LEN = 16 };

struct recovery {
        char text[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1];       /* "3fz8k-q7m2x": shown once */
        uint8_t salt[RECOVERY_SALT_LEN];                        /* stored */
        struct digest stored[RECOVERY_CODES];                   /* stored, and deleted when used */
};

/*
 * New codes. Blocks for ten hashes (some 250 ms). Fails: ERR_AGAIN  no memory for a hash (19 MiB)
 */
NODISCARD int recovery_new(struct recovery *out, struct err *err);

/*
 * Which of count stored digests the typed code belongs to. Case, spaces and dashes do not matter,
 * and o is 0, i and l are 1. All are compared, in constant time. Blocks for one hash, also when the
 * code has no proper shape. The caller deletes that digest in the transaction that lets the user
 * in.
 * Fails: ERR_DENIED  none     ERR_AGAIN  no memory for the hash
 */
NODISCARD int recovery_find(struct str typed, const uint8_t salt[static RECOVERY_SALT_LEN],
                            const struct digest *stored, size_t count, size_t *index, struct err *err);
