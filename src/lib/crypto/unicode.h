/*
 * unicode.h -- the few things about Unicode that passwords need.
 *
 * Trust:  input is UTF-8 that was checked.
 * Owns:   nothing; results go into secrets.
 * For this folder only. Needs libunistring.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/secret.h"

/*
 * NFKC (Unicode Standard Annex 15). Input of at most 1,024 bytes; ERR_LIMIT if it grows beyond
 * SECRET_MAX / 2.
 */
NODISCARD int unicode_nfkc(struct str text, struct secret *out, struct err *err);

/* Case folded and NFKC: the same for "Straße" and "STRASSE". ERR_LIMIT beyond SECRET_MAX. */
NODISCARD int unicode_fold(struct str text, struct secret *out, struct err *err);

/* The next code point; moves *at. check(*at < text.n) */
uint32_t unicode_next(struct str text, size_t *at);
size_t unicode_length(struct str text);

bool unicode_is_lower(uint32_t c);
bool unicode_is_upper(uint32_t c);
bool unicode_is_digit(uint32_t c);
bool unicode_is_letter(uint32_t c);
