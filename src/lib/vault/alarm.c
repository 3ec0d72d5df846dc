/*
 * alarm.c -- which alarms there are, in which words, and what became of those that were there before.
 */
#include "vault/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "vault/schedule.h"
#include "vault/retention.h"

enum { SEEN_SECONDS = 600 };            /* "last seen" on disk is no older while it lasts */

static const struct {
        const char *name;
        bool of_vault;                  /* only the vault can say that it is over */
        const char *text;               /* %s: the portal's name, wherever it stands */
} kinds[ALARM_KINDS + 1] = {
        [ALARM_BACKUP_LATE] = { "backup-late", true,
                "no good backup for 26 hours; 'carrel backup now %s' tries at once and says what is wrong" },
        [ALARM_TRIAL_FAILED] = { "trial-failed", true,
                "a backup did not give back at its trial restore what was sealed, and does not count; "
                "look at the disk (smartctl, the kernel's log), then 'carrel backup now %s'" },
        [ALARM_SUSPECT] = { "suspect", false,
                "the database is damaged and its backups do not count; 'carrel backup restore %s' makes it "
                "well" },
        [ALARM_SCRUB_LATE] = { "scrub-late", false,
                "the database has not been looked at for 26 hours; 'carrel scrub %s' tries at once and says "
                "what is wrong" },
        [ALARM_COPY_LATE] = { "copy-late", true,
                "no copy elsewhere of a backup of the last 26 hours; 'carrel status' shows the storage's "
                "last error under offsite" },
        [ALARM_HELD] = { "held", true,
                "a backup over 30 % smaller than the one before is held, and nothing older goes; if that is "
                "meant, 'carrel backup confirm %s --backup NUMBER' says so" },
        [ALARM_NO_ROOM] = { "no-room", true,
                "a disk is too full to back it up; make room ('df -h' names the disk), then 'carrel "
                "backup now %s'; older backups stay" },
        [ALARM_KEYS_LOCKED] = { "keys-locked", true,
                "the backup keys are locked and all backups wait; 'carrel backup keys unlock' opens them" },
        [ALARM_KEYS_MISSING] = { "keys-missing", true,
                "the backup keys cannot be used, so no backup is made; 'carrel backup keys check' says "
                "what is wrong" },
        [ALARM_KEYS_UNPROVEN] = { "keys-unproven", true,
                "nobody has proven to hold the root key's shares; 'carrel backup keys show-shares' prints "
                "them, 'carrel backup keys check --shares' proves what was written down" },
        [ALARM_VAULT_GONE] = { "vault-gone", false,
                "the vault has not been there for 15 minutes, so no backup is made; the log says why" },
};

bool alarm_kind_known(int64_t number)
{
        return number >= ALARM_BACKUP_LATE && number <= ALARM_KINDS;
}

const char *alarm_name(enum alarm_kind kind)
{
        return kinds[kind].name;
}

static int64_t late(int64_t created, int64_t newest, int64_t now)
{
        return schedule_is_late(created, newest, now) ? (newest > created ? newest : created) + ALARM_SECONDS
                                                      : 0;
}

int64_t alarm_since(enum alarm_kind kind, const struct alarm_facts *f, int64_t now)
{
        if (kinds[kind].of_vault && !f->known)
                return 0;
        switch (kind) {
        case ALARM_BACKUP_LATE:
                return late(f->created, f->newest, now);
        case ALARM_TRIAL_FAILED:
                return f->trial_failed;
        case ALARM_SUSPECT:
                return f->suspect;
        case ALARM_SCRUB_LATE:
                return late(f->created, f->scrubbed, now);
        case ALARM_COPY_LATE:
                return f->copies ? late(f->created, f->copied, now) : 0;
        case ALARM_HELD:
                return f->held;
        case ALARM_NO_ROOM:
                return f->no_room;
        case ALARM_NONE:
        case ALARM_KEYS_LOCKED:
        case ALARM_KEYS_MISSING:
        case ALARM_KEYS_UNPROVEN:
        case ALARM_VAULT_GONE:
                break;
        }
        return 0;
}

/* In a status and in a letter it is one line, whatever a damaged file or a storage has said. */
static void add_line(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                buf_putc(out, (unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f ? ' ' : text.p[i]);
}

void alarm_say(struct buf *out, const struct alarm *alarm)
{
        const char *text = kinds[alarm->kind].text;

        for (const char *gap; (gap = strstr(text, "%s")) != NULL; text = gap + 2) {
                buf_add(out, text, (size_t)(gap - text));
                add_line(out, alarm->name);
        }
        buf_puts(out, text);
        if (alarm->why.n == 0)
                return;
        buf_puts(out, " (");
        add_line(out, alarm->why);
        buf_putc(out, ')');
}

/* ---- what became of them ---- */

static int order(const struct alarm *a, const struct alarm *b)
{
        if (a->portal != b->portal)
                return a->portal < b->portal ? -1 : 1;
        return (int)a->kind - (int)b->kind;
}

static int compare(const void *a, const void *b)
{
        return order(a, b);
}

static struct alarm begun(const struct alarm *found, int64_t now)
{
        struct alarm alarm = *found;

        alarm.since = found->since > 0 ? found->since : now;
        alarm.told = alarm.wrote = alarm.ended = 0;
        alarm.seen = now;
        alarm.change = ALARM_CHANGED;
        return alarm;
}

/* Somebody was told that it began and not yet that it is over. */
static bool is_waited_for(const struct alarm *was, bool letters)
{
        return (was->told > 0 && letters) || was->wrote > 0;
}

/*
 * One whose end nobody was told of goes on; that it was away for a moment is no news. When it was last seen
 * is written down with other changes, and at least once in a while.
 */
static struct alarm lasting(const struct alarm *was, const struct alarm *found, int64_t now, bool letters)
{
        struct alarm alarm = *found;
        bool again = was->ended > 0;

        if (again && !is_waited_for(was, letters))
                return begun(found, now);
        alarm.since = found->since > 0 ? found->since : again ? now : was->since;
        alarm.told = was->told;
        alarm.wrote = was->wrote;
        alarm.ended = 0;
        alarm.seen = now;
        alarm.change = alarm.since != was->since || again || !str_eq(alarm.name, was->name) ||
                                       now - was->seen >= SEEN_SECONDS || now < was->seen
                               ? ALARM_CHANGED : ALARM_AS_IT_WAS;
        if (alarm.change == ALARM_AS_IT_WAS)
                alarm.seen = was->seen;
        return alarm;
}

static struct alarm missing(const struct alarm *was, int64_t now, bool unsure, bool letters)
{
        struct alarm alarm = *was;

        alarm.change = ALARM_AS_IT_WAS;
        if (was->ended > 0) {
                if (!is_waited_for(was, letters) && now - was->ended >= ALARM_KEPT_SECONDS)
                        alarm.change = ALARM_GONE;
        } else if (!unsure || !kinds[was->kind].of_vault) {
                alarm.ended = now;
                alarm.change = ALARM_CHANGED;
        }
        return alarm;
}

void alarm_merge(struct arena *arena, struct alarm *was, size_t nwas, struct alarm *found, size_t nfound,
                 int64_t now, bool unsure, bool letters, struct alarm **out, size_t *out_n)
{
        struct alarm *rows = arena_array(arena, nwas + nfound + 1, sizeof *rows);
        size_t w = 0, f = 0, n = 0;

        /* An empty list may be no address at all, which qsort() must not be given. */
        if (nwas)
                qsort(was, nwas, sizeof *was, compare);
        if (nfound)
                qsort(found, nfound, sizeof *found, compare);
        while (w < nwas || f < nfound) {
                int side = w == nwas ? 1 : f == nfound ? -1 : order(&was[w], &found[f]);

                if (side < 0)
                        rows[n++] = missing(&was[w++], now, unsure, letters);
                else if (side > 0)
                        rows[n++] = begun(&found[f++], now);
                else
                        rows[n++] = lasting(&was[w++], &found[f++], now, letters);
        }
        *out = rows;
        *out_n = n;
}
