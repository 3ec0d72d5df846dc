/*
 * syntax.c -- the pieces of grammar that HTTP/1.1 and HTTP/2 have in common.
 */
#include <string.h>

#include "http/private.h"

#define LOWER_ROW(a) a, a + 1, a + 2, a + 3, a + 4, a + 5, a + 6, a + 7,                           \
                     a + 8, a + 9, a + 10, a + 11, a + 12, a + 13, a + 14, a + 15
const unsigned char http_lower[256] = {
        LOWER_ROW(0x00), LOWER_ROW(0x10), LOWER_ROW(0x20), LOWER_ROW(0x30),
        0x40, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
        'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0x5b, 0x5c, 0x5d, 0x5e, 0x5f,
        LOWER_ROW(0x60), LOWER_ROW(0x70), LOWER_ROW(0x80), LOWER_ROW(0x90),
        LOWER_ROW(0xa0), LOWER_ROW(0xb0), LOWER_ROW(0xc0), LOWER_ROW(0xd0),
        LOWER_ROW(0xe0), LOWER_ROW(0xf0),
};

/* RFC 9110, 5.6.2: letters, digits and these. */
static const bool token_char[256] = {
        ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
        ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true,
        ['`'] = true, ['|'] = true, ['~'] = true,
        ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
};

bool http_is_token(struct str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (!token_char[(unsigned char)s.p[i]])
                        return false;
        return s.n > 0;
}

bool http_is_value(struct str s)
{
        for (size_t i = 0; i < s.n; i++) {
                unsigned char c = (unsigned char)s.p[i];

                if ((c < 0x20 && c != '\t') || c == 0x7f)
                        return false;
        }
        return true;
}

static const struct {
        struct str text;
        enum http_method method;
} METHODS[] = {
        { { "GET", 3 }, HTTP_GET },       { { "HEAD", 4 }, HTTP_HEAD },
        { { "POST", 4 }, HTTP_POST },     { { "PUT", 3 }, HTTP_PUT },
        { { "PATCH", 5 }, HTTP_PATCH },   { { "DELETE", 6 }, HTTP_DELETE },
        { { "OPTIONS", 7 }, HTTP_OPTIONS },
};

bool http_method_parse(struct str text, enum http_method *out)
{
        for (size_t i = 0; i < ARRAY_LEN(METHODS); i++)
                if (str_eq(text, METHODS[i].text)) {
                        *out = METHODS[i].method;
                        return true;
                }
        return false;
}

const char *http_method_name(enum http_method method)
{
        return METHODS[method].text.p;
}

static bool port_ok(struct str port)
{
        uint64_t number;

        return port.n > 0 && port.n <= 5 && str_to_u64(port, 65535, &number, NULL) == 0;
}

static bool host_char(char c, bool brackets)
{
        if ((c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == '.')
                return true;
        return brackets ? c == ':' : (c >= 'g' && c <= 'z') || c == '-' || c == '_';
}

/*
 * Names, IPv4 and bracketed IPv6 addresses. Percent-encoding, which RFC 3986 would allow, and user
 * info have no honest use in Host.
 */
bool http_host_parse(char *p, size_t n, struct str *host)
{
        size_t end = 0;
        bool brackets = n > 0 && p[0] == '[';

        for (size_t i = 0; i < n; i++)
                p[i] = (char)http_lower[(unsigned char)p[i]];
        if (brackets) {
                for (end = 1; end < n && p[end] != ']'; end++)
                        if (!host_char(p[end], true))
                                return false;
                if (end == n || end < 3)
                        return false;
                end++;
        } else {
                while (end < n && p[end] != ':') {
                        if (!host_char(p[end], false))
                                return false;
                        end++;
                }
        }
        if (end == 0)
                return false;
        if (end < n && (p[end] != ':' || !port_ok(str_make(p + end + 1, n - end - 1))))
                return false;
        *host = str_make(p, end);
        return true;
}

bool http_target_parse(struct http_request *req, struct str target)
{
        bool in_query = false;
        size_t path_n = target.n;

        if (target.n == 0)
                return false;
        if (target.n == 1 && target.p[0] == '*') {
                req->target = req->path = target;
                return req->method == HTTP_OPTIONS;
        }
        if (target.p[0] != '/')
                return false;
        for (size_t i = 0; i < target.n; i++) {
                char c = target.p[i];

                /* Visible ASCII but for what no browser sends unescaped. */
                if (c <= ' ' || c > '~' || c == '#' || c == '"' || c == '<' || c == '>' ||
                    (c == '\\' && !in_query))
                        return false;
                if (c == '?' && !in_query) {
                        in_query = true;
                        path_n = i;
                }
        }
        req->target = target;
        req->path = str_make(target.p, path_n);
        req->has_query = in_query;
        req->query = in_query ? str_make(target.p + path_n + 1, target.n - path_n - 1)
                              : (struct str){ "", 0 };
        return true;
}
