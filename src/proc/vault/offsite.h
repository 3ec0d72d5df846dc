/*
 * offsite.h -- the vault's side of copies elsewhere: what is to be copied, and the channel to the courier.
 *
 * Trust:  the courier has the network, and may be taken over: it is lent files that are encrypted or signed,
 *         one at a time, read-only; and pipes. Its word about a copy is noted and shown, and removes nothing
 *         here.
 * Owns:   the channel, the one object under way.
 * Used inside src/proc/vault only.
 */
#pragma once

#include "vault.h"

enum { OBJECT_NAME_MAX = 96 };

enum offsite_outcome { OFFSITE_DONE = 1, OFFSITE_UNPROVEN = 2, OFFSITE_FAILED = 3, OFFSITE_ABSENT = 4 };

typedef void offsite_done_fn(void *ctx, enum offsite_outcome outcome, struct str why);

/* ---- offsite.c: the channel ---- */

/* A channel to a new courier. Takes fd. */
void offsite_take_courier(int fd);
bool offsite_is_on(void);
bool offsite_removes(void);
unsigned offsite_retry_seconds(void);
const char *offsite_place_text(void);
const struct digest *offsite_place(void);

/*
 * Ask the courier for one object; false: it has one, or is not there. done is called once, later, also when
 * the courier dies. Borrows fd (REMOVE: -1).
 */
bool offsite_ask(enum message_type type, const char *name, uint64_t size, const struct digest *digest, int fd,
                 offsite_done_fn *done, void *ctx);

/* "PORTAL/42.esdk", "PORTAL/manifest.137"; the store is "store". */
void offsite_name(const struct keyring_portal *portal, enum copy_kind kind, uint64_t number,
                  char out[static OBJECT_NAME_MAX]);

/* ---- copying.c: what is copied next ---- */

void copying_start(void);               /* a courier came, keys were opened */
void copying_look(uint64_t portal);     /* its list has changed */
void copying_report(void);              /* to the registry */
void copying_read(const struct book *book, struct copies *out);
