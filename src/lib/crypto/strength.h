/*
 * strength.h -- how many guesses a password takes, for the meter beside the form and for the
 * refusal of the worst.
 *
 * Trust:  the password was normalised by password_take().
 * Owns:   nothing.
 * Linked by jobs; up to 20 ms of CPU for the worst 64 characters, so not for the request loop.
 * Needs libzxcvbn (inside this folder only).
 */
#pragma once

#include <stddef.h>

#include "base/str.h"
#include "crypto/password.h"

/*
 * The fewest guesses an accepted password takes. A hundred failures in a row end guessing at an
 * account, so a password of ten thousand guesses falls in one account of a hundred at most, and
 * that with an attacker who knows how people choose; the shortest password that the policy must
 * accept, "Aa1!x", stands at 80,000.
 */
enum { STRENGTH_GUESSES_MIN = 10000 };

/*
 * What would make it stronger: bits of strength.advice, recommended in the form and never
 * required.
 */
enum strength_advice {
        STRENGTH_LONGER = 1,
        STRENGTH_LOWER = 2,
        STRENGTH_UPPER = 4,
        STRENGTH_DIGIT = 8,
        STRENGTH_SPECIAL = 16,
};

struct strength {
        unsigned score;         /* 0 to 4, at 10^3, 10^6, 10^8 and 10^10 guesses */
        double bits;            /* log2 of the guesses, of the first 64 characters */
        unsigned advice;        /* enum strength_advice */
};

/* names as in password_check(). */
void strength_measure(const struct password *pw, const struct str *names, size_t count,
                      struct strength *out);

/* One piece of advice as a sentence; check()s that it is one. */
const char *strength_advice_text(enum strength_advice one);
