/*
 * base64url.h -- base64 with the alphabet for addresses, without padding (RFC 4648, section 5).
 *
 * Trust:  text to decode may be hostile: anything but the one canonical spelling is refused.
 * Owns:   nothing.
 * For this folder only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Bytes of text for n bytes, without a NUL. */
#define BASE64URL_LEN(n) (((n) * 4 + 2) / 3)

void base64url_add(struct buf *out, const void *p, size_t n);

/* NUL-terminated; room for BASE64URL_LEN(n) + 1. */
void base64url_text(const void *p, size_t n, char *out);

/* Into at most room bytes; returns how many, or ERR_INVALID (also when they do not fit). */
NODISCARD int base64url_bytes(struct str text, void *out, size_t room, struct err *err);
