/*
 * asking.h -- what a portal's administrators order of the host, about this portal: asked of the supervisor,
 * answered by the registry.
 *
 * Trust:  who may order it was the router's decision; the host adds which portal asks, and its own limits.
 * Owns:   nothing of the caller's.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "json/json.h"
#include "wire/message.h"

enum asking { ASKING_LIST = 1, ASKING_RESTORE = 2, ASKING_EXPORT = 3, ASKING_REMOVE = 4,
              ASKING_REMOVE_COPY = 5,
              ASKING_STANDING = 6,         /* how well this portal is kept; for everybody */
              ASKING_LOOK = 7 };

/* code 0: result is the answer. Otherwise sentence says why not. Both borrowed during the call. */
typedef void asking_answer_fn(void *ctx, int code, struct str sentence, const struct json *result);

/* answer is called exactly once, later: when the host answers, or when it does not in time. */
void asking_ask(enum asking what, int64_t backup, int64_t actor, asking_answer_fn *answer, void *ctx);

/* A copy of this backup, sealed to this public key, into the container. */
void asking_ask_copy(int64_t backup, int64_t actor, struct str key, asking_answer_fn *answer, void *ctx);

/* A project, or a topic of it, back out of this backup: addresses of at most ASKING_SLUG_MAX bytes. */
enum { ASKING_SLUG_MAX = 500 };
struct asking_part {
        struct str project;
        struct str topic;               /* empty: the whole project */
};
void asking_ask_part(int64_t backup, int64_t actor, const struct asking_part *part,
                     asking_answer_fn *answer, void *ctx);

/* main.c: SELF_ANSWER */
void asking_on_message(struct message *msg);
