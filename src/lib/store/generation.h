/*
 * generation.h -- private to store/: eight shared bytes that change with every commit.
 *
 * The counter is even at rest. A writer, who holds the database's write lock, makes it odd before
 * it commits and even after. Odd therefore means: a commit is under way, or its writer died.
 * Readers then ask SQLite itself.
 *
 * Owns:   the mapping. Nothing else in the container uses the file.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct generation {
        _Atomic uint64_t *shared;
};

NODISCARD int generation_open(struct generation *g, const char *folder, struct err *err);
void generation_close(struct generation *g);

static inline uint64_t generation_load(const struct generation *g)
{
        return atomic_load_explicit(g->shared, memory_order_acquire);
}

uint64_t generation_before_commit(struct generation *g);               /* gives what _after needs */
void generation_after_commit(struct generation *g, uint64_t mine);
