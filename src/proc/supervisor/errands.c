/*
 * errands.c -- jobs that portals ask for: a password to be hashed takes 50 ms and 19 MiB, and nobody may
 * make the host do more than a few of those at once.
 *
 * A job for a portal runs in that portal's own container and talks to that portal only. Two run at a
 * time; fifty wait, at most eight of one portal, so that one portal's visitors cannot lock out another's.
 */
#include <stdlib.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "supervisor.h"

enum { RUNNING_MAX = 2, WAITING_MAX = 50, WAITING_PER_PORTAL_MAX = 8, HELP_MS = 20000 };

struct waiting {
        struct waiting *next;
        uint64_t portal;
        uint64_t worker;                /* the asking worker's token: it may be gone when its turn comes */
        uint64_t ticket;
};

static struct waiting *first, **last = &first;
static unsigned nwaiting, nrunning;

static unsigned waiting_of(uint64_t portal)
{
        unsigned n = 0;

        for (const struct waiting *w = first; w != NULL; w = w->next)
                n += w->portal == portal;
        return n;
}

static struct worker *find_worker(struct supervisor *sup, uint64_t token)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->token == token && w->kind == SPAWN_PORTAL)
                        return w;
        return NULL;
}

static void tell(struct worker *worker, enum message_type type, uint64_t ticket, int fd)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, type);
        message_put_u64(&msg, ticket);
        int r = channel_post(worker->channel, &msg, fd, NULL);

        (void)r;                /* a worker that is gone needs no help any more */
}

static void start(struct supervisor *sup, struct worker *asking, uint64_t ticket)
{
        int pair[2];

        if (channel_pair(pair, NULL) < 0) {
                tell(asking, MSG_HELP_REFUSED, ticket, -1);
                return;
        }
        nrunning++;
        struct worker *job = workers_spawn(sup, asking->portal, SPAWN_HELP, 0, pair[1]);

        workers_limit(job, HELP_MS);
        tell(asking, MSG_HELP_CHANNEL, ticket, pair[0]);
        fd_close(&pair[0]);             /* the other end is the worker's */
}

void errands_ask(struct worker *asking, uint64_t ticket)
{
        if (nrunning < RUNNING_MAX) {
                start(asking->sup, asking, ticket);
                return;
        }
        if (nwaiting >= WAITING_MAX || waiting_of(asking->portal) >= WAITING_PER_PORTAL_MAX) {
                tell(asking, MSG_HELP_REFUSED, ticket, -1);
                return;
        }
        struct waiting *w = xalloc(sizeof *w);

        w->portal = asking->portal;
        w->worker = asking->token;
        w->ticket = ticket;
        *last = w;
        last = &w->next;
        nwaiting++;
}

void errands_ended(struct supervisor *sup)
{
        nrunning--;
        while (first != NULL && nrunning < RUNNING_MAX) {
                struct waiting *w = first;
                struct worker *asking = find_worker(sup, w->worker);

                first = w->next;
                if (first == NULL)
                        last = &first;
                nwaiting--;
                if (asking != NULL)
                        start(sup, asking, w->ticket);
                free(w);
        }
}
