/*
 * cache.c -- a list in order of use, and a map into it.
 */
#include "cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/xalloc.h"

enum { KEY_MAX = 1024 };

struct cache {
        struct map *pages;              /* coding and path to struct cached */
        struct cached *newest, *oldest;
        size_t bytes;
        size_t max_bytes;
        uint64_t generation;
};

struct cache *cache_new(size_t max_bytes)
{
        struct cache *cache = xalloc(sizeof *cache);

        cache->pages = map_new();
        cache->max_bytes = max_bytes;
        return cache;
}

/* "B/docs/guide/start": one letter for the coding, then the path. Empty when the path is too long. */
static struct str make_key(char out[static KEY_MAX], enum http_coding coding, struct str path)
{
        static const char letters[] = { 'I', 'G', 'B', 'N' };

        if (path.n >= KEY_MAX)
                return (struct str){ out, 0 };
        out[0] = letters[coding];
        memcpy(out + 1, path.p, path.n);
        return str_make(out, path.n + 1);
}

static void unlink_page(struct cache *cache, struct cached *page)
{
        *(page->newer != NULL ? &page->newer->older : &cache->newest) = page->older;
        *(page->older != NULL ? &page->older->newer : &cache->oldest) = page->newer;
}

static void link_newest(struct cache *cache, struct cached *page)
{
        page->newer = NULL;
        page->older = cache->newest;
        *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = page;
        cache->newest = page;
}

void cached_hold(struct cached *page)
{
        page->references++;
}

void cached_release(void *page)
{
        struct cached *p = page;

        if (--p->references == 0)
                free(p);
}

static void drop(struct cache *cache, struct cached *page)
{
        unlink_page(cache, page);
        map_remove(cache->pages, page->key);
        cache->bytes -= page->bytes;
        cached_release(page);
}

void cache_trim(struct cache *cache, size_t max_bytes)
{
        while (cache->oldest != NULL && cache->bytes > max_bytes)
                drop(cache, cache->oldest);     /* NOLINT(clang-analyzer-unix.Malloc): drop() unlinks it */
}

void cache_free(struct cache **cache)
{
        if (*cache == NULL)
                return;
        cache_trim(*cache, 0);
        map_free(&(*cache)->pages);
        free(*cache);
        *cache = NULL;
}

struct cached *cache_find(struct cache *cache, uint64_t generation, enum http_coding coding,
                          struct str path)
{
        char text[KEY_MAX];

        if (cache->generation != generation) {
                cache_trim(cache, 0);
                cache->generation = generation;
        }
        struct str key = make_key(text, coding, path);
        struct cached *page = key.n > 0 ? map_get(cache->pages, key) : NULL;

        if (page != NULL && page != cache->newest) {
                unlink_page(cache, page);
                link_newest(cache, page);
        }
        return page;
}

/* Copy text to *at, move *at behind it, and give back the copy. */
static struct str place(char **at, struct str text)
{
        struct str copy = str_make(*at, text.n);

        if (text.n > 0)
                memcpy(*at, text.p, text.n);
        *at += text.n;
        return copy;
}

struct cached *cache_put(struct cache *cache, enum http_coding coding, struct str path,
                         const struct cached *page)
{
        char text[KEY_MAX];
        struct str key = make_key(text, coding, path);
        size_t bytes = sizeof *page + page->body.n + page->etag.n + page->content_type.n +
                       page->content_encoding.n + key.n;
        struct cached *kept = xalloc(bytes);
        char *at = (char *)(kept + 1);

        kept->references = 1;
        kept->bytes = bytes;
        kept->updated = page->updated;
        kept->body = place(&at, page->body);
        kept->etag = place(&at, page->etag);
        kept->content_type = place(&at, page->content_type);
        kept->content_encoding = place(&at, page->content_encoding);
        kept->key = place(&at, key);
        if (key.n == 0 || bytes > cache->max_bytes / 8)
                return kept;
        struct cached *old = map_get(cache->pages, key);

        if (old != NULL)
                drop(cache, old);
        cache_trim(cache, cache->max_bytes - bytes);
        cached_hold(kept);
        cache->bytes += bytes;
        link_newest(cache, kept);
        map_put(cache->pages, kept->key, kept);
        return kept;
}
