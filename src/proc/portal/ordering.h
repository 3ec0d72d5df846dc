/*
 * ordering.h -- orders of lib/people from a person in the browser or a program: carried out here, or by a job
 * where they take longer than the loop may.
 *
 * Trust:  whether this person may give such an order was the router's decision.
 * Owns:   nothing of the caller's; arguments are taken over.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "identity.h"
#include "json/json.h"

/*
 * code 0: result is the answer. Otherwise sentence says why not; ERR_BUSY with an empty sentence:
 * the host has no time now. All borrowed during the call.
 */
typedef void ordering_answer_fn(void *ctx, int code, struct str sentence, const struct json *result);

/* Called exactly once, during this call or later. Takes arguments, an object. */
void ordering_run(struct conn *conn, struct http_exchange *x, const struct identity *who, const char *verb,
                  struct json *arguments, ordering_answer_fn *answer, void *ctx);

/* For whom a job carries out an order: see struct people_request. Copied. */
struct ordering_by {
        int64_t person;
        int64_t token;                  /* of the API, or 0 */
        struct str address;
        struct str seen_by;
        struct str seen;
};

/*
 * An order that people_is_slow() of, by a program. What it noted comes as the member "notes" of an answer
 * that is an object. Called exactly once, later; borrows arguments during this call.
 */
void ordering_ask(const struct ordering_by *by, const char *verb, const struct json *arguments,
                  ordering_answer_fn *answer, void *ctx);

/* A quick order that changes nothing, by nobody in particular. */
void ordering_read(struct portal *portal, const char *verb, struct json *arguments,
                   ordering_answer_fn *answer, void *ctx);

/* Lines of the log, by a job (people.h: people_log_lines). The text lives during the call. */
typedef void ordering_text_fn(void *ctx, int code, struct str text);
void ordering_export(int64_t after, ordering_text_fn *answer, void *ctx);
