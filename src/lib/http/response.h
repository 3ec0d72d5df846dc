/*
 * response.h -- what a handler answers.
 *
 * The engine adds Date, Content-Length, Connection and the security headers (headers.h), leaves the
 * body out where HTTP forbids one (HEAD, 1xx, 204, 304), and never sends a header it was given with
 * a control byte in it: a name or value with one is a programmer's error and ends the process, so
 * encode foreign text first (http_disposition(), http_location()).
 *
 * Trust:    values are the handler's; bodies are sent as they are.
 * Owns:     header text is copied by http_reply(). A body is handed over: see each kind.
 * Linked by the portals and the site.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "http/request.h"

/* The policies a response may carry; there is no other way to set one. */
enum http_csp {
        HTTP_CSP_PAGE,                  /* everything from the own origin, nothing inline */
        HTTP_CSP_EDITOR,                /* the same, and the editor's one Trusted Types policy */
        HTTP_CSP_FILE,                  /* a user's file (SVG, PDF): nothing runs, nothing loads */
        HTTP_CSP_FRAME,                 /* the sandboxed diagram frame, framed by the own origin only */
        HTTP_CSP_COUNT,
};

enum http_body_kind {
        HTTP_BODY_NONE,
        HTTP_BODY_BYTES,                /* borrowed until release(ctx) is called, once; NULL: static */
        HTTP_BODY_SOURCE,               /* pulled piece by piece as the socket drains */
};

/*
 * Fill p with exactly n bytes from offset on, or fail: the connection (or stream) is then cut. Must
 * not block for longer than a database read.
 */
typedef int http_read_fn(void *ctx, uint64_t offset, void *p, size_t n);

struct http_body {
        enum http_body_kind kind;
        struct str bytes;               /* HTTP_BODY_BYTES */
        http_read_fn *read;             /* HTTP_BODY_SOURCE */
        uint64_t offset;                /* SOURCE: where to start */
        uint64_t length;                /* SOURCE: how many bytes */
        void (*release)(void *ctx);     /* called exactly once, whatever happens; may be NULL */
        void *ctx;
};

struct http_response {
        unsigned status;                /* 0: 200 */
        struct str content_type;
        struct str etag;                /* with its quotes */
        struct str cache_control;       /* empty: "no-store" */
        struct str location;
        struct str content_encoding;
        struct str content_disposition;
        struct str content_range;
        struct str content_language;
        struct str accept_ranges;
        struct str vary;
        struct str allow;
        struct str link;
        int64_t last_modified;          /* Unix seconds; 0: none */
        unsigned retry_after;           /* seconds; 0: none */
        enum http_csp csp;
        const struct http_header *extra;        /* lower-case names: set-cookie, www-authenticate ... */
        size_t nextra;
        bool close;                     /* end the connection after this answer */
        struct http_body body;
};

static inline struct http_body http_body_static(struct str bytes)
{
        return (struct http_body){ .kind = HTTP_BODY_BYTES, .bytes = bytes };
}

/* A body that is freed with free() after it was sent: pass what buf_detach() gave. */
struct http_body http_body_owned(char *p, size_t n);

/* The standard phrase, "Not Found"; "Unknown" for a status without one. */
const char *http_status_text(unsigned status);

/*
 * A Content-Disposition value for a user's file name, which may hold anything: an ASCII fallback
 * and, where needed, the UTF-8 form (RFC 6266, 4.3; RFC 8187). inline_ok: show it, else download
 * it.
 */
struct str http_disposition(struct arena *arena, struct str filename, bool inline_ok);

/*
 * Text as a Location path: every byte that may not stand in a path or query is percent-encoded; a
 * leading "//" (another host!) and backslashes cannot come out.
 */
struct str http_location(struct arena *arena, struct str path);
