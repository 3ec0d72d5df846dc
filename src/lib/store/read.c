/*
 * read.c -- a request's lookups.
 *
 * Each statement also brings the publication's visibility and the reader's standing; bodies are
 * only copied once may_read() has said yes, and "no" is the same answer as "not there".
 */
#include "store/read.h"

#include <string.h>

#include "compress/compress.h"
#include "store/inside.h"
#include "store/publication.h"
#include "store/readable.h"

enum {
        PAGE_MAX = 96 * 1024 * 1024,    /* more than any page we make; a damaged row must not fill
                                         * the memory */
        FILE_ETAG_MAX = 32,             /* hexadecimal digits of the content's digest */
};

static int nothing_here(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "there is no such page");
}

static int damaged(struct err *err)
{
        return err_set(err, ERR_CORRUPT, "a stored page is damaged; restore a backup");
}

/* The only way to a publication's rows from here, so none can be read past the gate. */
int find_readable(struct store *store, const char *text, const struct reader *reader,
                  struct str publication, const struct str *key,
                  enum store_visibility *out_visibility, struct query **q, struct err *err)
{
        const struct reader asking = reader_checked(reader);
        const struct sql_value args[] = { READER_ARGS(asking), V_TEXT(publication),
                                          V_TEXT(key != NULL ? *key : STR("")) };
        int r = query_start(store, text, args, ARRAY_LEN(args) - (key == NULL), q, err);

        if (r == 0)
                r = query_step(*q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return nothing_here(err);
        struct store_publication p = {
                .standing = (enum store_standing)query_int(*q, 0),
                .id = query_int(*q, 1),
                .visibility = (enum store_visibility)query_int(*q, 2),
        };

        if (!may_read(&p, reader))
                return nothing_here(err);
        *out_visibility = p.visibility;
        return 0;
}

/* The statements that fetch one body of a row, by its number. */
struct body_texts {
        const char *brotli;
        const char *gzip;
        const char *plain;              /* gzip and identity */
};

/*
 * The plain bytes; most rows keep only the compressed forms, for clients that take none are rare.
 */
static int plain_body(struct query *q, struct arena *arena, struct str *out, struct err *err)
{
        struct buf plain CLEANUP_BUF = { 0 };
        struct str gzip = query_text(q, 0), identity = query_text(q, 1);

        if (gzip.n == 0 || identity.n > 0) {
                *out = arena_str(arena, identity);
                return 0;
        }
        int r = decompress_gzip(gzip, PAGE_MAX, &plain, err);

        if (r < 0)
                return damaged(err);
        *out = arena_str(arena, buf_str(&plain));
        return 0;
}

/*
 * The best stored form the client takes; q's columns from first on are the row's number and the
 * lengths of its brotli and gzip bodies (0: compression did not pay). A body is only fetched here,
 * behind the gate: a refused page costs what a missing one does. q is still at its row, so both
 * statements see the same state of the database.
 */
static int take_body(struct store *store, struct query *q, int first,
                     const struct body_texts *texts, unsigned accepted, struct arena *arena,
                     struct store_page *page, struct err *err)
{
        const struct {
                enum store_encoding encoding;
                bool stored;
                const char *text, *suffix;
        } forms[] = {
                { STORE_BROTLI, query_int(q, first + 1) > 0, texts->brotli, "-br" },
                { STORE_GZIP, query_int(q, first + 2) > 0, texts->gzip, "-gz" },
                { STORE_IDENTITY, true, texts->plain, "" },
        };
        struct query *body CLEANUP_QUERY = NULL;
        int i = 0;

        while (forms[i].encoding != STORE_IDENTITY &&
               ((accepted & (unsigned)forms[i].encoding) == 0 || !forms[i].stored))
                i++;
        int r = query_start(store, forms[i].text, ARGS(V_INT(query_int(q, first))), &body, err);

        if (r == 0)
                r = query_step(body, err);
        if (r < 0)
                return r;
        if (r == 0)
                return damaged(err);
        page->encoding = forms[i].encoding;
        page->etag =
                str_of(arena_printf(arena, "\"%.*s%s\"", STR_ARG(page->etag), forms[i].suffix));
        if (page->encoding == STORE_IDENTITY)
                return plain_body(body, arena, &page->body, err);
        page->body = arena_str(arena, query_text(body, 0));
        return 0;
}

int store_page_find(struct store *store, const struct reader *reader, struct str publication,
                    struct str topic, unsigned accepted, struct arena *arena,
                    struct store_page *out, struct err *err)
{
        static const char text[] =
                READABLE "g.etag, g.updated, g.id, length(g.brotli), length(g.gzip)"
                " FROM publication p JOIN publication_page g ON g.publication = p.id"
                " WHERE p.slug = $4 AND g.slug = $5";
        static const struct body_texts bodies = {
                .brotli = "SELECT brotli FROM publication_page WHERE id = $1",
                .gzip = "SELECT gzip FROM publication_page WHERE id = $1",
                .plain = "SELECT gzip, identity FROM publication_page WHERE id = $1",
        };
        struct query *q CLEANUP_QUERY = NULL;
        struct store_page page = { .media_type = STR("text/html; charset=utf-8") };
        int r = find_readable(store, text, reader, publication, &topic, &page.visibility, &q,
                              err);

        if (r < 0)
                return r;
        page.etag = query_text(q, OWN);
        page.updated = query_int(q, OWN + 1);
        r = take_body(store, q, OWN + 2, &bodies, accepted, arena, &page, err);
        if (r == 0)
                *out = page;
        return r;
}

int store_markdown_find(struct store *store, const struct reader *reader, struct str publication,
                        struct str topic, struct arena *arena, struct store_page *out,
                        struct err *err)
{
        static const char text[] =
                READABLE "g.topic, r.number, r.created, r.id"
                " FROM publication p JOIN publication_page g ON g.publication = p.id"
                " JOIN revision r ON r.topic = g.topic AND r.number = g.revision"
                " WHERE p.slug = $4 AND g.slug = $5";
        struct query *body CLEANUP_QUERY = NULL;
        struct query *q CLEANUP_QUERY = NULL;
        struct store_page page = { .media_type = STR("text/markdown; charset=utf-8") };
        int r = find_readable(store, text, reader, publication, &topic, &page.visibility, &q,
                              err);

        if (r < 0)
                return r;
        /* A revision never changes, so its name is as good as a hash of it. */
        page.etag = str_of(arena_printf(arena, "\"t%lldr%lld\"", (long long)query_int(q, OWN),
                                        (long long)query_int(q, OWN + 1)));
        page.updated = query_int(q, OWN + 2);
        r = query_start(store, "SELECT source FROM revision WHERE id = $1",
                        ARGS(V_INT(query_int(q, OWN + 3))), &body, err);
        if (r == 0)
                r = query_step(body, err);
        if (r < 0)
                return r;
        if (r == 0)
                return damaged(err);
        page.body = arena_str(arena, query_text(body, 0));
        *out = page;
        return 0;
}

int store_first_page_find(struct store *store, const struct reader *reader, struct str publication,
                          struct arena *arena, struct str *out_topic, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        enum store_visibility visibility;
        int r = find_readable(store,
                              READABLE "p.first_page FROM publication p WHERE p.slug = $4", reader,
                              publication, NULL, &visibility, &q, err);

        if (r < 0)
                return r;
        *out_topic = arena_str(arena, query_text(q, OWN));
        return 0;
}

int store_redirect_find(struct store *store, const struct reader *reader, struct str publication,
                        struct str from, struct arena *arena, struct str *out_topic,
                        struct err *err)
{
        static const char text[] = READABLE "d.to_slug FROM publication p"
                                   " JOIN redirect d ON d.publication = p.id"
                                   " WHERE p.slug = $4 AND d.from_slug = $5";
        struct query *q CLEANUP_QUERY = NULL;
        enum store_visibility visibility;
        int r = find_readable(store, text, reader, publication, &from, &visibility, &q,
                              err);

        if (r < 0)
                return r;
        *out_topic = arena_str(arena, query_text(q, OWN));
        return 0;
}

static int site_page_find(struct store *store, struct str path, unsigned accepted,
                          struct arena *arena, struct store_page *out, struct err *err)
{
        static const char text[] =
                "SELECT etag, updated, media_type, id, length(brotli), length(gzip)"
                " FROM site_page WHERE path = $1";
        static const struct body_texts bodies = {
                .brotli = "SELECT brotli FROM site_page WHERE id = $1",
                .gzip = "SELECT gzip FROM site_page WHERE id = $1",
                .plain = "SELECT gzip, identity FROM site_page WHERE id = $1",
        };
        struct query *q CLEANUP_QUERY = NULL;
        struct store_page page = { .visibility = STORE_PUBLIC };
        int r = query_start(store, text, ARGS(V_TEXT(path)), &q, err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return nothing_here(err);
        page.etag = query_text(q, 0);
        page.updated = query_int(q, 1);
        r = take_body(store, q, 3, &bodies, accepted, arena, &page, err);
        page.media_type = arena_str(arena, query_text(q, 2));
        if (r == 0)
                *out = page;
        return r;
}

/* What was rendered for the anonymous reader is public by its making; nobody is shown less. */
static bool may_read_site(const struct reader *reader)
{
        const struct store_publication site = { .id = 0, .visibility = STORE_PUBLIC };

        return may_read(&site, reader);
}

int store_home_find(struct store *store, const struct reader *reader, unsigned accepted,
                    struct arena *arena, struct store_page *out, struct err *err)
{
        if (!may_read_site(reader))
                return nothing_here(err);
        return site_page_find(store, STR("/"), accepted, arena, out, err);
}

static bool is_origin(struct str s)
{
        struct str https = STR("https://"), http = STR("http://");
        size_t at = str_starts(s, https) ? https.n : str_starts(s, http) ? http.n : s.n;

        if (at >= s.n || s.n > 300)
                return false;
        for (; at < s.n; at++) {
                char c = s.p[at];
                bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                          c == '-' || c == ':' || c == '[' || c == ']';

                if (!ok)
                        return false;
        }
        return true;
}

static struct str fill_in(struct str body, struct str origin, struct arena *arena)
{
        struct str mark = STR(STORE_ORIGIN_MARK), rest = body;
        size_t marks = 0;
        ptrdiff_t at;

        for (; (at = str_find_str(rest, mark)) >= 0; marks++)
                rest = str_make(rest.p + at + mark.n, rest.n - (size_t)at - mark.n);
        char *out = arena_alloc(arena, body.n + marks * origin.n + 1);
        size_t n = 0;

        for (rest = body; (at = str_find_str(rest, mark)) >= 0;) {
                memcpy(out + n, rest.p, (size_t)at);
                memcpy(out + n + at, origin.p, origin.n);
                n += (size_t)at + origin.n;
                rest = str_make(rest.p + at + mark.n, rest.n - (size_t)at - mark.n);
        }
        if (rest.n > 0)
                memcpy(out + n, rest.p, rest.n);
        return str_make(out, n + rest.n);
}

static int origin_page_find(struct store *store, const struct reader *reader, struct str path,
                            struct str origin, struct arena *arena, struct store_page *out,
                            struct err *err)
{
        struct store_page page;

        if (!is_origin(origin))
                return err_set(err, ERR_INVALID, "an origin is https://, a host and a port");
        if (!may_read_site(reader))
                return nothing_here(err);
        int r = site_page_find(store, path, 0, arena, &page, err);

        if (r < 0)
                return r;
        page.body = fill_in(page.body, origin, arena);
        *out = page;
        return 0;
}

int store_sitemap_find(struct store *store, const struct reader *reader, struct str origin,
                       struct arena *arena, struct store_page *out, struct err *err)
{
        return origin_page_find(store, reader, STR("/sitemap.xml"), origin, arena, out, err);
}

int store_robots_find(struct store *store, const struct reader *reader, struct str origin,
                      struct arena *arena, struct store_page *out, struct err *err)
{
        return origin_page_find(store, reader, STR("/robots.txt"), origin, arena, out, err);
}

int store_file_find(struct store *store, const struct reader *reader, struct str publication,
                    struct str path, struct arena *arena, struct store_file *out, struct err *err)
{
        static const char text[] =
                READABLE "f.blob, b.size, lower(hex(b.digest)), f.updated,"
                " f.media_type FROM publication p"
                " JOIN publication_file f ON f.publication = p.id JOIN blob b ON b.id = f.blob"
                " WHERE p.slug = $4 AND f.path = $5";
        struct query *q CLEANUP_QUERY = NULL;
        enum store_visibility visibility;
        int r = find_readable(store, text, reader, publication, &path, &visibility, &q,
                              err);

        if (r < 0)
                return r;
        struct str etag = query_text(q, OWN + 2);

        if (etag.n > FILE_ETAG_MAX)
                etag.n = FILE_ETAG_MAX;
        *out = (struct store_file){
                .blob = query_int(q, OWN),
                .size = (uint64_t)query_int(q, OWN + 1),
                .etag = str_of(arena_printf(arena, "\"%.*s\"", STR_ARG(etag))),
                .updated = query_int(q, OWN + 3),
                .media_type = arena_str(arena, query_text(q, OWN + 4)),
                .visibility = visibility,
        };
        return 0;
}

int store_file_read(struct store *store, const struct store_file *file, uint64_t offset, void *p,
                    size_t n, size_t *out_n, struct err *err)
{
        char *at = p;
        size_t done = 0;

        while (done < n && offset < file->size) {
                struct query *q CLEANUP_QUERY = NULL;
                int r = query_start(store,
                                    "SELECT data FROM blob_part WHERE blob = $1 AND position = $2",
                                    ARGS(V_INT(file->blob), V_INT(offset / STORE_PART)), &q, err);

                if (r == 0)
                        r = query_step(q, err);
                if (r < 0)
                        return r;
                struct str part = r == 1 ? query_text(q, 0) : (struct str){ NULL, 0 };
                size_t skip = (size_t)(offset % STORE_PART);

                if (part.n <= skip)
                        return err_set(err, ERR_GONE, "the file was replaced while it was read");
                size_t take = part.n - skip < n - done ? part.n - skip : n - done;

                memcpy(at + done, part.p + skip, take);
                done += take;
                offset += take;
        }
        *out_n = done;
        return 0;
}
