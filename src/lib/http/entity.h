/*
 * entity.h -- conditional requests, ranges and content coding, decided once for all handlers.
 *
 * Trust:    the headers looked at are the client's; anything malformed is treated as absent, as RFC
 *           9110 asks, never as an error that a cache could be poisoned with.
 * Owns:     nothing.
 * Linked by the portals and the site.
 * Source:   RFC 9110, 8.8 (validators), 12.5.3 (Accept-Encoding), 13 (conditions), 14 (ranges).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "http/conn.h"
#include "http/request.h"
#include "http/response.h"

enum http_coding { HTTP_IDENTITY, HTTP_GZIP, HTTP_BROTLI, HTTP_NOT_ACCEPTABLE };

/*
 * The best coding among those available for an Accept-Encoding value (p == NULL: header absent,
 * then identity). The highest q wins, q=0 forbids; among equals brotli, gzip, identity.
 */
enum http_coding http_negotiate(struct str accept_encoding, bool gzip, bool brotli);

/* What a conditional request comes to, before any body is made. */
enum http_condition { HTTP_SEND, HTTP_NOT_MODIFIED, HTTP_PRECONDITION_FAILED };

/*
 * RFC 9110, 13.2.2: If-Match, else If-Unmodified-Since; then If-None-Match, else If-Modified-Since.
 * etag: of the selected representation, with quotes; empty: none. last_modified: 0: none. exists:
 *       false
 * for a resource that a PUT would create ("*" then matches nothing).
 */
enum http_condition http_check_conditions(const struct http_request *req, struct str etag,
                                          int64_t last_modified, bool exists);

enum http_range_result { HTTP_RANGE_WHOLE, HTTP_RANGE_PART, HTTP_RANGE_UNSATISFIABLE };

/*
 * One byte range of a GET: "bytes=0-99", "bytes=100-", "bytes=-100", subject to If-Range. Several
 * ranges, another unit and nonsense mean the whole (RFC 9110, 14.2 lets a server ignore any Range).
 * *first and *length are set for a part only.
 */
enum http_range_result http_check_range(const struct http_request *req, struct str etag,
                                        int64_t last_modified, uint64_t size, uint64_t *first,
                                        uint64_t *length);

/*
 * Something with a known state that can be sent: a page, a file. The codings of one entity have
 * different etags, made from one tag by a suffix. A request with a Range is answered from the
 * identity bytes.
 */
struct http_entity {
        struct str tag;                 /* what makes up the etag, without quotes: a hash; empty: none */
        int64_t last_modified;          /* 0: none */
        struct str content_type;
        struct str cache_control;
        struct str content_disposition;
        struct str content_language;
        struct str link;
        enum http_csp csp;
        const struct http_header *extra;
        size_t nextra;
        unsigned status;                /* 0: 200; any other status is sent whole, without conditions */
        struct http_body identity;      /* its release and ctx stand for all three codings */
        struct str gzip;                /* empty: not available */
        struct str brotli;
};

/*
 * Answer a GET or HEAD with it: 200, 206, 304, 412 or 416. The body is handed over in every case.
 */
void http_reply_entity(struct http_exchange *x, const struct http_entity *entity);

/* RFC 9110, 5.6.7: the one preferred date form and the two obsolete ones; -1 when it is none. */
int64_t http_date_parse(struct str text);
