/*
 * errors.c -- answers without content. What is hidden and what is not there give the same bytes, by the
 * same work: nothing is looked up for either.
 */
#include "routes.h"

void reply_error(struct portal *portal, struct http_exchange *x, unsigned status)
{
        struct page_error page = { .site = *site_of(portal), .status = status };
        struct buf out = { 0 };
        size_t n;

        page_render_error(&out, &page);
        char *bytes = buf_detach(&out, &n);
        const struct http_response response = {
                .status = status,
                .content_type = STR("text/html; charset=utf-8"),
                .cache_control = STR("no-store"),
                .body = http_body_owned(bytes, n),
        };

        http_reply(x, &response);
}

void reply_missing(struct portal *portal, struct http_exchange *x)
{
        reply_error(portal, x, 404);
}

void reply_moved(struct http_exchange *x, unsigned status, struct str path)
{
        const struct http_response response = {
                .status = status,
                .location = path,
                .cache_control = STR("no-cache"),
        };

        http_reply(x, &response);
}
