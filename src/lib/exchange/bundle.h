/*
 * bundle.h -- private to exchange/: an archive's files, in the spool, found by name.
 *
 * Owns:   the spool and an arena; entries live as long as the bundle.
 */
#pragma once

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/map.h"
#include "crypto/digest.h"
#include "exchange/exchange.h"
#include "exchange/notes.h"
#include "exchange/spool.h"

struct entry {
        struct str path;
        uint64_t offset, size;
        struct digest digest;
        void *topic;                    /* manual.c: the topic this became */
        bool listed;                    /* named in the navigation */
};

struct bundle {
        struct arena *arena;
        struct spool spool;
        struct entry **entries;         /* regular files, by name */
        size_t n, cap;
        struct map *by_path;
        struct map *by_fold;            /* folders too: finds case clashes */
        struct notes notes;
        const struct exchange_limits *limits;
};

NODISCARD int bundle_open(struct bundle *b, int spool_dir, const struct exchange_limits *limits,
                          struct err *err);
void bundle_close(struct bundle *b);

/* Claim a name; refuses what is there already, also when only the case differs. */
NODISCARD int bundle_claim(struct bundle *b, struct str path, bool folder, struct err *err);
/* A new file of size 0 at the end of the spool, whose name was claimed. */
struct entry *bundle_add(struct bundle *b, struct str path);
/* After the last: put in order, and take away a single folder that holds everything. */
NODISCARD int bundle_finish(struct bundle *b, struct err *err);

struct entry *bundle_find(const struct bundle *b, struct str path);
NODISCARD int bundle_read(const struct bundle *b, const struct entry *e, struct buf *out,
                          struct err *err);

/* archive.c: the character tables for names; exchange_prepare() has loaded them. */
locale_t archive_locale(void);

/* Fill a bundle from a zip or tar. */
NODISCARD int bundle_load(struct bundle *b, int fd, struct err *err);
