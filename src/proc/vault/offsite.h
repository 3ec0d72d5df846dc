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

/* stored: just now, for it was not there. */
typedef void offsite_done_fn(void *ctx, enum offsite_outcome outcome, bool stored, struct str why);

/* ---- offsite.c: the channel ---- */

/* A channel to a new courier. Takes fd. */
void offsite_take_courier(int fd);
bool offsite_is_on(void);
bool offsite_removes(void);
unsigned offsite_retry_seconds(void);
int64_t offsite_recheck_seconds(void);  /* 0: never */
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
struct copy_item;
/* It failed a moment ago, and others go first. */
bool copying_is_aside(const struct copy_item *item);
/* The last copy that was stored could be read back. */
bool copying_can_read(void);

/* ---- backlog.c: what of a portal is to be copied ---- */

struct copy_item {
        uint64_t portal;                /* the host's number; 0: of the host */
        enum copy_kind kind;
        uint64_t number;
        struct digest digest;
        bool removal;
        bool again;                     /* it was read back once */
};

/* Of a portal: what comes next; false: nothing. */
bool backlog_find(const struct book *book, struct copy_item *out);
/* It is to be looked at once more. */
bool backlog_is_due(const struct copy_row *row);
void backlog_copies(const struct book *book, struct copies *out);
