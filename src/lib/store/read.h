/*
 * read.h -- what a reader's request needs, each by one indexed lookup, each behind may_read().
 *
 * Trust:  slugs and paths come straight from a URL and are only ever bound as parameters.
 * Owns:   nothing; results are copied into the caller's arena and live as long as it does.
 * Linked by the portal. Nothing is rendered or compressed here: rows hold bytes ready to send. Only
 * for a client that takes neither brotli nor gzip is a page unpacked.
 *
 * All *_find functions fail with ERR_NOT_FOUND when there is nothing, or nothing for this reader:
 * the two cannot be told apart by result or sentence.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/access.h"
#include "store/store.h"

/* Content codings (RFC 9110, 8.4.1); a set of what the client takes. Identity is always taken. */
enum store_encoding {
        STORE_IDENTITY = 0,
        STORE_GZIP = 1,
        STORE_BROTLI = 2,
};

struct store_page {
        struct str body;                /* encoded as below */
        enum store_encoding encoding;
        struct str media_type;          /* with charset */
        struct str etag;                /* strong, in double quotes, differs per encoding */
        int64_t updated;                /* Unix seconds */
        enum store_visibility visibility;       /* not public: Cache-Control private, no-store */
};

/* A topic's page. accepted: STORE_GZIP | STORE_BROTLI; the best of them that is stored is taken. */
NODISCARD int store_page_find(struct store *store, const struct reader *reader,
                              struct str publication, struct str topic, unsigned accepted,
                              struct arena *arena, struct store_page *out, struct err *err);

/*
 * The same topic as the Markdown it was rendered from (the URL ends in .md; topic comes without
 * it).
 */
NODISCARD int store_markdown_find(struct store *store, const struct reader *reader,
                                  struct str publication, struct str topic, struct arena *arena,
                                  struct store_page *out, struct err *err);

/* The slug of a publication's first page, for /docs/PUBLICATION/. */
NODISCARD int store_first_page_find(struct store *store, const struct reader *reader,
                                    struct str publication, struct arena *arena,
                                    struct str *out_topic, struct err *err);

/* Where a topic went that used to have this slug. */
NODISCARD int store_redirect_find(struct store *store, const struct reader *reader,
                                  struct str publication, struct str from, struct arena *arena,
                                  struct str *out_topic, struct err *err);

/*
 * The home page. It lists what an anonymous reader may read, which is what every reader may.
 * ERR_NOT_FOUND before content_site() or a publish has rendered it.
 */
NODISCARD int store_home_find(struct store *store, const struct reader *reader, unsigned accepted,
                              struct arena *arena, struct store_page *out, struct err *err);

/*
 * /sitemap.xml and /robots.txt. Both name absolute addresses, and a portal may have several hosts,
 * so the stored text has a mark where origin ("https://docs.example.com", no slash at the end)
 * goes. Not compressed. ERR_INVALID when origin holds anything but scheme, host and port.
 */
NODISCARD int store_sitemap_find(struct store *store, const struct reader *reader,
                                 struct str origin, struct arena *arena, struct store_page *out,
                                 struct err *err);
NODISCARD int store_robots_find(struct store *store, const struct reader *reader, struct str origin,
                                struct arena *arena, struct store_page *out, struct err *err);

struct store_file {
        int64_t blob;
        uint64_t size;
        struct str media_type;
        struct str etag;
        int64_t updated;
        enum store_visibility visibility;
};

/* A file of a publication: an image, a download. The bytes are read with store_file_read(). */
NODISCARD int store_file_find(struct store *store, const struct reader *reader,
                              struct str publication, struct str path, struct arena *arena,
                              struct store_file *out, struct err *err);

/*
 * Up to n bytes from offset (fewer only at the end; *out_n is 0 past it). A file is kept in parts
 * of STORE_PART bytes, so one call holds one part in memory whatever the file's size; aligned reads
 * of STORE_PART are the cheapest. ERR_GONE when the file was replaced since it was found: look it
 * up again, or end the response.
 */
enum { STORE_PART = 64 * 1024 };
NODISCARD int store_file_read(struct store *store, const struct store_file *file, uint64_t offset,
                              void *p, size_t n, size_t *out_n, struct err *err);
