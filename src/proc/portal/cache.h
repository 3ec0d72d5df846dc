/*
 * cache.h -- pages ready to send, kept in memory as they are in the database.
 *
 * Trust:  filled only through may_read()'s results for the anonymous reader; a restricted page is never kept.
 * Owns:   its pages; a page that is being sent lives until the last send is done.
 * Used inside src/proc/portal only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "http/entity.h"

struct cache;

struct cached {
        unsigned references;            /* the cache's own, and one for each answer on its way */
        struct str body;
        struct str etag;
        struct str content_type;
        struct str content_encoding;    /* "br", "gzip" or empty */
        int64_t updated;
        size_t bytes;                   /* all it takes */
        struct cached *newer, *older;
        struct str key;
};

NODISCARD struct cache *cache_new(size_t max_bytes);
void cache_free(struct cache **cache);  /* pages on their way live until they are sent */

/* The page for this path and coding, or NULL. All pages of an older generation are dropped first. */
struct cached *cache_find(struct cache *cache, uint64_t generation, enum http_coding coding,
                          struct str path);

/* Keep copies of all this; returns the new page. A page larger than an eighth of the cache is returned
 * but not kept. The caller gets one reference: cached_release() it. */
NODISCARD struct cached *cache_put(struct cache *cache, enum http_coding coding, struct str path,
                                   const struct cached *page);

void cached_hold(struct cached *page);
void cached_release(void *page);        /* struct cached *; fits http_body.release */

/* Drop the least recently used pages until at most max_bytes are held. */
void cache_trim(struct cache *cache, size_t max_bytes);
