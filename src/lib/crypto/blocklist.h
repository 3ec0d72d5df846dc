/*
 * blocklist.h -- the passwords everybody tries first.
 *
 * Trust:  the list is compiled in; what is looked up may be anything.
 * Owns:   nothing.
 * For this folder only. Where the list comes from: docs/decisions/0005-password-blocklist.md
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/*
 * Whether a password, case folded, is one of them or a simple variation: with other signs for
 * letters (p@ssw0rd), repeated, two of the commonest put together, or one of those with a few
 * digits and signs around it (dragon2024!).
 */
bool blocklist_refuses(struct str folded);

/*
 * How many passwords of at least that many characters are listed; and how many pairs of the
 * commonest are refused.
 */
size_t blocklist_listed(size_t min_length);
size_t blocklist_pairs(size_t min_length);

/*
 * Signs that stand for letters replaced by them: 0 o, 3 e, 4 a, 5 s, 7 t, @ a, $ s, + t, and for 1,
 * ! and | the one letter given (i or l). In place.
 */
void blocklist_unleet(char *p, size_t n, char one);

/* Without digits and ASCII signs at both ends. */
struct str blocklist_core(struct str text);
