/*
 * registry_errand.h -- what portals' administrators ordered in the browser, and how often, in the host's own
 * database.
 *
 * Trust:  numbers and moments only; no word of a portal rests outside its container.
 * Owns:   lists are in the caller's arena.
 * Linked by the registry.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* The last one of its kind, of one portal. Times are Unix seconds. */
struct registry_errand {
        int64_t portal;
        int64_t kind;                   /* 1 restore, 2 export, 3 copy of a backup, 4 of a part, 5 look */
        int64_t begun;
        int64_t ended;                  /* 0: it is under way, or was when the host ended */
        int64_t code;                   /* 0, or ERR_*: it failed */
        int64_t backup, before;         /* out of which one, and which was made first; 0: none */
        int64_t day, count;             /* count of them were begun since that moment */
};

/* Inside a transaction; replaces what was there. Of a portal that has gone nothing is kept. */
NODISCARD int registry_errand_put(struct store *store, const struct registry_errand *errand, struct err *err);
NODISCARD int registry_errand_list(struct store *store, struct arena *arena, struct registry_errand **out,
                                   size_t *out_n, struct err *err);
