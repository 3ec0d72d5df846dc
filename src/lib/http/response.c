/*
 * response.c -- from a handler's answer to header fields.
 */
#include "http/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "http/headers.h"
#include "http/private.h"

static const struct {
        unsigned status;
        const char *text;
} PHRASES[] = {
        { 200, "OK" },
        { 304, "Not Modified" },
        { 404, "Not Found" },
        { 100, "Continue" },
        { 201, "Created" },
        { 202, "Accepted" },
        { 204, "No Content" },
        { 206, "Partial Content" },
        { 301, "Moved Permanently" },
        { 302, "Found" },
        { 303, "See Other" },
        { 307, "Temporary Redirect" },
        { 308, "Permanent Redirect" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 405, "Method Not Allowed" },
        { 406, "Not Acceptable" },
        { 408, "Request Timeout" },
        { 409, "Conflict" },
        { 410, "Gone" },
        { 411, "Length Required" },
        { 412, "Precondition Failed" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 415, "Unsupported Media Type" },
        { 416, "Range Not Satisfiable" },
        { 417, "Expectation Failed" },
        { 421, "Misdirected Request" },
        { 422, "Unprocessable Content" },
        { 425, "Too Early" },
        { 428, "Precondition Required" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 505, "HTTP Version Not Supported" },
        { 507, "Insufficient Storage" },
};

const char *http_status_text(unsigned status)
{
        for (size_t i = 0; i < ARRAY_LEN(PHRASES); i++)
                if (PHRASES[i].status == status)
                        return PHRASES[i].text;
        return "Unknown";
}

void body_release(struct http_body *body)
{
        void (*release)(void *ctx) = body->release;

        body->kind = HTTP_BODY_NONE;
        body->release = NULL;
        if (release != NULL)
                release(body->ctx);
}

struct http_body http_body_owned(char *p, size_t n)
{
        return (struct http_body){ .kind = HTTP_BODY_BYTES, .bytes = { p, n }, .release = free,
                                   .ctx = p };
}

static struct str decimal(char *to, size_t size, uint64_t n)
{
        char *p = to + size;

        do {
                *--p = (char)('0' + n % 10);
                n /= 10;
        } while (n > 0);
        return str_make(p, (size_t)(to + size - p));
}

static void add(struct fields *f, struct str name, struct str value)
{
        check(f->n < FIELDS_MAX);
        f->list[f->n++] = (struct http_header){ name, value };
}

static void add_text(struct fields *f, struct str name, struct str value)
{
        if (value.n == 0)
                return;
        check(http_is_value(value));
        add(f, name, value);
}

void response_fields(struct fields *f, const struct http_request *req,
                     const struct http_response *resp)
{
        unsigned status = resp->status;
        uint64_t length = body_length(&resp->body);

        f->n = 0;
        f->has_body = req->method != HTTP_HEAD && status != 204 && status != 304 && length > 0;
        add(f, STR("date"), http_date_now());
        add_text(f, STR("content-type"), resp->content_type);
        /* A 304 repeats no length: that of the missing body would be the wrong one. */
        if (status != 204 && status != 304)
                add(f, STR("content-length"), decimal(f->length, sizeof f->length, length));
        add_text(f, STR("content-encoding"), resp->content_encoding);
        add_text(f, STR("content-range"), resp->content_range);
        add_text(f, STR("content-language"), resp->content_language);
        add_text(f, STR("content-disposition"), resp->content_disposition);
        add_text(f, STR("accept-ranges"), resp->accept_ranges);
        add_text(f, STR("etag"), resp->etag);
        if (resp->last_modified > 0)
                add(f, STR("last-modified"), http_date_text(resp->last_modified));
        add_text(f, STR("cache-control"),
                 resp->cache_control.n > 0 ? resp->cache_control : STR("no-store"));
        add_text(f, STR("vary"), resp->vary);
        add_text(f, STR("location"), resp->location);
        add_text(f, STR("allow"), resp->allow);
        add_text(f, STR("link"), resp->link);
        if (resp->retry_after > 0)
                add(f, STR("retry-after"), decimal(f->retry, sizeof f->retry, resp->retry_after));
}

/* What the engine or another field of the response decides may not be set a second time. */
static bool is_reserved(struct str name)
{
        static const char *const names[] = {
                "connection", "content-length", "content-security-policy", "date", "keep-alive",
                "server", "te", "trailer", "transfer-encoding", "upgrade", "x-frame-options",
        };

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_is(name, names[i]))
                        return true;
        return false;
}

void response_check_extra(const struct http_response *resp)
{
        for (size_t i = 0; i < resp->nextra; i++) {
                struct str name = resp->extra[i].name;

                check(http_is_token(name) && http_is_value(resp->extra[i].value));
                check(!is_reserved(name));
                for (size_t k = 0; k < name.n; k++)
                        check((unsigned char)name.p[k] == http_lower[(unsigned char)name.p[k]]);
        }
}

struct http_response refusal(struct http_exchange *x, unsigned status, const char *why)
{
        const char *text = http_status_text(status);
        const char *body = why != NULL ? arena_printf(x->arena, "%s: %s\n", text, why)
                                       : arena_printf(x->arena, "%s\n", text);

        return (struct http_response){
                .status = status,
                .content_type = STR("text/plain; charset=utf-8"),
                .csp = HTTP_CSP_FILE,
                .allow = status == 405 ? STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
                                       : (struct str){ 0 },
                .body = http_body_static(str_of(body)),
        };
}

void http_reply_text(struct http_exchange *x, unsigned status, const char *text)
{
        struct http_response resp = refusal(x, status, NULL);

        if (text != NULL) {
                resp.body.bytes = str_of(arena_strdup(x->arena, text));
                resp.allow = (struct str){ 0 };
        }
        http_reply(x, &resp);
}

/* ---- values made of foreign text ---- */

static bool attr_char(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c != '\0' && strchr("!#$&+-.^_`|~", c) != NULL);
}

struct str http_disposition(struct arena *arena, struct str filename, bool inline_ok)
{
        static const char digits[] = "0123456789ABCDEF";
        size_t size = 64 + filename.n * 4;
        char *to = arena_alloc(arena, size);
        size_t n = (size_t)snprintf(to, size, "%s; filename=\"",
                                    inline_ok ? "inline" : "attachment");
        bool plain = true;

        for (size_t i = 0; i < filename.n; i++) {
                char c = filename.p[i];
                bool fits = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '%' && c != '/';

                plain = plain && fits;
                to[n++] = fits ? c : '_';
        }
        to[n++] = '"';
        if (!plain && str_is_utf8(filename)) {
                n += (size_t)snprintf(to + n, size - n, "; filename*=UTF-8''");
                for (size_t i = 0; i < filename.n; i++) {
                        char c = filename.p[i];

                        if (attr_char(c)) {
                                to[n++] = c;
                        } else {
                                to[n++] = '%';
                                to[n++] = digits[(unsigned char)c >> 4];
                                to[n++] = digits[(unsigned char)c & 15];
                        }
                }
        }
        return str_make(to, n);
}

struct str http_location(struct arena *arena, struct str path)
{
        static const char digits[] = "0123456789ABCDEF";
        char *to = arena_alloc(arena, path.n * 3 + 2);
        size_t n = 0;

        if (path.n == 0 || path.p[0] != '/')
                to[n++] = '/';
        for (size_t i = 0; i < path.n; i++) {
                char c = path.p[i];

                /* "//host" and "/\host" lead away from here: keep one slash only. */
                if (n == 1 && (c == '/' || c == '\\'))
                        continue;
                if (c > ' ' && c <= '~' && strchr("\"<>\\^`{|}", c) == NULL) {
                        to[n++] = c;
                } else {
                        to[n++] = '%';
                        to[n++] = digits[(unsigned char)c >> 4];
                        to[n++] = digits[(unsigned char)c & 15];
                }
        }
        return str_make(to, n);
}
