/*
 * fetching.h -- one HTTPS request to another server, carried out by the courier.
 *
 * Only origins that the operator has allowed for this portal can be asked (the registry's list; the courier
 * holds to it). TLS is verified, no redirect is followed, the answer has at most 256 KiB and ten seconds.
 *
 * Trust:  the answer's bytes are a stranger's: parse them with limits.
 * Owns:   the request until its answer.
 * Used inside src/proc/portal only.
 */
#pragma once

#include <stdint.h>

#include "base/str.h"
#include "wire/message.h"

struct fetching_answer {
        unsigned status;                /* of HTTP, such as 200; 0: there is no answer */
        struct str type;                /* Content-Type, or empty */
        struct str body;
        struct str why;                 /* status 0: a sentence for the log, without secrets */
};

/* Called exactly once, later; the slices live during the call. */
typedef void fetching_answer_fn(void *ctx, const struct fetching_answer *answer);

/*
 * authorization: the value of that header ("Basic ...", "Bearer ..."), or empty. form: a body of
 * application/x-www-form-urlencoded, not empty. All is copied, and wiped when it was answered.
 */
void fetching_get(struct str url, struct str authorization, fetching_answer_fn *answer, void *ctx);
void fetching_post(struct str url, struct str authorization, struct str form, fetching_answer_fn *answer,
                   void *ctx);

/* courier.c: FETCH_PART and FETCH_DONE; the channel is there; the channel is gone. */
void fetching_on_message(struct message *msg);
void fetching_courier_open(void);
void fetching_courier_gone(void);
