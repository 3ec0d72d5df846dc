/*
 * arena.c -- a chain of blocks, bumped and freed as one.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { CHUNK_DEFAULT = 4096, ALIGN = 16 };

struct block {
        struct block *next;
        size_t size;
        size_t used;
        size_t reserved;        /* keeps bytes[] aligned to ALIGN */
        unsigned char bytes[];
};

struct arena {
        size_t chunk;
        struct block *first;    /* the newest block; the oldest is at the end of the chain */
};

static struct block *block_new(size_t size)
{
        struct block *b = xalloc(sizeof *b + size);

        b->size = size;
        return b;
}

struct arena *arena_new(size_t chunk)
{
        struct arena *a = xalloc(sizeof *a);

        a->chunk = chunk > 0 ? chunk : CHUNK_DEFAULT;
        return a;
}

void arena_reset(struct arena *arena)
{
        struct block *b = arena->first;

        while (b != NULL && b->next != NULL) {
                struct block *next = b->next;

                free(b);
                b = next;
        }
        if (b != NULL) {
                memset(b->bytes, 0, b->used);
                b->used = 0;
        }
        arena->first = b;
}

void arena_free(struct arena **arena)
{
        if (*arena == NULL)
                return;
        for (struct block *b = (*arena)->first; b != NULL;) {
                struct block *next = b->next;

                free(b);
                b = next;
        }
        free(*arena);
        *arena = NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
        check(size < SIZE_MAX / 2);
        size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
        struct block *b = arena->first;

#ifdef ARENA_HEAP
        b = block_new(size);
        b->next = arena->first;
        arena->first = b;
        b->used = size;
        (void)need;
        return b->bytes;
#else
        if (b == NULL || b->size - b->used < need) {
                size_t grown = b != NULL && b->size < 256 * 1024 ? b->size * 2 : arena->chunk;

                b = block_new(need > grown ? need : grown);
                b->next = arena->first;
                arena->first = b;
        }
        void *p = b->bytes + b->used;

        b->used += need;
        return p;
#endif
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
        size_t bytes;

        check(!__builtin_mul_overflow(count, size, &bytes));
        return arena_alloc(arena, bytes);
}

char *arena_strdup(struct arena *arena, const char *text)
{
        size_t n = strlen(text);
        char *copy = arena_alloc(arena, n + 1);

        memcpy(copy, text, n);
        return copy;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
        va_list args, again;

        va_start(args, fmt);
        va_copy(again, args);
        int n = vsnprintf(NULL, 0, fmt, args);

        va_end(args);
        check(n >= 0);
        char *text = arena_alloc(arena, (size_t)n + 1);

        vsnprintf(text, (size_t)n + 1, fmt, again);
        va_end(again);
        return text;
}

struct str arena_str(struct arena *arena, struct str s)
{
        char *copy = arena_alloc(arena, s.n + 1);

        if (s.n > 0)
                memcpy(copy, s.p, s.n);
        return (struct str){ copy, s.n };
}
