/*
 * api.h -- the HTTP API's one door.
 *
 * Trust:  the request is a stranger's until its token has been found.
 * Owns:   nothing beyond a request.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "proc/portal/portal.h"

/* A request whose path api_owns(). Answers it now. */
void api_handle(struct conn *conn, struct http_exchange *x);

/* How long a body this request may bring; its headers are there. */
size_t api_body_limit(struct conn *conn, const struct http_request *req);
