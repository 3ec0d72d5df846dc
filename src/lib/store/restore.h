/*
 * restore.h -- a copy that comes back: read on trial, brought up to today, put in the live one's place.
 *
 * Trust:  a copy that comes out of a backup is as hostile as any restored file: it is opened by
 *         store_open(), which refuses what no release made.
 * Owns:   nothing.
 * Linked by the jobs that make and restore backups.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

/*
 * Read public pages as an anonymous reader would, at most `most` of them; *out_n gets how many.
 * ERR_CORRUPT: one of them cannot be had.
 */
NODISCARD int store_read_pages(struct store *store, unsigned most, unsigned *out_n, struct err *err);

/*
 * Before a restored copy takes the place of the live database: accounts, what people prove themselves
 * with, tokens, settings and the log become those of today, what was revoked since stays revoked, and
 * all sessions and links that are under way end. Content, groups and rights stay the copy's.
 */
NODISCARD int store_settle(struct store *copy, struct store *live, struct err *err);

/*
 * The same where there is no today: the copy becomes another portal's. Nobody can log in until an
 * operator lets them; tokens, share links and single sign-on are void.
 */
NODISCARD int store_lock_out(struct store *copy, struct err *err);

/*
 * The same where today's database is too damaged to be asked who may log in: the copy's accounts, disabled,
 * without password, second factor or passkey, for any of them may have been changed since because somebody
 * else knew it.
 */
NODISCARD int store_lock_out_bare(struct store *copy, struct err *err);

/*
 * The same where the whole host was lost and the copy is the newest thing that is known of the portal: its
 * accounts, passwords, second factors and providers of sign-on are the copy's. Sessions, links that are under
 * way, API tokens and share links are void: they open without asking who somebody is.
 */
NODISCARD int store_give_back(struct store *copy, struct err *err);

/* Whether those above know what becomes of this table: for a test, when one is added. */
bool store_settle_knows(struct str table);

/*
 * The live database becomes the copy, in one transaction: whoever reads sees the old or the new, whoever
 * kills the process finds the old or the new. Readers and their caches notice. ERR_BUSY: somebody writes.
 */
NODISCARD int store_replace(struct store *live, struct store *copy, struct err *err);
