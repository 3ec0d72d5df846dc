/*
 * problem.h -- answers of the API that are not what was asked for: application/problem+json (RFC 9457).
 *
 * Every detail is a sentence that says what to do. What is not there and what is not this token's are the
 * same bytes, whichever operation was asked.
 *
 * Trust:  sentences may quote a stranger's words; JSON escapes them.
 * Owns:   errors, until problem_reply().
 * Used inside src/proc/portal only.
 */
#pragma once

#include "http/conn.h"
#include "json/json.h"

struct problem {
        unsigned status;                /* 0: none */
        char detail[ERR_TEXT_MAX];
        struct json *errors;            /* an array of {name, detail}, or NULL */
        struct str allow;               /* 405 */
        struct str authenticate;        /* 401 and 403: how to come again (RFC 6750, 3) */
        unsigned retry_after;           /* seconds */
};

void problem_set(struct problem *p, unsigned status, const char *format, ...) PRINTF(3, 4);
/* One more member or parameter that was refused. */
void problem_name(struct problem *p, struct str name, const char *detail);
void problem_missing(struct problem *p);
/* What the libraries' errors are to who asked; true: it is a fault of this host and belongs into the log. */
bool problem_of_error(struct problem *p, const struct err *err);

/* Answers x and frees what the problem owns. */
void problem_reply(struct http_exchange *x, struct problem *p);
