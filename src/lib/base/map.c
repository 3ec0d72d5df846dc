/*
 * map.c -- open addressing with linear probing; grows at three quarters.
 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/check.h"
#include "base/xalloc.h"

struct slot {
        char *key;              /* NULL: never used */
        size_t n;
        uint64_t hash;
        void *value;            /* NULL with a key: removed */
};

struct map {
        struct slot *slots;
        size_t cap;             /* a power of two */
        size_t used;            /* live and removed */
        size_t live;
        uint64_t seed;
};

/* FNV-1a over a seed: an attacker cannot prepare colliding keys without knowing it. */
static uint64_t hash_of(const struct map *map, struct str key)
{
        uint64_t h = map->seed;

        for (size_t i = 0; i < key.n; i++)
                h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3ull;
        return h ^ (h >> 29);
}

struct map *map_new(void)
{
        struct map *m = xalloc(sizeof *m);

        check(getrandom(&m->seed, sizeof m->seed, 0) == (ssize_t)sizeof m->seed);
        m->cap = 16;
        m->slots = xcalloc(m->cap, sizeof *m->slots);
        return m;
}

void map_free(struct map **map)
{
        if (*map == NULL)
                return;
        for (size_t i = 0; i < (*map)->cap; i++)
                free((*map)->slots[i].key);
        free((*map)->slots);
        free(*map);
        *map = NULL;
}

/* The slot that holds key, or the first free one. */
static struct slot *probe(const struct map *map, struct str key, uint64_t hash)
{
        size_t i = hash & (map->cap - 1);

        while (map->slots[i].key != NULL) {
                struct slot *s = &map->slots[i];

                if (s->hash == hash && s->n == key.n && memcmp(s->key, key.p, key.n) == 0)
                        return s;
                i = (i + 1) & (map->cap - 1);
        }
        return &map->slots[i];
}

static void grow(struct map *map)
{
        struct map old = *map;

        map->cap = map->live * 2 >= old.cap / 2 ? old.cap * 2 : old.cap;
        map->slots = xcalloc(map->cap, sizeof *map->slots);
        map->used = map->live;
        for (size_t i = 0; i < old.cap; i++) {
                struct slot *s = &old.slots[i];

                if (s->key == NULL)
                        continue;
                if (s->value == NULL)
                        free(s->key);
                else
                        *probe(map, str_make(s->key, s->n), s->hash) = *s;
        }
        free(old.slots);
}

void *map_get(const struct map *map, struct str key)
{
        return probe(map, key, hash_of(map, key))->value;
}

void *map_put(struct map *map, struct str key, void *value)
{
        check(value != NULL);
        if ((map->used + 1) * 4 > map->cap * 3)
                grow(map);
        uint64_t hash = hash_of(map, key);
        struct slot *s = probe(map, key, hash);
        void *old = s->value;

        if (s->key == NULL) {
                s->key = str_dup(key);
                s->n = key.n;
                s->hash = hash;
                map->used++;
        }
        if (old == NULL)
                map->live++;
        s->value = value;
        return old;
}

void *map_remove(struct map *map, struct str key)
{
        struct slot *s = probe(map, key, hash_of(map, key));
        void *old = s->value;

        if (old != NULL) {
                s->value = NULL;
                map->live--;
        }
        return old;
}

size_t map_count(const struct map *map)
{
        return map->live;
}

bool map_next(const struct map *map, size_t *at, struct str *key, void **value)
{
        for (; *at < map->cap; (*at)++) {
                const struct slot *s = &map->slots[*at];

                if (s->value == NULL)
                        continue;
                *key = str_make(s->key, s->n);
                *value = s->value;
                (*at)++;
                return true;
        }
        return false;
}
