/*
 * retention.c -- five days, two others, and every reason not to remove anything.
 */
#include "vault/retention.h"

enum { DAY = 86400 };

static int64_t day_of(const struct backup *backup)
{
        return backup->about.created / DAY;
}

bool backup_is_good(const struct backup *backup)
{
        return backup->state == BACKUP_VERIFIED || backup->state == BACKUP_HELD;
}

static bool is_daily(const struct backup *backup)
{
        return backup->about.kind == BACKUP_DAILY;
}

int retention_may_begin(const struct manifest *manifest, enum backup_kind kind,
                        const struct retention_now *now, struct err *err)
{
        if (manifest->n >= BACKUPS_MAX)
                return err_set(err, ERR_LIMIT, "this portal's list of backups is full");
        if (kind != BACKUP_DAILY)
                return 0;
        for (size_t i = 0; i < manifest->n; i++)
                if (is_daily(&manifest->backups[i]) && backup_is_good(&manifest->backups[i]) &&
                    day_of(&manifest->backups[i]) == now->unix_time / DAY)
                        return err_set(err, ERR_EXISTS, "this day has its backup already");
        return 0;
}

static bool is_far_below(uint64_t is, uint64_t was)
{
        return is < was - was / 100 * SHRINK_PERCENT - was % 100 * SHRINK_PERCENT / 100;
}

bool retention_has_shrunk(const struct manifest *manifest, const struct backup *backup)
{
        const struct backup *before = NULL;

        for (size_t i = 0; i < manifest->n; i++)
                if (manifest->backups[i].about.seq < backup->about.seq &&
                    backup_is_good(&manifest->backups[i]))
                        before = &manifest->backups[i];
        return before != NULL && (is_far_below(backup->rows, before->rows) ||
                                  is_far_below(backup->bytes, before->bytes));
}

struct backup *retention_newest(const struct manifest *manifest)
{
        for (size_t i = manifest->n; i-- > 0;)
                if (backup_is_good(&manifest->backups[i]))
                        return &manifest->backups[i];
        return NULL;
}

/* Whether the newer ones of the same sort are so many that this one is not among those to keep. */
static bool is_surplus(const struct manifest *manifest, const struct backup *backup)
{
        unsigned newer = 0;
        int64_t last_day = day_of(backup);

        for (size_t i = 0; i < manifest->n; i++) {
                const struct backup *other = &manifest->backups[i];

                if (!backup_is_good(other) || is_daily(other) != is_daily(backup) ||
                    other->about.seq <= backup->about.seq)
                        continue;
                if (is_daily(backup) && day_of(other) <= last_day)
                        continue;       /* the same day twice, or a clock that went back: no new day */
                newer++;
                last_day = day_of(other);
        }
        return newer >= (is_daily(backup) ? KEEP_DAILY : KEEP_OTHER);
}

/* The wall clock may jump, and a machine that starts again counts from zero. */
static bool is_too_soon(const struct manifest *manifest, const struct retention_now *now)
{
        for (size_t i = 0; i < manifest->n; i++) {
                const struct backup *b = &manifest->backups[i];

                if (b->state != BACKUP_PRUNED || !is_daily(b))
                        continue;
                bool same = b->boot == now->boot && b->booted <= now->booted;

                if (same ? now->booted - b->booted < PRUNE_PAUSE_SECONDS
                         : now->unix_time - b->stepped < PRUNE_PAUSE_SECONDS)
                        return true;
        }
        return false;
}

/* A day's second good backup, where a clock went back: the older one of the two. */
static bool is_doubled(const struct manifest *manifest, const struct backup *backup)
{
        for (size_t i = 0; i < manifest->n; i++)
                if (is_daily(&manifest->backups[i]) && backup_is_good(&manifest->backups[i]) &&
                    manifest->backups[i].about.seq > backup->about.seq &&
                    day_of(&manifest->backups[i]) == day_of(backup))
                        return true;
        return false;
}

/* Good ones that are newer than this one. */
static unsigned newer_good(const struct manifest *manifest, const struct backup *backup)
{
        unsigned n = 0;

        for (size_t i = 0; i < manifest->n; i++)
                n += backup_is_good(&manifest->backups[i]) &&
                     manifest->backups[i].about.seq > backup->about.seq;
        return n;
}

/* A person has to look, or the portal has to be made well, before anything may go. */
static bool is_on_hold(const struct manifest *manifest)
{
        for (size_t i = 0; i < manifest->n; i++) {
                const struct backup *b = &manifest->backups[i];

                if (b->state == BACKUP_HELD || (b->state == BACKUP_SUSPECT && newer_good(manifest, b) == 0))
                        return true;
        }
        return false;
}

/* Whether this one's file may go now. */
static bool may_go(const struct manifest *manifest, const struct backup *b, const struct retention_now *now)
{
        if (b->state == BACKUP_SUSPECT)
                return newer_good(manifest, b) >= KEEP_OTHER;
        if (b->state != BACKUP_VERIFIED)
                return false;
        if (!is_surplus(manifest, b) && !(is_daily(b) && is_doubled(manifest, b)))
                return false;
        return !is_daily(b) || !is_too_soon(manifest, now);
}

struct backup *retention_next(const struct manifest *manifest, const struct retention_now *now)
{
        if (is_on_hold(manifest))
                return NULL;
        for (size_t i = 0; i < manifest->n; i++)
                if (may_go(manifest, &manifest->backups[i], now))
                        return &manifest->backups[i];
        return NULL;
}
