/*
 * help.h -- a job beside the loop, for one order: asked of the supervisor, spoken to until it has answered.
 *
 * Trust:  the job is a process of this container and as trusted as the portal itself.
 * Owns:   the orders until they are sent, and the channel to the job; wiped and closed at the end.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "wire/channel.h"

struct help;

/* What the job says; true when that was its last word. msg is NULL when there is none: the host is too busy,
 * the job died or its time is over. Then it ends by itself. */
typedef bool help_answer_fn(void *ctx, struct message *msg);

/*
 * Takes the messages, which are sent in this order, and wipes them afterwards: they may hold a password.
 * The answer comes later, never during this call.
 */
void help_ask(struct message *orders, size_t n, unsigned limit_ms, help_answer_fn *answer, void *ctx);

/* main.c: HELP_CHANNEL and HELP_REFUSED. Takes fd. */
void help_on_message(struct message *msg, int fd);
