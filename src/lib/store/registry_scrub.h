/*
 * registry_scrub.h -- what the last scrub of each portal said, in the host's own database.
 *
 * Trust:  sentences are a job's words: they are kept and shown, never interpreted.
 * Owns:   results are copied into the caller's arena.
 * Linked by the registry.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

struct registry_scrub {
        int64_t portal;
        int64_t done;                   /* Unix seconds: when its database was last looked at; 0: never */
        int64_t suspect;                /* since when it is damaged; 0: it is well */
        struct str sentence;            /* what was found; empty: nothing */
};

/* Inside a transaction; replaces what was there. */
NODISCARD int registry_scrub_put(struct store *store, const struct registry_scrub *scrub, struct err *err);
NODISCARD int registry_scrub_list(struct store *store, struct arena *arena, struct registry_scrub **out,
                                  size_t *out_n, struct err *err);
