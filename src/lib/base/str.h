/*
 * str.h -- a slice of text: a pointer and a length, never NUL-terminated by contract.
 *
 * Owns:   nothing; the bytes belong to whoever made them and must outlive the slice.
 * Linked by everything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "base/err.h"

struct str {
        const char *p;
        size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_ARG(s) (int)(s).n, (s).p            /* for "%.*s" */

static inline struct str str_of(const char *text)
{
        return (struct str){ text, text != NULL ? strlen(text) : 0 };
}

static inline struct str str_make(const char *p, size_t n)
{
        return (struct str){ p, n };
}

static inline bool str_eq(struct str a, struct str b)
{
        return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *text)
{
        return str_eq(a, str_of(text));
}

bool str_eq_nocase(struct str a, struct str b);            /* ASCII only */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s);                         /* ASCII space, tab, CR, LF */

/* Index of c (or of needle) in s, or -1. */
ptrdiff_t str_find(struct str s, char c);
ptrdiff_t str_find_str(struct str s, struct str needle);

/* Cut *rest at the first c: returns what is before it and moves *rest behind it (empty at the end). */
struct str str_cut(struct str *rest, char c);

/* A NUL-terminated copy on the heap; free() it. */
NODISCARD char *str_dup(struct str s);

/* Decimal digits only, no sign, no space; ERR_INVALID otherwise, ERR_LIMIT above max. */
NODISCARD int str_to_u64(struct str s, uint64_t max, uint64_t *out, struct err *err);

/* Whether s is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL. */
bool str_is_utf8(struct str s);
