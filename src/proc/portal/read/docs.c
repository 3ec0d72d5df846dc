/*
 * docs.c -- topics and files of publications: /docs/PUBLICATION/TOPIC, /files/PUBLICATION/PATH.
 */
#include "proc/portal/identity.h"
#include "proc/portal/routes.h"

/* "/docs/guide/start" behind the prefix: publication "guide", rest "start". */
struct place {
        struct str publication;
        struct str rest;
        bool whole;             /* a slash stands behind the publication */
};

static int parse_place(struct http_exchange *x, size_t prefix, struct place *out, struct err *err)
{
        const struct http_request *req = http_exchange_request(x);
        struct str path;
        int r = http_path_decode(req->path, http_exchange_arena(x), &path, err);

        if (r < 0)
                return r;
        struct str rest = str_make(path.p + prefix, path.n - prefix);

        out->whole = str_find(rest, '/') >= 0;
        out->publication = str_cut(&rest, '/');
        out->rest = rest;
        return 0;
}

static bool is_markdown(struct str topic)
{
        return topic.n > 3 && str_ends(topic, STR(".md"));
}

static int find_topic(struct portal *portal, struct http_exchange *x, unsigned accepted,
                      struct store_page *out, struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        struct place place;
        int r = parse_place(x, sizeof "/docs/" - 1, &place, err);

        if (r < 0)
                return r;
        struct reader reader = reader_of(portal, x, place.publication);

        if (is_markdown(place.rest))
                return store_markdown_find(portal->store, &reader, place.publication,
                                           str_make(place.rest.p, place.rest.n - 3), arena, out, err);
        return store_page_find(portal->store, &reader, place.publication, place.rest, accepted,
                               arena, out, err);
}

static struct str topic_path(struct arena *arena, struct str publication, struct str topic)
{
        const char *text = arena_printf(arena, "/docs/%.*s/%.*s", STR_ARG(publication), STR_ARG(topic));

        return http_location(arena, str_of(text));
}

/* /docs/PUBLICATION and /docs/PUBLICATION/ lead to the first page. */
static void go_to_first(struct portal *portal, struct http_exchange *x, const struct place *place)
{
        struct arena *arena = http_exchange_arena(x);
        struct reader reader = reader_of(portal, x, place->publication);
        struct str topic;
        struct err err;

        if (store_first_page_find(portal->store, &reader, place->publication, arena, &topic,
                                  &err) < 0)
                reply_missing(portal, x);
        else
                reply_moved(x, 302, topic_path(arena, place->publication, topic));
}

/* A topic that was renamed, or its address with a slash too many. */
static bool go_to_new_place(struct portal *portal, struct http_exchange *x, const struct place *place)
{
        struct arena *arena = http_exchange_arena(x);
        struct reader reader = reader_of(portal, x, place->publication);
        struct store_page page;
        struct str topic = place->rest;

        if (topic.n > 1 && topic.p[topic.n - 1] == '/') {
                topic.n--;
                if (store_page_find(portal->store, &reader, place->publication, topic,
                                    STORE_IDENTITY, arena, &page, NULL) == 0) {
                        reply_moved(x, 308, topic_path(arena, place->publication, topic));
                        return true;
                }
        }
        if (store_redirect_find(portal->store, &reader, place->publication, topic, arena,
                                &topic, NULL) < 0)
                return false;
        reply_moved(x, 308, topic_path(arena, place->publication, topic));
        return true;
}

/* No page has this address: was there one? */
static void go_on(struct portal *portal, struct http_exchange *x)
{
        struct place place;
        struct err err;

        if (parse_place(x, sizeof "/docs/" - 1, &place, &err) < 0 || !go_to_new_place(portal, x, &place))
                reply_missing(portal, x);
}

void docs_topic(struct conn *conn, struct http_exchange *x)
{
        const struct http_request *req = http_exchange_request(x);
        struct portal *portal = conn->portal;
        struct place place;
        struct err err;
        size_t slashes = 0;

        for (size_t i = 0; i < req->path.n; i++)
                slashes += req->path.p[i] == '/';
        /* The usual address goes straight to the cache: nothing is decoded, copied or looked up for it. */
        bool unusual = slashes < 3 || req->path.p[req->path.n - 1] == '/';

        if (!unusual) {
                reply_page(conn, x, req->path, find_topic, go_on);
                return;
        }
        if (parse_place(x, sizeof "/docs/" - 1, &place, &err) == 0 && place.rest.n == 0)
                go_to_first(portal, x, &place);
        else
                go_on(portal, x);
}

/* ---- files ---- */

struct file_body {
        struct store *store;
        struct store_file file;
};

static int read_file(void *ctx, uint64_t offset, void *p, size_t n)
{
        struct file_body *body = ctx;
        char *at = p;

        while (n > 0) {
                size_t got = 0;
                struct err err;

                if (store_file_read(body->store, &body->file, offset, at, n, &got, &err) < 0 || got == 0)
                        return -1;
                at += got;
                offset += got;
                n -= got;
        }
        return 0;
}

/* Shown in the page, under a policy that lets nothing in it run; everything else is downloaded. */
static bool may_show_inline(struct str media_type)
{
        return str_starts(media_type, STR("image/")) || str_starts(media_type, STR("video/")) ||
               str_starts(media_type, STR("audio/")) || str_is(media_type, "application/pdf");
}

static struct str last_segment(struct str path)
{
        for (size_t i = path.n; i > 0; i--)
                if (path.p[i - 1] == '/')
                        return str_make(path.p + i, path.n - i);
        return path;
}

void reply_file(struct conn *conn, struct http_exchange *x, struct str path, const struct store_file *file,
                enum reply_file_cache cache)
{
        struct arena *arena = http_exchange_arena(x);
        struct file_body *body = arena_alloc(arena, sizeof *body);
        struct str tag = file->etag;

        if (tag.n >= 2 && tag.p[0] == '"')      /* the entity adds quotes of its own */
                tag = str_make(tag.p + 1, tag.n - 2);
        *body = (struct file_body){ conn->portal->store, *file };
        const struct http_entity entity = {
                .tag = tag,
                .last_modified = file->updated,
                .content_type = file->media_type,
                .cache_control = cache == REPLY_FILE_UNCACHED         ? STR("no-store")
                                 : file->visibility == STORE_PUBLIC ? STR("public, no-cache")
                                                                    : STR("private, no-store"),
                .content_disposition = http_disposition(arena, last_segment(path),
                                                        may_show_inline(file->media_type)),
                .csp = HTTP_CSP_FILE,
                .identity = { .kind = HTTP_BODY_SOURCE, .read = read_file, .length = file->size,
                              .ctx = body },
        };

        http_reply_entity(x, &entity);
}

void docs_file(struct conn *conn, struct http_exchange *x)
{
        struct portal *portal = conn->portal;
        struct reader reader = reader_anonymous;
        struct store_file file;
        struct place place;
        struct err err;
        int r = parse_place(x, sizeof "/files/" - 1, &place, &err);

        if (r == 0) {
                reader = reader_of(portal, x, place.publication);
                r = store_file_find(portal->store, &reader, place.publication, place.rest,
                                    http_exchange_arena(x), &file, &err);
        }
        if (r == 0) {
                reply_file(conn, x, place.rest, &file, REPLY_FILE_BY_VISIBILITY);
        } else if (r == ERR_NOT_FOUND || r == ERR_INVALID) {
                reply_missing(portal, x);
        } else {
                service_log(LOG_ERROR, "file path=%s: %s",
                            service_quote(http_exchange_request(x)->path).text, err.text);
                reply_error(portal, x, 500);
        }
}
