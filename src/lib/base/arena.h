/*
 * arena.h -- memory that lives as long as one piece of work and is freed as one.
 *
 * Owns:   all it hands out, until arena_reset() or arena_free().
 * Linked by everything. Built with -Darena=heap each allocation is its own malloc, so that the
 * sanitizers see every overrun.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

struct arena;

/* chunk: bytes of the first block (0: 4 KiB). */
NODISCARD struct arena *arena_new(size_t chunk);
void arena_free(struct arena **arena);
void arena_reset(struct arena *arena);                     /* keeps the first block */

/* Zeroed, aligned for any type, never NULL. */
NODISCARD void *arena_alloc(struct arena *arena, size_t size);
NODISCARD void *arena_array(struct arena *arena, size_t count, size_t size);
NODISCARD char *arena_strdup(struct arena *arena, const char *text);
NODISCARD char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);

/* A copy of s's bytes followed by a NUL that the slice does not count. */
NODISCARD struct str arena_str(struct arena *arena, struct str s);
#define CLEANUP_ARENA CLEANUP(arena_free)
