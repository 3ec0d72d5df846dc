/*
 * hex.h -- bytes as lower-case hexadecimal digits and back.
 *
 * Trust:  what is read is foreign: exactly the wanted number of digits, lower case, or nothing.
 * Owns:   nothing.
 * Linked by whatever writes keys and digests into text.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* out gets 2 * n digits and a NUL. */
void hex_write(const void *p, size_t n, char *out);

/* Exactly n bytes from exactly 2 * n digits; false leaves out in an unknown state. */
bool hex_read(struct str digits, void *out, size_t n);
