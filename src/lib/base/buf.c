/*
 * buf.c -- growable bytes.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"

void buf_reserve(struct buf *b, size_t more)
{
        size_t need;

        check(!__builtin_add_overflow(b->n, more, &need));
        check(need < SIZE_MAX / 2 - 1);
        need++;                                 /* room for buf_cstr()'s NUL */
        if (need <= b->cap)
                return;
        size_t cap = b->cap > 0 ? b->cap : 64;

        while (cap < need)
                cap *= 2;
        b->p = xrealloc(b->p, cap, 1);
        b->cap = cap;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
        if (n == 0)
                return;
        if (b->max > 0 && (n > b->max || b->n > b->max - n)) {
                b->over = true;
                return;
        }
        buf_reserve(b, n);
        memcpy(b->p + b->n, p, n);
        b->n += n;
}

void buf_add_str(struct buf *b, struct str s)
{
        buf_add(b, s.p, s.n);
}

void buf_puts(struct buf *b, const char *text)
{
        buf_add(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
        buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
        char small[256];
        va_list args, again;

        va_start(args, fmt);
        va_copy(again, args);
        int n = vsnprintf(small, sizeof small, fmt, args);

        va_end(args);
        check(n >= 0);
        if ((size_t)n < sizeof small) {
                buf_add(b, small, (size_t)n);
        } else {
                char *large = NULL;

                check(vasprintf(&large, fmt, again) == n);
                buf_add(b, large, (size_t)n);
                free(large);
        }
        va_end(again);
}

void buf_consume(struct buf *b, size_t n)
{
        check(n <= b->n);
        if (n == 0)
                return;
        memmove(b->p, b->p + n, b->n - n);
        b->n -= n;
}

void buf_clear(struct buf *b)
{
        b->n = 0;
        b->over = false;
}

void buf_free(struct buf *b)
{
        free(b->p);
        b->p = NULL;
        b->n = b->cap = 0;
        b->over = false;
}

const char *buf_cstr(struct buf *b)
{
        buf_reserve(b, 0);
        b->p[b->n] = '\0';
        return b->p;
}

char *buf_detach(struct buf *b, size_t *n)
{
        buf_cstr(b);
        char *p = b->p;

        if (n != NULL)
                *n = b->n;
        b->p = NULL;
        b->n = b->cap = 0;
        return p;
}
