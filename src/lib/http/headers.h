/*
 * headers.h -- the security headers every response carries, errors included, in one table.
 *
 * Owns:     static text, made once by http_prepare().
 * Linked by the portals, the site, the edge's answer on port 80.
 */
#pragma once

#include <stddef.h>

#include "base/str.h"
#include "http/response.h"

/* For the zygote: build the header blocks before the fork. Later calls do nothing. */
void http_prepare(void);

/* The whole block as HTTP/1.1 lines, each ended by CRLF. */
struct str http_security_block(enum http_csp csp);

/* The same as name and value pairs. */
const struct http_header *http_security_headers(enum http_csp csp, size_t *count);

/* "Sun, 06 Nov 1994 08:49:37 GMT" of this second; borrowed until the next call. */
struct str http_date_now(void);

/* Any date in that form; borrowed until the next call. */
struct str http_date_text(int64_t unix_time);
