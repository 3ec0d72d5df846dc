/*
 * outbox.h -- letters from this portal's database to the courier.
 *
 * Whoever commits a letter (store/outbox.h) has nothing more to do: the store tells it here. Letters that a
 * job wrote, or another process that has died, are seen at the start and when the supervisor asks to look.
 *
 * Trust:  what waits was written by this container's own processes; the courier checks each letter again.
 * Owns:   one letter under way at a time.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "mail/letter.h"
#include "portal.h"

/*
 * In a transaction: a letter to this person that carries no secret. Does nothing where the host sends none,
 * or to an address that no letter can have.
 */
NODISCARD int outbox_tell(struct portal *portal, enum letter_kind kind, int64_t person, int64_t now,
                          struct err *err);

/* Once, after the store is open; also looks for what waits. */
void outbox_start(struct portal *portal);

/* main.c: OUTBOX_LOOK. At any time; costs one look at the folder when there is nothing. */
void outbox_look(struct portal *portal);

/* courier.c: LETTER_ANSWER; the channel is there; the channel is gone. */
void outbox_on_message(struct message *msg);
void outbox_courier_open(void);
void outbox_courier_gone(void);
