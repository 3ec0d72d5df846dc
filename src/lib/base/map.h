/*
 * map.h -- text to pointer, keyed by copies of the bytes; seeded SipHash-like hashing is not needed
 * because every map of foreign keys has a limit and lookups stay linear at worst in that limit.
 *
 * Owns:   the keys; never the values.
 * Linked by everything.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

struct map;

NODISCARD struct map *map_new(void);
void map_free(struct map **map);
void *map_get(const struct map *map, struct str key);      /* NULL when absent */
void *map_put(struct map *map, struct str key, void *value); /* the value it replaced, or NULL */
void *map_remove(struct map *map, struct str key);         /* the value it held, or NULL */
size_t map_count(const struct map *map);

/* Walk: start with *at = 0; false at the end. The map must not change meanwhile. */
bool map_next(const struct map *map, size_t *at, struct str *key, void **value);
#define CLEANUP_MAP CLEANUP(map_free)
