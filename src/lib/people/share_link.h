/*
 * share_link.h -- the secret in a share link, and in the cookie it is exchanged for.
 *
 * Both are "NUMBER.MAC": the number of the row in share_link, and an HMAC-SHA256 under a key that only
 * this portal's database has. The two are MACs for different purposes, so that neither can be made from
 * the other, and they cover the row's publication, time and end: a number that comes back after a backup
 * was restored opens nothing with an old link. Neither the link nor the cookie is stored anywhere.
 *
 * Whoever removes the meta value "secret.shares" ends all links at once.
 *
 * Trust:   what is shown is a stranger's; its shape is checked before anything is looked up.
 * Owns:    nothing; results live in the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "base/arena.h"
#include "store/share.h"

enum share_use {
        SHARE_LINK,                     /* in the address that was sent to somebody */
        SHARE_COOKIE,                   /* in the browser that opened it */
};

/* Makes the portal's key when there is none: inside store_begin() and store_commit(). */
NODISCARD int share_link_make_key(struct store *store, struct err *err);

NODISCARD int share_link_secret(struct store *store, const struct store_share *share,
                                enum share_use use, struct arena *arena, struct str *out,
                                struct err *err);

/* The link that was shown, if it still opens something; else ERR_NOT_FOUND, whatever is wrong. */
NODISCARD int share_link_find(struct store *store, struct str shown, enum share_use use, int64_t now,
                              struct arena *arena, struct store_share *out, struct err *err);
