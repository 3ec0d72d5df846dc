/*
 * h2_session.h -- private to http/: what the two halves of an HTTP/2 connection share.
 *
 * Trust:    what nghttp2 hands over has the form of HTTP/2 and nothing more; h2_request.c checks it.
 * Owns:     the session and all its exchanges, until a handler holds one.
 * Linked by h2.c and h2_request.c.
 */
#pragma once

#include <nghttp2/nghttp2.h>

#include "http/private.h"

struct h2 {
        nghttp2_session *session;
        struct http_exchange *first;    /* all streams that have an exchange */
        size_t count;
        size_t receiving;               /* of them, those whose request is not complete */
        size_t answered;                /* and those whose answer is not sent yet */
        size_t body_bytes;              /* of requests, in memory now */
        struct h2_watch watch;
        const uint8_t *chunk;           /* nghttp2's bytes that did not fit the stage */
        size_t chunk_n;
        const char *calm;               /* why the connection is being ended */
};

/* Requests come in by these: from the first header to the end of the stream. */
void h2_request_callbacks(nghttp2_session_callbacks *callbacks);

/* Its stream has ended; freed, unless a handler still holds it. */
void h2_drop_exchange(struct h2 *h, struct http_exchange *x);
