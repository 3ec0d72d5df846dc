/*
 * courier.h -- this worker's channel to the courier, the only way out of a container.
 *
 * There is none until somebody needs it; then the supervisor is asked, and asked again while the courier
 * is being started.
 *
 * Trust:  what comes back was written by the courier, out of strangers' answers; whoever uses it checks it.
 * Owns:   the channel.
 * Used inside src/proc/portal only.
 */
#pragma once

#include <stdbool.h>

#include "wire/message.h"

/*
 * Send now; false: there is no channel yet, and one is asked for. When it is there, whoever waits is told by
 * fetching_courier_open() and outbox_courier_open().
 */
bool courier_send(const struct message *msg);

/* main.c: COURIER_CHANNEL. Takes fd, or -1. */
void courier_on_channel(int fd);
