/*
 * input.h -- what comes with a request of the API, as one JSON object that fits its operation's shape.
 *
 * Strict: a name that the shape does not have, a name twice, a value that is not what the shape says, a body
 * where none belongs are refused, with the names.
 *
 * Trust:  path, query and body are a stranger's; the body has at most API_LONG_BODY_MAX bytes.
 * Owns:   nothing; what is read goes into the caller's object.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "json/json.h"
#include "kinds.h"
#include "problem.h"
#include "table.h"

enum {
        API_BODY_MAX = 64 * 1024,
        API_LONG_BODY_MAX = 1024 * 1024,        /* where a table belongs into it */
};

/*
 * Fill object from what the address captured, the query and the body; false: problem says why not. A member
 * of the path that cannot be is a 404, whatever is wrong with it.
 */
bool api_input_read(const struct api_match *match, const struct http_request *req, struct arena *arena,
                    struct json *object, struct problem *problem);
