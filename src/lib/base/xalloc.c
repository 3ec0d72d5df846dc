/*
 * xalloc.c -- allocation that cannot fail quietly.
 */
#include "base/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

void *xalloc(size_t size)
{
        return xcalloc(1, size);
}

void *xcalloc(size_t count, size_t size)
{
        void *p = calloc(count, size > 0 ? size : 1);

        check(p != NULL);
        return p;
}

void *xrealloc(void *old, size_t count, size_t size)
{
        size_t bytes;

        check(!__builtin_mul_overflow(count, size, &bytes));
        void *p = realloc(old, bytes > 0 ? bytes : 1);

        check(p != NULL);
        return p;
}

char *xstrdup(const char *text)
{
        return xstrndup(text, strlen(text));
}

char *xstrndup(const char *text, size_t n)
{
        size_t len = strnlen(text, n);

        check(len < SIZE_MAX);
        char *copy = xalloc(len + 1);

        memcpy(copy, text, len);
        return copy;
}

char *xprintf(const char *fmt, ...)
{
        char *text = NULL;
        va_list args;

        va_start(args, fmt);
        int n = vasprintf(&text, fmt, args);

        va_end(args);
        check(n >= 0);
        return text;
}
