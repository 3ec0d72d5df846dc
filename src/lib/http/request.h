/*
 * request.h -- one HTTP request, the same for HTTP/1.1 and HTTP/2.
 *
 * Trust:    every byte is the client's. What the parser has already made sure of is said at each
 *           field.
 * Owns:     nothing; all slices live until the exchange they came with is answered and done.
 * Linked by the portals and the site.
 * Source:   RFC 9110 (semantics), 9112 (HTTP/1.1), 9113 (HTTP/2).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/* CONNECT, TRACE and every unknown method are refused before a handler sees them. */
enum http_method {
        HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS,
};

enum http_version { HTTP_1_0 = 10, HTTP_1_1 = 11, HTTP_2 = 20 };

enum { HTTP_HEADERS_MAX = 100 };

struct http_header {
        struct str name;                /* lower case */
        struct str value;               /* no control bytes but tab; no blanks at either end */
};

struct http_request {
        enum http_method method;
        enum http_version version;
        struct str method_text;
        struct str target;              /* path and query as sent */
        struct str path;                /* starts with '/', or is "*" for OPTIONS; visible ASCII */
        struct str query;               /* behind '?', without it; may be empty */
        bool has_query;
        struct str host;                /* lower case, port and its colon stripped; never empty but in 1.0 */
        const struct http_header *headers;      /* without HTTP/2's pseudo-headers */
        size_t nheaders;
        struct str body;                /* whole; within the limit */
};

/*
 * The value of a header by its lower-case name: the first one, or an empty slice with p == NULL.
 * Lists that came in several lines: ask http_request_header_next() for the others.
 */
struct str http_request_header(const struct http_request *req, const char *name);
struct str http_request_header_next(const struct http_request *req, const char *name, size_t *at);

/*
 * All values of a list header joined by ", " as RFC 9110, 5.3 allows; p == NULL when absent. Copies
 * to arena only when there is more than one.
 */
struct str http_request_list(const struct http_request *req, const char *name, struct arena *arena);

/*
 * The value of one cookie (RFC 6265, 4.2.1); p == NULL when absent, and also when the name comes
 * twice: two values for a session mean that somebody else set one of them.
 */
struct str http_request_cookie(const struct http_request *req, const char *name);

/* Whether the request is for this host name (lower case, no port). If not, answer 421. */
bool http_host_is(const struct http_request *req, const char *name);

/* "GET" and so on. */
const char *http_method_name(enum http_method method);

/*
 * Decode the %XX of a path or of one of its segments, into arena.
 *
 * Refuses (ERR_INVALID) a broken escape, %00 and control characters, and bytes that are not UTF-8.
 * An encoded slash (%2F) or backslash (%5C) is refused as well: after decoding nobody could tell it
 * from a separator, and two readers of one path must not disagree. Segments "." and ".." are
 * refused in both spellings, because browsers resolve them before they send and only attackers do
 * not. '+' stays a plus: in paths it is no blank.
 */
NODISCARD int http_path_decode(struct str path, struct arena *arena, struct str *out, struct err *err);

/*
 * One field of a query string or of an application/x-www-form-urlencoded body: the first field of
 * that name, decoded ('+' is a blank). Slashes are allowed here.
 * Fails: ERR_NOT_FOUND; ERR_INVALID
 * as above.
 */
NODISCARD int http_form_field(struct str form, const char *name, struct arena *arena,
                              struct str *out, struct err *err);
