/*
 * h1_parse.c -- the strict HTTP/1.1 parser: heads and chunked bodies.
 *
 * Whatever two readers of the same bytes could understand differently is refused, not repaired:
 * that is what request smuggling lives on. All of RFC 9112's "MAY accept" is "does not".
 */
#include <string.h>

#include "base/check.h"
#include "http/private.h"

enum {
        CHUNK_DIGITS_MAX = 8,
        CHUNK_OVERHEAD_MAX = 4096,      /* extensions and trailers of one body */
        TRAILER_LINES_COST = 32,        /* so that empty-ish trailer lines count, too */
};

static unsigned refuse(unsigned status, const char *reason, const char **why)
{
        *why = reason;
        return status;
}

/* The next line without its CRLF; the caller has made sure that each LF follows a CR. */
static struct str take_line(struct str *rest)
{
        const char *end = memchr(rest->p, '\n', rest->n);

        check(end != NULL && end > rest->p && end[-1] == '\r');
        struct str line = { rest->p, (size_t)(end - rest->p) - 1 };

        rest->n -= line.n + 2;
        rest->p += line.n + 2;
        return line;
}

static unsigned parse_version(struct str text, struct http_request *req, const char **why)
{
        if (str_is(text, "HTTP/1.1"))
                req->version = HTTP_1_1;
        else if (str_is(text, "HTTP/1.0"))
                req->version = HTTP_1_0;
        else if (text.n == 8 && memcmp(text.p, "HTTP/", 5) == 0 && text.p[6] == '.' &&
                 text.p[5] >= '0' && text.p[5] <= '9' && text.p[7] >= '0' && text.p[7] <= '9')
                return refuse(505, "this server speaks HTTP/1.1 and HTTP/2", why);
        else
                return refuse(400, "the request line does not end in HTTP/1.1", why);
        return 0;
}

/*
 * "https://host/path" (RFC 9112, 3.2.2): as a proxy would be asked. Leaves the host in *authority
 * and gives back the origin form.
 */
static struct str split_absolute(struct str target, struct str *authority)
{
        size_t scheme = 0;

        if (target.n > 8 && str_eq_nocase(str_make(target.p, 8), STR("https://")))
                scheme = 8;
        else if (target.n > 7 && str_eq_nocase(str_make(target.p, 7), STR("http://")))
                scheme = 7;
        else
                return target;

        size_t end = scheme;

        while (end < target.n && target.p[end] != '/' && target.p[end] != '?')
                end++;
        *authority = str_make(target.p + scheme, end - scheme);
        if (end == target.n)
                return STR("/");
        return str_make(target.p + end, target.n - end);
}

static unsigned parse_target(struct str target, struct http_request *req, struct str *authority,
                             const char **why)
{
        struct str origin = split_absolute(target, authority);

        /* "http://host?query" has the path "/", which stands nowhere in the bytes. */
        if (origin.n > 0 && origin.p[0] == '?')
                return refuse(400, "the target has a query but no path", why);
        if (origin.n == 1 && origin.p[0] == '*' && authority->p != NULL)
                return refuse(400, "malformed target", why);
        if (!http_target_parse(req, origin))
                return refuse(400, "the target is not an absolute path of visible ASCII "
                              "characters", why);
        return 0;
}

static unsigned parse_request_line(struct str line, const struct http_limits *limits,
                                   struct http_request *req, struct str *authority,
                                   const char **why)
{
        const char *end = line.p + line.n;
        const char *first = memchr(line.p, ' ', line.n);

        if (first == NULL)
                return refuse(400, "malformed request line", why);
        req->method_text = str_make(line.p, (size_t)(first - line.p));
        if (!http_is_token(req->method_text))
                return refuse(400, "malformed method", why);

        const char *at = first + 1;
        const char *second = memchr(at, ' ', (size_t)(end - at));
        struct str target = { at, (size_t)((second != NULL ? second : end) - at) };

        if (target.n > limits->target_bytes)
                return refuse(414, "shorten the address", why);
        if (second == NULL)
                return refuse(target.n > 0 ? 505 : 400, "the request line has no version", why);

        unsigned status = parse_version(str_make(second + 1, (size_t)(end - second) - 1), req, why);

        if (status != 0)
                return status;
        if (str_is(req->method_text, "CONNECT") || str_is(req->method_text, "TRACE"))
                return refuse(405, "this server is no proxy", why);
        if (!http_method_parse(req->method_text, &req->method))
                return refuse(501, "unknown method", why);
        return parse_target(target, req, authority, why);
}

static unsigned parse_field(struct str line, struct http_header *out, const char **why)
{
        const char *colon = memchr(line.p, ':', line.n);

        if (colon == NULL)
                return refuse(400, "a header line has no colon", why);
        out->name = str_make(line.p, (size_t)(colon - line.p));
        /* Also what starts with a blank (an obsolete folded line) or has one before the colon. */
        if (!http_is_token(out->name))
                return refuse(400, "malformed header name", why);
        out->value = str_make(colon + 1, line.n - out->name.n - 1);
        while (out->value.n > 0 && (out->value.p[0] == ' ' || out->value.p[0] == '\t')) {
                out->value.p++;
                out->value.n--;
        }
        while (out->value.n > 0 && (out->value.p[out->value.n - 1] == ' ' ||
                                    out->value.p[out->value.n - 1] == '\t'))
                out->value.n--;
        if (!http_is_value(out->value))
                return refuse(400, "a header value holds a control character", why);
        return 0;
}

/* What has been met of the headers that decide about framing and routing. */
struct seen {
        unsigned host, length, coding;
        struct str host_value, length_value, coding_value, expect;
        bool close;
};

static void note_connection(struct str value, struct seen *seen)
{
        while (value.n > 0)
                if (str_eq_nocase(str_trim(str_cut(&value, ',')), STR("close")))
                        seen->close = true;
}

static void note(const struct http_header *h, struct seen *seen)
{
        switch (h->name.n) {
        case 4:
                if (str_is(h->name, "host")) {
                        seen->host++;
                        seen->host_value = h->value;
                }
                break;
        case 6:
                if (str_is(h->name, "expect"))
                        seen->expect = h->value.n > 0 ? h->value : STR("?");
                break;
        case 10:
                if (str_is(h->name, "connection"))
                        note_connection(h->value, seen);
                break;
        case 14:
                if (str_is(h->name, "content-length")) {
                        seen->length++;
                        seen->length_value = h->value;
                }
                break;
        case 17:
                if (str_is(h->name, "transfer-encoding")) {
                        seen->coding++;
                        seen->coding_value = h->value;
                }
                break;
        default:
                break;
        }
}

static unsigned decide_framing(const struct seen *seen, const struct http_request *req,
                               struct h1_head *head, const char **why)
{
        if (seen->length > 1 || seen->coding > 1)
                return refuse(400, "the length of the body is given twice", why);
        if (seen->length > 0 && seen->coding > 0)
                return refuse(400, "Content-Length and Transfer-Encoding exclude each other", why);
        if (seen->length > 0) {
                if (str_to_u64(seen->length_value, INT64_MAX, &head->length, NULL) < 0)
                        return refuse(400, "Content-Length is not a number", why);
                head->framing = head->length > 0 ? H1_BODY_LENGTH : H1_NO_BODY;
        }
        if (seen->coding > 0) {
                if (req->version != HTTP_1_1)
                        return refuse(400, "Transfer-Encoding needs HTTP/1.1", why);
                if (!str_eq_nocase(seen->coding_value, STR("chunked")))
                        return refuse(501, "the only Transfer-Encoding taken is chunked", why);
                head->framing = H1_BODY_CHUNKED;
        }
        return 0;
}

static unsigned decide_host(const struct seen *seen, struct str authority, struct http_request *req,
                            const char **why)
{
        struct str value = seen->host_value;

        if (seen->host > 1)
                return refuse(400, "there are two Host headers", why);
        if (seen->host == 0) {
                if (req->version == HTTP_1_1 || authority.p != NULL)
                        return refuse(400, "the Host header is missing", why);
                return 0;
        }
        if (authority.p != NULL && !str_eq_nocase(authority, value))
                return refuse(400, "the target and the Host header differ", why);
        /* The value lies in the head's own buffer, which is ours to change. */
        if (!http_host_parse((char *)(uintptr_t)value.p, value.n, &req->host))
                return refuse(400, "malformed Host header", why);
        return 0;
}

static unsigned decide_expect(const struct seen *seen, const struct http_request *req,
                              struct h1_head *head, const char **why)
{
        if (seen->expect.n == 0 || req->version != HTTP_1_1)
                return 0;
        if (!str_eq_nocase(seen->expect, STR("100-continue")))
                return refuse(417, "the only expectation met is 100-continue", why);
        head->expect_continue = true;
        return 0;
}

static unsigned parse_fields(struct str rest, const struct http_limits *limits,
                             struct http_request *req, struct http_header *headers,
                             struct seen *seen, const char **why)
{
        for (;;) {
                struct str line = take_line(&rest);

                if (line.n == 0)
                        return 0;
                if (req->nheaders == limits->headers)
                        return refuse(431, "there are too many headers", why);

                struct http_header *h = &headers[req->nheaders];
                unsigned status = parse_field(line, h, why);

                if (status != 0)
                        return status;
                char *name = (char *)(uintptr_t)h->name.p;

                for (size_t i = 0; i < h->name.n; i++)
                        name[i] = (char)http_lower[(unsigned char)name[i]];
                note(h, seen);
                req->nheaders++;
        }
}

unsigned h1_parse_head(char *p, size_t n, const struct http_limits *limits,
                       struct http_request *req, struct http_header *headers,
                       struct h1_head *head, const char **why)
{
        struct str rest = { p, n };
        struct str authority = { 0 };
        struct seen seen = { 0 };
        unsigned status;

        *head = (struct h1_head){ 0 };
        req->nheaders = 0;
        req->headers = headers;
        status = parse_request_line(take_line(&rest), limits, req, &authority, why);
        if (status == 0)
                status = parse_fields(rest, limits, req, headers, &seen, why);
        if (status == 0)
                status = decide_framing(&seen, req, head, why);
        if (status == 0)
                status = decide_host(&seen, authority, req, why);
        if (status == 0)
                status = decide_expect(&seen, req, head, why);
        head->close = seen.close || req->version != HTTP_1_1;
        return status;
}

/* ---- chunked bodies: RFC 9112, 7.1 ---- */

static int hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c = (char)http_lower[(unsigned char)c];
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static unsigned chunk_size(struct chunks *ch, char c, const char **why)
{
        int digit = hex(c);

        if (digit >= 0) {
                if (++ch->digits > CHUNK_DIGITS_MAX)
                        return refuse(400, "a chunk size has too many digits", why);
                ch->left = ch->left << 4 | (unsigned)digit;
                return 0;
        }
        if (ch->digits > 0 && c == ';')
                ch->state = CHUNK_EXTENSION;
        else if (ch->digits > 0 && c == '\r')
                ch->state = CHUNK_SIZE_LF;
        else
                return refuse(400, "malformed chunk size", why);
        return 0;
}

static unsigned chunk_extension(struct chunks *ch, char c, const char **why)
{
        if (c == '\r')
                ch->state = CHUNK_SIZE_LF;
        else if ((c < ' ' && c != '\t') || c > '~')
                return refuse(400, "malformed chunk extension", why);
        else if (++ch->overhead > CHUNK_OVERHEAD_MAX)
                return refuse(400, "chunk extensions are too long", why);
        return 0;
}

static unsigned chunk_size_end(struct chunks *ch, char c, size_t max, const struct buf *body,
                               const char **why)
{
        if (c != '\n')
                return refuse(400, "a chunk size is not followed by CRLF", why);
        if (ch->left > max - body->n)
                return refuse(413, "the body is too large", why);
        ch->state = ch->left > 0 ? CHUNK_DATA : CHUNK_TRAILER;
        ch->digits = 0;
        return 0;
}

static unsigned chunk_trailer(struct chunks *ch, char c, const char **why)
{
        if (c == '\r') {
                ch->state = CHUNK_TRAILER_LF;
                return 0;
        }
        if (c == '\n')
                return refuse(400, "a trailer line ends without CR", why);
        if (ch->line_n == sizeof ch->line)
                return refuse(431, "a trailer line is too long", why);
        ch->line[ch->line_n++] = c;
        return 0;
}

/* Trailers are checked and dropped: no handler may be led by a header that came after the body. */
static unsigned chunk_trailer_end(struct chunks *ch, char c, const char **why)
{
        struct http_header dropped;

        if (c != '\n')
                return refuse(400, "a CR stands alone in the trailer", why);
        if (ch->line_n == 0) {
                ch->state = CHUNK_DONE;
                return 0;
        }
        ch->overhead += ch->line_n + TRAILER_LINES_COST;
        if (ch->overhead > CHUNK_OVERHEAD_MAX)
                return refuse(431, "the trailer is too long", why);

        unsigned status = parse_field(str_make(ch->line, ch->line_n), &dropped, why);

        ch->line_n = 0;
        ch->state = CHUNK_TRAILER;
        return status;
}

size_t h1_parse_chunks(struct chunks *ch, const char *p, size_t n, size_t max, struct buf *body,
                       unsigned *status, const char **why)
{
        size_t i = 0;

        *status = 0;
        while (i < n && *status == 0 && ch->state != CHUNK_DONE) {
                char c = p[i];

                if (ch->state == CHUNK_DATA) {
                        size_t k = ch->left < n - i ? (size_t)ch->left : n - i;

                        buf_add(body, p + i, k);
                        i += k;
                        ch->left -= k;
                        if (ch->left == 0)
                                ch->state = CHUNK_DATA_CR;
                        continue;
                }
                i++;
                switch (ch->state) {
                case CHUNK_SIZE:
                        *status = chunk_size(ch, c, why);
                        break;
                case CHUNK_EXTENSION:
                        *status = chunk_extension(ch, c, why);
                        break;
                case CHUNK_SIZE_LF:
                        *status = chunk_size_end(ch, c, max, body, why);
                        break;
                case CHUNK_TRAILER:
                        *status = chunk_trailer(ch, c, why);
                        break;
                case CHUNK_TRAILER_LF:
                        *status = chunk_trailer_end(ch, c, why);
                        break;
                default:                /* CHUNK_DATA_CR, CHUNK_DATA_LF */
                        if (c != (ch->state == CHUNK_DATA_CR ? '\r' : '\n'))
                                *status = refuse(400, "a chunk is not followed by CRLF", why);
                        ch->state = ch->state == CHUNK_DATA_CR ? CHUNK_DATA_LF : CHUNK_SIZE;
                        break;
                }
        }
        return i;
}
