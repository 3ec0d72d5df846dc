/*
 * spool.h -- private to exchange/: one unnamed file that holds everything read so far.
 *
 * Owns:   the descriptor; the file vanishes with it, also when the process is killed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct spool {
        int fd;
        uint64_t end;
};

NODISCARD int spool_open(struct spool *s, int dir, struct err *err);
void spool_close(struct spool *s);
NODISCARD int spool_append(struct spool *s, const void *p, size_t n, struct err *err);
NODISCARD int spool_read(const struct spool *s, uint64_t offset, void *p, size_t n,
                         struct err *err);
NODISCARD int spool_slurp(const struct spool *s, uint64_t offset, uint64_t n, struct buf *out,
                          struct err *err);
