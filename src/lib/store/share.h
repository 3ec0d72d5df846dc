/*
 * share.h -- links by which somebody without an account reads one restricted publication for a while.
 *
 * The link carries the row's number and a MAC that the portal makes with a key of its own
 * (people/share_link.h); nothing here is secret. A reader with a verified link is a READER_SHARE, and
 * may_read() asks the row again at every page, so revoking works at once. A link never opens a private
 * publication. Functions that change something run inside store_begin() and store_commit().
 *
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "store/people.h"

enum {
        SHARE_NOTE_MAX = 200,
        SHARE_DAYS_MAX = 366,
        SHARES_MAX = 200,               /* open ones of a publication */
        SHARE_LIST_MAX = 500,
        SHARE_SEEN_SECONDS = 60,        /* so often at most its use is written down */
};

struct store_share {
        int64_t id;
        int64_t publication;
        struct str slug;                /* the publication's */
        struct str note;                /* for whom; seen by authors only */
        int64_t created;
        int64_t created_by;             /* a person's number; 0: the operator */
        int64_t expires;
        int64_t revoked;                /* when; 0: not */
        int64_t opened;                 /* how often, once in SHARE_SEEN_SECONDS at most */
        int64_t seen;                   /* when a page was last read by it; 0: never */
        struct str creator;             /* their name, else address; empty: the operator */
};

/* publication, note, created_by and expires are looked at. ERR_LIMIT: too many open. */
NODISCARD int store_share_add(struct store *store, const struct store_share *share, int64_t now,
                              int64_t *out_id, struct err *err);
/* ERR_NOT_FOUND for all that is missing, revoked or over, alike. */
NODISCARD int store_share_find(struct store *store, int64_t id, int64_t now, struct arena *arena,
                               struct store_share *out, struct err *err);
/*
 * Those of a publication, or of all (0), the newest first, revoked and ended ones too; at most
 * SHARE_LIST_MAX.
 */
NODISCARD int store_share_list(struct store *store, int64_t publication, struct arena *arena,
                               struct store_share **out, size_t *out_n, struct err *err);
/* ERR_NOT_FOUND: no such link, or revoked already. */
NODISCARD int store_share_revoke(struct store *store, int64_t id, int64_t now, struct err *err);
NODISCARD int store_share_revoke_all(struct store *store, int64_t publication, int64_t now,
                                     struct err *err);

/* How many links that this person made still open something. */
NODISCARD int store_share_count_by(struct store *store, int64_t person, int64_t now, int64_t *out,
                                   struct err *err);

/* Whether its use is to be written down: ask before store_begin(). */
static inline bool store_share_is_due(const struct store_share *share, int64_t now)
{
        return share->seen <= now - SHARE_SEEN_SECONDS;
}
/* Somebody reads by it; opened: they came by the link itself just now. */
NODISCARD int store_share_touch(struct store *store, int64_t id, bool opened, int64_t now,
                                struct err *err);
