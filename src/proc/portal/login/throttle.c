/*
 * throttle.c -- a map of counts, and a ring that says which is the oldest.
 */
#include "throttle.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/xalloc.h"

enum { KEYS_MAX = 4096, FORGET_SECONDS = 3600, DOUBLINGS_MAX = 20 };

struct entry {
        char *key;
        size_t n;
        unsigned failures;
        int64_t last;
};

struct throttle {
        unsigned free;
        unsigned most;
        struct map *entries;
        struct entry *ring[KEYS_MAX];   /* in the order they came; NULL: none yet */
        size_t at;
};

struct throttle *throttle_new(unsigned free_failures, unsigned most)
{
        struct throttle *t = xalloc(sizeof *t);

        t->free = free_failures;
        t->most = most;
        t->entries = map_new();
        return t;
}

static unsigned delay(const struct throttle *t, unsigned failures)
{
        unsigned seconds = 1;

        if (failures < t->free)
                return 0;
        for (unsigned i = t->free; i < failures && i < t->free + DOUBLINGS_MAX && seconds < t->most; i++)
                seconds *= 2;
        return seconds < t->most ? seconds : t->most;
}

unsigned throttle_wait(struct throttle *t, struct str key, int64_t now)
{
        const struct entry *e = map_get(t->entries, key);

        if (e == NULL || now - e->last >= FORGET_SECONDS)
                return 0;
        int64_t until = e->last + delay(t, e->failures);

        return until > now ? (unsigned)(until - now) : 0;
}

static struct entry *entry_for(struct throttle *t, struct str key)
{
        struct entry *e = map_get(t->entries, key);

        if (e != NULL)
                return e;
        struct entry *old = t->ring[t->at];

        if (old != NULL) {
                map_remove(t->entries, str_make(old->key, old->n));
                free(old->key);
                free(old);
        }
        e = xalloc(sizeof *e);
        e->key = str_dup(key);
        e->n = key.n;
        t->ring[t->at] = e;
        t->at = (t->at + 1) % KEYS_MAX;
        map_put(t->entries, key, e);
        return e;
}

void throttle_failed(struct throttle *t, struct str key, int64_t now)
{
        struct entry *e = entry_for(t, key);

        if (now - e->last >= FORGET_SECONDS)
                e->failures = 0;
        e->failures++;
        e->last = now;
}

void throttle_succeeded(struct throttle *t, struct str key)
{
        struct entry *e = map_get(t->entries, key);

        if (e != NULL)
                e->failures = 0;
}
