/*
 * errors.c -- answers without content. What is hidden and what is not there give the same bytes, by the
 * same work: nothing is looked up for either.
 */
#include "crypto/password.h"
#include "routes.h"
#include "store/settings.h"

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

void reply_private(struct http_exchange *x, unsigned status, struct buf *out,
                   const struct http_header *headers, size_t nheaders, unsigned retry_after)
{
        size_t n;
        char *bytes = buf_detach(out, &n);
        const struct http_response response = {
                .status = status,
                .content_type = STR("text/html; charset=utf-8"),
                .cache_control = STR("private, no-store"),
                .retry_after = retry_after,
                .extra = headers,
                .nextra = nheaders,
                .body = http_body_owned(bytes, n),
        };

        http_reply(x, &response);
}

void reply_see_other(struct http_exchange *x, struct str path, const struct http_header *headers,
                     size_t nheaders)
{
        const struct http_response response = {
                .status = 303,
                .location = path,
                .cache_control = STR("private, no-store"),
                .extra = headers,
                .nextra = nheaders,
        };

        http_reply(x, &response);
}

enum { BUSY_SECONDS = 5 };

void reply_busy(struct portal *portal, struct http_exchange *x)
{
        struct buf out = { 0 };

        page_render_error(&out, &(struct page_error){
                .site = *site_of(portal), .status = 503,
                .heading = STR("One moment, please"),
                .text = STR("Many people are logging in just now. Go back and try again in a few seconds."),
        });
        reply_private(x, 503, &out, NULL, 0, BUSY_SECONDS);
}

unsigned password_minimum_of(const struct store_settings *settings)
{
        const struct password_policy policy = {
                .profile = (enum password_profile)settings->password_profile,
                .min_length = settings->password_minimum,
        };

        return password_minimum(&policy, false);
}
