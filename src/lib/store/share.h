/*
 * share.h -- links by which somebody without an account reads one restricted publication for a while.
 *
 * The link carries the row's number and a MAC that the portal made with a key of key_version; nothing
 * here is secret. A reader with a verified link is a READER_SHARE, and may_read() asks the row again
 * at every page, so revoking works at once. A link never opens a private publication. Functions that
 * change something run inside store_begin() and store_commit().
 *
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "store/people.h"

enum { SHARE_NOTE_MAX = 200, SHARE_DAYS_MAX = 366, SHARES_MAX = 200 };

struct store_share {
        int64_t id;
        int64_t publication;
        struct str slug;                /* the publication's */
        int64_t key_version;
        struct str note;                /* for whom; seen by authors only */
        int64_t created;
        int64_t created_by;
        int64_t expires;
        int64_t revoked;                /* when; 0: not */
};

/* publication, key_version, note, created_by and expires are looked at. ERR_LIMIT: too many open. */
NODISCARD int store_share_add(struct store *store, const struct store_share *share, int64_t now,
                              int64_t *out_id, struct err *err);
/* ERR_NOT_FOUND for all that is missing, revoked or over, alike. */
NODISCARD int store_share_find(struct store *store, int64_t id, int64_t now, struct arena *arena,
                               struct store_share *out, struct err *err);
/* All of a publication, the newest first, revoked and ended ones too. */
NODISCARD int store_share_list(struct store *store, int64_t publication, struct arena *arena,
                               struct store_share **out, size_t *out_n, struct err *err);
/* ERR_NOT_FOUND: no such link, or revoked already. */
NODISCARD int store_share_revoke(struct store *store, int64_t id, int64_t now, struct err *err);
NODISCARD int store_share_revoke_all(struct store *store, int64_t publication, int64_t now,
                                     struct err *err);
