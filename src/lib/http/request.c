/*
 * request.c -- asking a request for its parts.
 */
#include "http/request.h"

#include <string.h>

#include "base/check.h"
#include "http/private.h"

enum { FIELDS_IN_FORM_MAX = 1000 };

struct str http_request_header_next(const struct http_request *req, const char *name, size_t *at)
{
        struct str wanted = str_of(name);

        while (*at < req->nheaders) {
                const struct http_header *h = &req->headers[(*at)++];

                if (str_eq(h->name, wanted))
                        return h->value;
        }
        return (struct str){ 0 };
}

struct str http_request_header(const struct http_request *req, const char *name)
{
        size_t at = 0;

        return http_request_header_next(req, name, &at);
}

struct str http_request_list(const struct http_request *req, const char *name, struct arena *arena)
{
        size_t at = 0;
        struct str all = http_request_header_next(req, name, &at);

        if (all.p == NULL)
                return all;
        for (;;) {
                struct str more = http_request_header_next(req, name, &at);

                if (more.p == NULL)
                        return all;
                all = str_of(arena_printf(arena, "%.*s, %.*s", STR_ARG(all), STR_ARG(more)));
        }
}

struct str http_request_cookie(const struct http_request *req, const char *name)
{
        struct str wanted = str_of(name);
        struct str found = { 0 };
        size_t at = 0;

        for (;;) {
                struct str line = http_request_header_next(req, "cookie", &at);

                if (line.p == NULL)
                        return found;
                while (line.n > 0) {
                        struct str pair = str_trim(str_cut(&line, ';'));
                        ptrdiff_t eq = str_find(pair, '=');

                        if (eq < 0 || !str_eq(str_make(pair.p, (size_t)eq), wanted))
                                continue;
                        if (found.p != NULL)
                                return (struct str){ 0 };
                        found = str_make(pair.p + eq + 1, pair.n - (size_t)eq - 1);
                }
        }
}

bool http_host_is(const struct http_request *req, const char *name)
{
        return str_is(req->host, name);
}

static int hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

/* Percent-decode in into to; returns the length, or -1 with *err set. */
static ptrdiff_t decode(struct str in, char *to, bool plus_is_blank, bool slashes_ok,
                        struct err *err)
{
        size_t n = 0;

        for (size_t i = 0; i < in.n; i++) {
                char c = in.p[i];

                if (c == '%') {
                        int high = i + 2 < in.n ? hex(in.p[i + 1]) : -1;
                        int low = i + 2 < in.n ? hex(in.p[i + 2]) : -1;

                        if (high < 0 || low < 0)
                                return err_set(err, ERR_INVALID, "a percent sign is not followed "
                                               "by two hexadecimal digits; write it as %%25");
                        c = (char)(high << 4 | low);
                        i += 2;
                        if (!slashes_ok && (c == '/' || c == '\\'))
                                return err_set(err, ERR_INVALID, "an encoded slash or backslash "
                                               "is not allowed in a path");
                        if (!slashes_ok && ((unsigned char)c < 0x20 || c == 0x7f))
                                return err_set(err, ERR_INVALID, "an encoded control character is "
                                               "not allowed in a path");
                } else if (c == '+' && plus_is_blank) {
                        c = ' ';
                }
                if (c == '\0')
                        return err_set(err, ERR_INVALID, "a zero byte is not allowed here");
                to[n++] = c;
        }
        if (!str_is_utf8(str_make(to, n)))
                return err_set(err, ERR_INVALID, "the text is not UTF-8");
        return (ptrdiff_t)n;
}

static int check_segments(struct str path, struct err *err)
{
        struct str rest = path;

        while (rest.n > 0) {
                struct str segment = str_cut(&rest, '/');

                if (str_is(segment, ".") || str_is(segment, ".."))
                        return err_set(err, ERR_INVALID, "a path may not hold the segments . and "
                                       "..; ask for the page by its own path");
        }
        return 0;
}

int http_path_decode(struct str path, struct arena *arena, struct str *out, struct err *err)
{
        char *to = arena_alloc(arena, path.n + 1);
        ptrdiff_t n = decode(path, to, false, false, err);

        if (n < 0)
                return (int)n;

        int r = check_segments(str_make(to, (size_t)n), err);

        if (r < 0)
                return r;
        *out = str_make(to, (size_t)n);
        return 0;
}

int http_form_field(struct str form, const char *name, struct arena *arena, struct str *out,
                    struct err *err)
{
        struct str wanted = str_of(name);
        struct str rest = form;

        for (unsigned i = 0; rest.n > 0 && i < FIELDS_IN_FORM_MAX; i++) {
                struct str value = str_cut(&rest, '&');
                struct str key = str_cut(&value, '=');

                /* Field names are ours and need no decoding: one spelling each. */
                if (!str_eq(key, wanted))
                        continue;

                char *to = arena_alloc(arena, value.n + 1);
                ptrdiff_t n = decode(value, to, true, true, err);

                if (n < 0)
                        return (int)n;
                *out = str_make(to, (size_t)n);
                return 0;
        }
        return err_set(err, ERR_NOT_FOUND, "the form has no field '%s'", name);
}
