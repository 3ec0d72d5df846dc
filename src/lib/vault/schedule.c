/*
 * schedule.c -- a day of 86,400 seconds, a moment in it for each portal.
 */
#include "vault/schedule.h"

#include "vault/retention.h"

enum { DAY = 86400, WAIT_MAX = 3600 };

int64_t schedule_moment(uint64_t id)
{
        /* The golden ratio's multiples are spread evenly, whatever numbers there are. */
        return (int64_t)((id * 0x9e3779b97f4a7c15ull >> 32) * DAY >> 32);
}

static int64_t pause_after(unsigned failures)
{
        int64_t pause = SCHEDULE_RETRY_FIRST;

        for (unsigned i = 1; i < failures && pause < SCHEDULE_RETRY_MAX; i++)
                pause *= 2;
        return pause < SCHEDULE_RETRY_MAX ? pause : SCHEDULE_RETRY_MAX;
}

/* An attempt failed so shortly ago that the next one waits. */
static bool is_paused(const struct schedule_portal *p, int64_t now)
{
        return p->failures > 0 && now < p->tried + pause_after(p->failures);
}

/* The portal's moment of the day after this time's day. */
static int64_t next_moment(const struct schedule_portal *p, int64_t time)
{
        return (time / DAY + 1) * DAY + schedule_moment(p->id);
}

int64_t schedule_due(const struct schedule_portal *portal)
{
        /* A new portal's first is at its first moment: nothing is lost that nobody has written yet. */
        int64_t due = portal->newest > 0 ? next_moment(portal, portal->newest)
                                         : next_moment(portal, portal->created) - DAY;

        if (due < portal->created)
                due += DAY;

        if (is_paused(portal, due))
                due = portal->tried + pause_after(portal->failures);
        return due;
}

const struct schedule_portal *schedule_next(const struct schedule_portal *portals, size_t n, int64_t now,
                                            int64_t *wait)
{
        const struct schedule_portal *best = NULL;

        *wait = WAIT_MAX;
        for (size_t i = 0; i < n; i++) {
                int64_t due = schedule_due(&portals[i]);

                /* A clock that was set back leaves times in the future: they count as a day old. */
                if (portals[i].tried > now + DAY ||
                    (portals[i].newest > now + DAY && !is_paused(&portals[i], now)))
                        due = now;
                if (due > now) {
                        *wait = due - now < *wait ? due - now : *wait;
                        continue;
                }
                if (best == NULL || portals[i].newest < best->newest)
                        best = &portals[i];
        }
        return best;
}

bool schedule_is_late(int64_t created, int64_t newest, int64_t now)
{
        return now - (newest > created ? newest : created) > ALARM_SECONDS;
}
