/*
 * conn.h -- the HTTP engine of one connection: decrypted bytes in, bytes to encrypt out, no system
 * calls.
 *
 * HTTP/1.1 by an own strict parser, HTTP/2 by nghttp2, one handler for both. The owner moves bytes:
 *
 *     while (http_conn_wants_input(c)) {       // until TLS_WANT_READ
 *             n = tls_conn_read(...);
 *             http_conn_input(c, p, n, now, &err);
 *             if (!tls_conn_has_pending(...))  // one write then answers many small records
 *                     flush();
 *     }
 *     flush: while ((out = http_conn_output(c, now)).n > 0) {
 *             n = tls_conn_write(...);         // until TLS_WANT_WRITE
 *             http_conn_sent(c, n, now);
 *     }
 *     if (http_conn_wants_close(c))
 *             tls_conn_shutdown(...);
 *     sleep until http_conn_deadline(c), then http_conn_timeout(c, now) and flush
 *
 * With edge-triggered epoll, go back to reading after a flush whenever http_conn_wants_input() has
 * become true again: no event will announce bytes that were left in the socket.
 *
 * Trust:    the client is hostile: every count, size, rate and time has a limit in struct
 *           http_limits.
 * Owns:     requests until they are answered, bodies of answers until they are sent.
 * Linked by the portals and the site. One thread: buffers are pooled per process without locks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "http/request.h"
#include "http/response.h"

struct http_conn;
struct http_exchange;

/* What one call of http_conn_output() gives at most: a few TLS records for one write. */
enum { HTTP_OUTPUT_MAX = 48 * 1024 };

/* Zero in any field means the default that stands behind it. */
struct http_limits {
        size_t header_bytes;            /* 16 KiB: request line and headers */
        size_t headers;                 /* 100, which is also the most */
        size_t target_bytes;            /* 8 KiB */
        size_t body_bytes;              /* 1 MiB: where no body_limit callback says otherwise */
        size_t body_bytes_conn;         /* 8 MiB: all bodies in memory of one HTTP/2 connection, but
                                           one body may always reach its own limit */
        unsigned streams;               /* 100 at once on one HTTP/2 connection */
        unsigned header_ms;             /* 10 s from its first byte, or the connection's */
        unsigned body_ms;               /* 10 s: in each such span a body must bring ... */
        unsigned body_rate;             /* ... 500 bytes per second on average */
        unsigned idle_ms;               /* 60 s between requests */
        unsigned stall_ms;              /* 20 s: in each such span a client must take ... */
        unsigned stall_rate;            /* ... 500 bytes per second, if that much waits for it */
        unsigned requests;              /* 100,000 on one connection, then it is ended in order */
};

/* What the owner does for a connection; ctx is what was given to http_conn_new(). */
struct http_callbacks {
        /* A whole request. Answer it now or later, exactly once, by http_reply(). Must not free the
         * connection. */
        void (*handle)(void *ctx, struct http_exchange *x);

        /* Optional. How long a body this request may bring, asked when its headers are complete. */
        size_t (*body_limit)(void *ctx, const struct http_request *req);

        /* Optional. Output has appeared outside http_conn_input(): a late answer. Flush soon. */
        void (*ready)(void *ctx);
};

/* callbacks and limits (NULL: all defaults) are borrowed for the connection's life. */
NODISCARD struct http_conn *http_conn_new(bool h2, const struct http_limits *limits,
                                          const struct http_callbacks *callbacks, void *ctx,
                                          uint64_t now_ms);

/* Exchanges the handler still holds stay valid; their answers go nowhere. */
void http_conn_free(struct http_conn **conn);
#define CLEANUP_HTTP_CONN CLEANUP(http_conn_free)

/*
 * Take n decrypted bytes; calls handle() for each request they complete (and so may
 * http_conn_output(), for pipelined ones that had to wait). All are taken, or, after an answer
 * that ends the connection, ignored.
 * Fails: ERR_PROTOCOL  beyond repair; what http_conn_output() still holds tells the client. Send
 *                      it, close.
 */
NODISCARD int http_conn_input(struct http_conn *conn, const void *p, size_t n, uint64_t now_ms,
                              struct err *err);

/*
 * False: stop reading from the socket until more output has left: 64 KiB of pipelined requests wait
 * for an earlier answer, or 400 frames for a client that does not read. Never more than 64 KiB of
 * output are queued; bodies wait where they are.
 */
bool http_conn_wants_input(const struct http_conn *conn);

/*
 * The next bytes to send, at most HTTP_OUTPUT_MAX. Empty: nothing to send now. They stay valid, and
 * the same call gives the same bytes (or those and more), until http_conn_sent(),
 * _input() or _free().
 */
NODISCARD struct str http_conn_output(struct http_conn *conn, uint64_t now_ms);
void http_conn_sent(struct http_conn *conn, size_t n, uint64_t now_ms);

/* All is sent and no more will come: shut down and close. */
bool http_conn_wants_close(const struct http_conn *conn);

/* No request is being received, handled or answered: closing now loses nothing. */
bool http_conn_idle(const struct http_conn *conn);

/* End in order: finish what has begun, take nothing new ("Connection: close", GOAWAY). */
void http_conn_shutdown(struct http_conn *conn);

/* The client has ended its side. An HTTP/1.1 client may still wait for answers. */
void http_conn_input_ended(struct http_conn *conn);

/*
 * When (monotonic ms) http_conn_timeout() must be called; UINT64_MAX: no deadline. Changes with
 * every other call. http_conn_timeout() does what is due (a 408, a GOAWAY, nothing); ERR_GONE:
 * close at once.
 */
uint64_t http_conn_deadline(const struct http_conn *conn);
NODISCARD int http_conn_timeout(struct http_conn *conn, uint64_t now_ms, struct err *err);

/* ---- exchanges: one request and its answer ---- */

const struct http_request *http_exchange_request(const struct http_exchange *x);

/* Lives until the answer is sent; for the handler's own use. */
struct arena *http_exchange_arena(struct http_exchange *x);

/*
 * The ctx of the connection, or NULL when the client is gone (connection freed or stream reset):
 * save yourself the work, but reply all the same.
 */
void *http_exchange_ctx(const struct http_exchange *x);

/*
 * Answer. The exchange is not the handler's any more after this call. Text in *resp is copied, its
 * body handed over.
 */
void http_reply(struct http_exchange *x, const struct http_response *resp);

/* A short plain-text answer; text may be NULL (the status' own phrase). */
void http_reply_text(struct http_exchange *x, unsigned status, const char *text);
