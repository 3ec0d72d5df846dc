/*
 * fetch.h -- a lost host's backups come back from their copies elsewhere: its keys first, then one portal
 * after the other, as the registry asks.
 *
 * Trust:  whoever gives the copies back may have changed them. The store of keys proves itself by opening
 *         under the root key that was typed, a list by its chain, its signature and the line that the store
 *         names, a backup by the digest that its list names. That all of it together is older than it
 *         should be cannot be seen here; people are told how old it is.
 * Owns:   the one object that is coming, the one order under way.
 * Used inside src/proc/vault only.
 */
#pragma once

#include "offsite.h"

/* Bytes of a store: far more than any host's has, and what fits in memory some times. */
enum { FETCHED_STORE_MAX = 48 * 1024 * 1024 };

/* ---- haul.c: one object; a second one takes the place of the first ---- */

struct hauled {
        enum offsite_outcome outcome;   /* UNPROVEN: it may not be read; FAILED: why, after some tries */
        const char *why;
        struct str bytes;               /* where no file was given; borrowed during the call */
        uint64_t size;
        struct digest digest;
};

typedef void haul_done_fn(const struct hauled *got);

/* Of at most max bytes, into file (borrowed) or, when it is -1, into memory. done is called once, later. */
void haul_start(const char *name, uint64_t max, int file, haul_done_fn *done);
/* done is not called. */
void haul_stop(void);
/* Bytes that have come so far. */
uint64_t haul_size(void);

/* ---- adopt.c: the keys of another host become this empty one's ---- */

enum adopt_state { ADOPT_NONE, ADOPT_BEGUN, ADOPT_DONE };       /* DONE: portals are still to be fetched */

enum adopt_state adopt_state(void);
/* May they? empty: the registry has no portal. ERR_DENIED. */
NODISCARD int adopt_check(bool empty, struct err *err);
/* store: proven to open under key. A kill at any moment leaves the one, the other, or ADOPT_BEGUN. */
NODISCARD int adopt_keys(struct str key, struct str store, struct err *err);
void adopt_finish(void);

/* ---- fetch_portal.c: one portal's list and backups ---- */

/* Ends with fetch_succeed() or one of the others below; fetch_portal_end() comes before what follows. */
void fetch_portal_begin(uint64_t id);
/* Nothing more comes, and half a file goes. May be called at any time. */
void fetch_portal_end(void);

/* The order's end; err and answer as tell_failed() and tell_done() take them. */
void fetch_fail(const struct err *err);
void fetch_succeed(struct json *answer);
/* The storage failed, or its key may not read: nothing here can be done about that. */
void fetch_fail_of(const struct hauled *got, const char *what);
void fetch_tell_progress(uint64_t done, uint64_t total);

/* ---- fetch.c ---- */

/* VAULT_FETCH; takes fd. */
void fetch_order(uint64_t token, struct message *msg, int fd);
/* The registry has gone. */
void fetch_abort(void);
bool fetch_is_on(void);
/* Its list has not come yet: that it cannot be read is no surprise. */
bool fetch_awaits(uint64_t portal);
