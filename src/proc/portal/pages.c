/*
 * pages.c -- send a stored page: from memory when it is there, else by one indexed lookup.
 */
#include "cache.h"
#include "routes.h"

/* What the store may give for a coding the client wants. */
static unsigned accepted_set(enum http_coding coding)
{
        switch (coding) {
        case HTTP_BROTLI:
                return STORE_BROTLI;
        case HTTP_GZIP:
                return STORE_GZIP;
        default:
                return STORE_IDENTITY;
        }
}

static struct str coding_name(enum store_encoding encoding)
{
        return encoding == STORE_BROTLI ? STR("br")
               : encoding == STORE_GZIP ? STR("gzip")
                                        : STR("");
}

/* Takes over one reference of page, or of nothing when the page is restricted: then it is a copy. */
static void send_cached(struct http_exchange *x, struct cached *page, bool public)
{
        const struct http_request *req = http_exchange_request(x);
        struct http_response response = {
                .content_type = page->content_type,
                .content_encoding = page->content_encoding,
                .etag = page->etag,
                .last_modified = page->updated,
                .cache_control = public ? STR("public, no-cache") : STR("private, no-store"),
                .vary = STR("accept-encoding"),
        };

        switch (http_check_conditions(req, page->etag, page->updated, true)) {
        case HTTP_NOT_MODIFIED:
                response.status = 304;
                break;
        case HTTP_PRECONDITION_FAILED:
                response.status = 412;
                response.etag = (struct str){ "", 0 };
                response.content_encoding = (struct str){ "", 0 };
                break;
        case HTTP_SEND:
                response.status = 200;
                break;
        }
        if (response.status == 200)
                response.body = (struct http_body){
                        .kind = HTTP_BODY_BYTES, .bytes = page->body,
                        .release = cached_release, .ctx = page,
                };
        http_reply(x, &response);
        if (response.status != 200)
                cached_release(page);
}

static struct cached *keep(struct portal *portal, enum http_coding coding, struct str key,
                           const struct store_page *page)
{
        const struct cached fields = {
                .body = page->body,
                .etag = page->etag,
                .content_type = page->media_type,
                .content_encoding = coding_name(page->encoding),
                .updated = page->updated,
        };

        return cache_put(portal->cache, coding, key, &fields);
}

/* A copy that only this answer holds: what not everybody may read must not outlive its check. */
static struct cached *copy(const struct store_page *page)
{
        struct cache *none = cache_new(0);
        const struct cached fields = {
                .body = page->body,
                .etag = page->etag,
                .content_type = page->media_type,
                .content_encoding = coding_name(page->encoding),
                .updated = page->updated,
        };
        struct cached *page_copy = cache_put(none, HTTP_IDENTITY, STR(""), &fields);

        cache_free(&none);
        return page_copy;
}

void reply_page(struct conn *conn, struct http_exchange *x, struct str key, page_find_fn *find,
                page_missing_fn *missing)
{
        struct portal *portal = conn->portal;
        const struct http_request *req = http_exchange_request(x);
        enum http_coding coding =
                http_negotiate(http_request_header(req, "accept-encoding"), true, true);
        struct store_page page;
        struct err err;

        if (coding == HTTP_NOT_ACCEPTABLE)
                coding = HTTP_IDENTITY; /* RFC 9110, 12.5.3: sending it plain is allowed and useful */
        struct cached *cached =
                cache_find(portal->cache, store_generation(portal->store), coding, key);

        if (cached != NULL) {
                cached_hold(cached);
                send_cached(x, cached, true);
                return;
        }
        int r = find(portal, x, accepted_set(coding), &page, &err);

        if (r == ERR_NOT_FOUND || r == ERR_INVALID) {
                missing(portal, x);
        } else if (r < 0) {
                service_log(LOG_ERROR, "page path=%s: %s", service_quote(req->path).text, err.text);
                reply_error(portal, x, 500);
        } else if (page.visibility == STORE_PUBLIC) {
                send_cached(x, keep(portal, coding, key, &page), true);
        } else {
                send_cached(x, copy(&page), false);
        }
}
