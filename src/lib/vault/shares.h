/*
 * shares.h -- a key of 32 bytes as three shares on paper, any two of which give it back.
 *
 * One share alone says nothing about the key (Shamir, How to share a secret, 1979; over GF(256), with
 * the polynomial of AES). Each line carries its number, the set it belongs to and a check, so that a
 * mistyped line or one of another set is noticed before it is used.
 *
 * Trust:  lines are typed by people.
 * Owns:   nothing.
 * Linked by the vault.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { SHARES = 3, SHARES_NEEDED = 2, SHARES_KEY_LEN = 32, SHARES_LINE_MAX = 96 };

/* "CARREL-SHARE 2 7F3A ABCD-EFGH-...", NUL-terminated; a new split each time. */
void shares_split(const uint8_t key[static SHARES_KEY_LEN],
                  char out[static SHARES][SHARES_LINE_MAX]);

/*
 * Any two different lines of one set; case, blanks and dashes do not matter.
 * Fails: ERR_INVALID  the sentence says which line is wrong and how
 */
NODISCARD int shares_join(struct str first, struct str second, uint8_t out[static SHARES_KEY_LEN],
                          struct err *err);
