/*
 * since.h -- which topics of the working copy were changed since a moment: what a restore would take back.
 *
 * Owns:   lists are copied into the caller's arena.
 * Linked by the portal. Reads each topic's row once, not its text.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

/* counts[i]: how many topics were changed at since[i] (Unix seconds) or later. */
NODISCARD int store_count_since(struct store *store, const int64_t *since, size_t n, int64_t *counts,
                                struct err *err);

struct store_change {
        struct str project;             /* title */
        struct str title;
        struct str project_slug, slug;
        int64_t updated;
};

enum { CHANGES_MAX = 100 };

/* The newest of them first, up to limit (1 to CHANGES_MAX, or ERR_LIMIT). */
NODISCARD int store_list_since(struct store *store, int64_t since, size_t limit, struct arena *arena,
                               struct store_change **out, size_t *out_n, struct err *err);
