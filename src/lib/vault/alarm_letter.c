/*
 * alarm_letter.c -- when a letter about alarms is due, and what it says.
 */
#include "vault/alarm.h"

#include "base/clock.h"

enum { LOCKED_PATIENCE = 15 * 60, UNPROVEN_PATIENCE = 86400, LINE_ROOM = 2048 };

/* A start that waits for its passphrase, and a first day, are no news yet. */
static int64_t patience(enum alarm_kind kind)
{
        return kind == ALARM_KEYS_LOCKED     ? LOCKED_PATIENCE
               : kind == ALARM_KEYS_UNPROVEN ? UNPROVEN_PATIENCE : 0;
}

static bool has_begun(const struct alarm *a, int64_t now)
{
        return a->told == 0 && a->ended == 0 && now - a->since >= patience(a->kind);
}

static bool is_over(const struct alarm *a, int64_t now)
{
        (void)now;
        return a->told > 0 && a->ended > 0;
}

static bool lasts(const struct alarm *a, int64_t now)
{
        (void)now;
        return a->told > 0 && a->ended == 0;
}

bool alarm_letter_due(const struct alarm *alarms, size_t n, int64_t last, int64_t now)
{
        /* A clock that was set back leaves a last letter in the future: then it says nothing. */
        if (last != 0 && last <= now && now - last < ALARM_NEWS_SECONDS)
                return false;
        for (size_t i = 0; i < n; i++) {
                const struct alarm *a = &alarms[i];

                if (a->change != ALARM_GONE && (has_begun(a, now) || is_over(a, now)))
                        return true;
        }
        return false;
}

/* ---- what it says ---- */

typedef bool is_fn(const struct alarm *alarm, int64_t now);

static size_t count(const struct alarm *alarms, size_t n, is_fn *is, int64_t now)
{
        size_t found = 0;

        for (size_t i = 0; i < n; i++)
                found += alarms[i].change != ALARM_GONE && is(&alarms[i], now);
        return found;
}

static void add_time(struct buf *out, int64_t when)
{
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(when, iso);
        buf_printf(out, "%.10s %.5s UTC", iso, iso + 11);
}

static void add_alarm(struct buf *out, const struct alarm *a)
{
        buf_puts(out, "- ");
        if (a->portal != 0)
                buf_printf(out, "%.*s: ", STR_ARG(a->name));
        buf_puts(out, a->ended > 0 ? "it is over since " : "since ");
        add_time(out, a->ended > 0 ? a->ended : a->since);
        buf_printf(out, " [%s]", alarm_name(a->kind));
        if (a->ended == 0) {
                buf_puts(out, "\n  ");
                alarm_say(out, a);
        }
        buf_putc(out, '\n');
}

static void section(struct buf *out, const char *title, const struct alarm *alarms, size_t n, is_fn *is,
                    int64_t now)
{
        size_t all = count(alarms, n, is, now), told = 0;

        if (all == 0)
                return;
        buf_printf(out, "\n%s:\n\n", title);
        for (size_t i = 0; i < n && told < ALARM_TOLD_MAX && out->n < ALARM_LETTER_MAX - LINE_ROOM; i++)
                if (alarms[i].change != ALARM_GONE && is(&alarms[i], now)) {
                        add_alarm(out, &alarms[i]);
                        told++;
                }
        if (told < all)
                buf_printf(out, "- and %zu more; 'carrel status' shows what there is\n", all - told);
}

void alarm_letter_write(const struct alarm *alarms, size_t n, struct str host, int64_t now,
                        struct buf *subject, struct buf *text)
{
        size_t began = count(alarms, n, has_begun, now), last = count(alarms, n, lasts, now);
        size_t over = count(alarms, n, is_over, now);

        if (began + last == 0)
                buf_printf(subject, "All is well again on %.*s", STR_ARG(host));
        else
                buf_printf(subject, "%zu alarm%s on %.*s: %zu new, %zu over", began + last,
                           began + last == 1 ? "" : "s", STR_ARG(host), began, over);
        buf_printf(text, "The host %.*s at ", STR_ARG(host));
        add_time(text, now);
        buf_puts(text, ".\n");
        section(text, "New", alarms, n, has_begun, now);
        section(text, "Still there", alarms, n, lasts, now);
        section(text, "Over", alarms, n, is_over, now);
        buf_puts(text, "\n'carrel status' on the host shows what there is now. The next letter comes when\n"
                       "something begins or is over, after an hour at the earliest.\n");
}

void alarm_letter_told(struct alarm *alarms, size_t n, int64_t now)
{
        for (size_t i = 0; i < n; i++) {
                bool over = is_over(&alarms[i], now);

                if (alarms[i].change == ALARM_GONE || (!over && !has_begun(&alarms[i], now)))
                        continue;
                alarms[i].told = over ? 0 : now;
                alarms[i].change = ALARM_CHANGED;
        }
}

/* ---- to a portal's administrators ---- */

/* What is the operator's to look at and changes nothing for the portal they are not told. */
static bool is_theirs(enum alarm_kind kind)
{
        return kind == ALARM_BACKUP_LATE || kind == ALARM_TRIAL_FAILED || kind == ALARM_SUSPECT ||
               kind == ALARM_COPY_LATE;
}

uint32_t alarm_news(const struct alarm *alarms, size_t n, uint64_t portal, int64_t now)
{
        uint32_t begun = 0;
        bool lasts = false, over = false;

        for (size_t i = 0; i < n; i++) {
                const struct alarm *a = &alarms[i];

                if (a->portal != portal || !is_theirs(a->kind) || a->change == ALARM_GONE)
                        continue;
                if (a->ended == 0 && a->wrote == 0)
                        begun |= UINT32_C(1) << a->kind;
                /* Over for a moment only is no news; a clock that was set back is no reason to wait. */
                lasts = lasts || a->ended == 0 || (now >= a->ended && now - a->ended < ALARM_NEWS_SECONDS);
                over = over || (a->ended > 0 && a->wrote > 0);
        }
        return begun != 0 ? begun : over && !lasts ? ALARM_OVER : 0;
}

void alarm_wrote(struct alarm *alarms, size_t n, uint64_t portal, uint32_t news, int64_t now)
{
        for (size_t i = 0; i < n; i++) {
                struct alarm *a = &alarms[i];
                bool begun = (news & UINT32_C(1) << a->kind) != 0;

                if (a->portal != portal || a->change == ALARM_GONE)
                        continue;
                if (news == ALARM_OVER && a->ended > 0 && a->wrote > 0) {
                        a->wrote = 0;
                        a->change = ALARM_CHANGED;
                } else if (begun && a->wrote == 0) {
                        a->wrote = now;
                        a->change = ALARM_CHANGED;
                }
        }
}
