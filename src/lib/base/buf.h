/*
 * buf.h -- bytes that grow, up to a limit the owner sets.
 *
 * Owns:   its memory. `struct buf b = { 0 }` is a valid empty buffer without a limit.
 * Linked by everything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

struct buf {
        char *p;        /* never NUL-terminated by contract; see buf_cstr() */
        size_t n;
        size_t cap;
        size_t max;     /* 0: none */
        bool over;      /* something did not fit below max and was left out */
};

void buf_add(struct buf *b, const void *p, size_t n);      /* sets over instead of passing max */
void buf_add_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_reserve(struct buf *b, size_t more);
void buf_consume(struct buf *b, size_t n);                 /* drop n bytes from the front */
void buf_clear(struct buf *b);                             /* n = 0, over = false; memory kept */
void buf_free(struct buf *b);
const char *buf_cstr(struct buf *b);                       /* borrowed, NUL-terminated */
NODISCARD char *buf_detach(struct buf *b, size_t *n);      /* the caller frees; NUL-terminated */

static inline struct str buf_str(const struct buf *b)
{
        return (struct str){ b->p, b->n };
}

#define BUF_LIT(b, literal) buf_add((b), "" literal, sizeof(literal) - 1)
#define CLEANUP_BUF CLEANUP(buf_free)
