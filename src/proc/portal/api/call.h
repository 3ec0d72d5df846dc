/*
 * call.h -- one request of the API under way: what the functions behind the table work with.
 *
 * Trust:  whoever reaches one of them has shown a token, if the row asks for one; its person lives and
 *         has the row's role, the token has the row's scope, the input fits the row's shape. What of the
 *         content they may read is asked of the store, with reader.
 * Owns:   input and output, until the answer; a call that waits for a job has moved to the request's arena.
 * Used inside src/proc/portal/api only.
 */
#pragma once

#include "json/json.h"
#include "problem.h"
#include "proc/portal/portal.h"
#include "store/api_token.h"
#include "table.h"

struct api_call {
        struct conn *conn;
        struct portal *portal;
        struct http_exchange *x;
        struct arena *arena;
        const struct api_op *op;
        struct store_api_token token;   /* zero where no token is needed */
        struct reader reader;
        int64_t now;
        struct json *input;
        struct json *output;            /* an object, made by the handler */
        struct str etag;                /* of output, where its maker knows it; else it is computed */
        bool answered;                  /* the handler has called http_reply(), or will later */
};

/* Members of the input. */
struct str call_text(const struct api_call *call, const char *name);
int64_t call_number(const struct api_call *call, const char *name);

/* door.c: the answer of a call that was put off; r: 0 or an error whose sentence goes out. Frees the call. */
void call_answer_late(struct api_call *call, int r, struct err *err);

/* ---- list.c: parts of lists ---- */

size_t call_limit(const struct api_call *call);
/* What after says: a key that an earlier part ended with; empty: from the start. */
struct str call_after(const struct api_call *call);
/* The same as a number; ERR_INVALID: it is none. start where nothing was said. */
NODISCARD int call_after_number(const struct api_call *call, int64_t start, int64_t *out,
                                struct err *err);

/* Take over rows as the output; last: the key it ends with, empty when nothing follows. */
void call_put_list(struct api_call *call, struct json *rows, struct str last);
/* What a list is sorted by, as text that sorts the same. */
typedef void call_key_fn(struct arena *arena, const struct json *row, const char *member, struct str *out);
call_key_fn call_key_member;
/* Take over all rows, sorted by key (either way): those behind after, limit at most, are the output. */
void call_cut_list(struct api_call *call, struct json *rows, call_key_fn *key, const char *member);

/* "rtl" or "ltr"; an ISO moment. */
void call_put_direction(struct json *o, bool rtl);
void call_put_time(struct json *o, const char *key, int64_t when);

/* orders.c: carry out an order of people/ in the name of the token's person */
NODISCARD int call_order(struct api_call *call, const char *verb, const struct json *arguments,
                         struct json **out, struct err *err);

/* fit.c: what a shape names of value, an object; numbers that came as text become numbers. The caller
 * frees. */
struct json *api_fit(const struct api_shape *shape, const struct json *value);

/* document.c: the OpenAPI document, made once. */
struct str api_document_text(void);
