/*
 * retention.h -- which backups may go, and whether a new one may be made: rules over the list, without a
 * clock or a file of their own.
 *
 * Five daily backups are kept, the newest verified ones of five different UTC days; of all others two.
 * Backups that were asked for never push a daily one out, so nobody who can ask often can empty the list.
 *
 * Trust:  the list has been proven. Times are the machine's and may jump.
 * Owns:   nothing.
 * Linked by the vault.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "vault/manifest.h"

enum {
        KEEP_DAILY = 5,
        KEEP_OTHER = 2,
        PRUNE_PAUSE_SECONDS = 20 * 3600,        /* of the clock that never jumps */
        SHRINK_PERCENT = 30,
        ALARM_SECONDS = 26 * 3600,
};

/* What a trial restore and the portal's last scrub say of a backup; a number in VAULT_VERDICT. */
enum verdict { VERDICT_BAD = 0, VERDICT_GOOD = 1, VERDICT_SUSPECT = 2 };

/* Marks of VAULT_AGE. */
enum { VAULT_AGE_HELD = 1, VAULT_AGE_UNSURE = 2 };

/* The moment a decision is made at. */
struct retention_now {
        int64_t unix_time;
        uint64_t booted;                /* CLOCK_BOOTTIME, seconds */
        uint64_t boot;                  /* this start of the machine */
};

/* A file is there that gives back what was sealed: VERIFIED or HELD. */
bool backup_is_good(const struct backup *backup);

/*
 * Whether a daily backup may be begun: ERR_EXISTS when this UTC day has a good one already.
 */
NODISCARD int retention_may_begin(const struct manifest *manifest, enum backup_kind kind,
                                  const struct retention_now *now, struct err *err);

/* Whether a backup that has been verified is so much smaller than the last good one that it is held. */
bool retention_has_shrunk(const struct manifest *manifest, const struct backup *backup);

/*
 * The next backup whose file may go, or NULL. Called after a backup was verified, again and again until
 * NULL; the caller marks each one pruned. Nothing goes while one is held or the newest is of a suspect
 * portal, and no daily one within 20 hours of the last. What was made while the portal was suspect goes when
 * two good ones are newer.
 */
struct backup *retention_next(const struct manifest *manifest, const struct retention_now *now);

/* The newest good backup of any kind, or NULL. */
struct backup *retention_newest(const struct manifest *manifest);
