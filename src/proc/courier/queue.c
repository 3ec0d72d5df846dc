/*
 * queue.c -- which letter is sent next, and what becomes of one that was not taken.
 *
 * Portals take turns, so that one with a thousand letters does not keep another's waiting. A failure of the
 * server holds all; a failure of a letter only that one. Each waits twice as long as the time before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "courier.h"

enum { WAIT_MAX = 3600, HOLD_MAX = 900, LOOK_MS_MAX = 60 * 1000, DOUBLINGS_MAX = 12 };

static int64_t delay(unsigned first, unsigned times, int64_t most)
{
        int64_t seconds = first;

        for (unsigned i = 1; i < times && i < DOUBLINGS_MAX && seconds < most; i++)
                seconds *= 2;
        return seconds < most ? seconds : most;
}

static void add(struct courier *c, const struct spooled *l)
{
        struct queued *q = xalloc(sizeof *q);

        q->portal = clients_portal(c, l->portal);
        snprintf(q->id, sizeof q->id, "%.*s", STR_ARG(l->id));
        q->kind = l->kind;
        q->accepted = l->accepted;
        q->expires = l->expires;
        q->due = l->due;
        q->attempts = l->attempts;
        q->next = c->queue;
        c->queue = q;
        q->portal->queued++;
        c->nqueued++;
}

void queue_add(struct courier *c, const struct spooled *letter)
{
        add(c, letter);
}

bool queue_has(const struct courier *c, uint64_t portal, struct str id)
{
        for (const struct queued *q = c->queue; q != NULL; q = q->next)
                if (q->portal->id == portal && str_is(id, q->id))
                        return true;
        for (unsigned i = 0; i < RECENT_MAX; i++)
                if (str_is(id, c->recent[i]))
                        return true;
        return false;
}

static void forget(struct courier *c, struct queued *q)
{
        for (struct queued **at = &c->queue; *at != NULL; at = &(*at)->next) {
                if (*at != q)
                        continue;
                *at = q->next;
                break;
        }
        spool_remove(q->portal->id, q->id);
        snprintf(c->recent[c->nrecent++ % RECENT_MAX], sizeof c->recent[0], "%s", q->id);
        q->portal->queued--;
        c->nqueued--;
        free(q);
}

static void give_up(struct courier *c, struct queued *q, const char *why)
{
        if (c->nfailures < FAILURES_KEPT)
                c->nfailures++;
        memmove(&c->failures[1], &c->failures[0], (c->nfailures - 1) * sizeof c->failures[0]);
        c->failures[0] = (struct failure){ .time = clock_unix(), .portal = q->portal->id, .kind = q->kind };
        snprintf(c->failures[0].why, sizeof c->failures[0].why, "%s", why);
        spool_write_failures(c);
        service_log(LOG_ERROR, "letter given up portal=%llu kind=%u attempts=%u: %s",
                    (unsigned long long)q->portal->id, q->kind, q->attempts, why);
        forget(c, q);
}

/* Nobody could use it any more, or the server has had its time. */
static bool is_over(const struct queued *q, int64_t now)
{
        return (q->expires > 0 && q->expires <= now) || q->accepted + LETTER_DAYS * INT64_C(86400) <= now;
}

static void put_back(struct courier *c, struct queued *q)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct spooled l;
        struct err err;
        int r = spool_read(q->portal->id, q->id, arena, &l, &err);

        if (r == 0) {
                l.due = q->due;
                l.attempts = q->attempts;
                r = spool_write(&l, &err);
        }
        if (r < 0)                      /* it is tried again all the same, as long as this process lives */
                service_log(LOG_ERROR, "a letter's attempt is not noted: %s", err.text);
        (void)c;
}

static void failed(struct courier *c, struct queued *q, enum outbound_delivery outcome,
                   const struct err *why)
{
        int64_t now = clock_unix();

        c->error_time = now;
        snprintf(c->error, sizeof c->error, "%s", why->text);
        if (outcome == DELIVERY_NEVER || is_over(q, now)) {
                give_up(c, q, why->text);
                return;
        }
        if (outcome == DELIVERY_HELD)
                c->hold_until = now + delay(c->mail.retry_seconds, ++c->relay_failures, HOLD_MAX);
        q->due = now + delay(c->mail.retry_seconds, q->attempts, WAIT_MAX);
        service_log(LOG_WARNING, "letter waits portal=%llu kind=%u attempts=%u seconds=%lld: %s",
                    (unsigned long long)q->portal->id, q->kind, q->attempts, (long long)(q->due - now),
                    why->text);
        put_back(c, q);
}

static void on_delivered(void *ctx, enum outbound_delivery outcome, unsigned code, const struct err *why)
{
        struct courier *c = &courier;
        struct queued *q = ctx;

        (void)code;                     /* it is in the sentence */
        q->sending = NULL;
        c->nsending--;
        q->attempts++;
        if (outcome == DELIVERY_DONE) {
                c->sent++;
                c->relay_failures = 0;
                service_log(LOG_INFO, "letter sent portal=%llu kind=%u attempts=%u",
                            (unsigned long long)q->portal->id, q->kind, q->attempts);
                forget(c, q);
        } else {
                failed(c, q, outcome, why);
        }
        queue_work(c);
}

static void start(struct courier *c, struct queued *q)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf text CLEANUP_BUF = { 0 };
        struct spooled l;
        struct err err;
        int r = spool_read(q->portal->id, q->id, arena, &l, &err);

        if (r == 0)
                r = letters_compose(c, &l, &text, &err);
        if (r < 0) {
                give_up(c, q, err.text);
                return;
        }
        q->portal->served = ++c->turn;
        c->nsending++;
        q->sending = outbound_deliver(c->outbound, &c->mail.relay, c->mail.from, l.to.p, buf_str(&text),
                                      on_delivered, q);
        if (text.p != NULL)
                explicit_bzero(text.p, text.n);
}

/* The one whose portal has waited longest; *next: when the next one is due, if there is none now. */
static struct queued *choose(struct courier *c, int64_t now, int64_t *next)
{
        struct queued *best = NULL;

        for (struct queued *q = c->queue; q != NULL; q = q->next) {
                if (q->sending != NULL)
                        continue;
                if (q->due > now)
                        *next = q->due < *next ? q->due : *next;
                else if (best == NULL || q->portal->served < best->portal->served ||
                         (q->portal == best->portal && q->accepted <= best->accepted))
                        best = q;
        }
        return best;
}

static void on_time(void *ctx)
{
        queue_work(ctx);
}

static struct queued *find_over(struct courier *c, int64_t now)
{
        for (struct queued *q = c->queue; q != NULL; q = q->next)
                if (q->sending == NULL && is_over(q, now))
                        return q;
        return NULL;
}

void queue_work(struct courier *c)
{
        int64_t now = clock_unix(), next = INT64_MAX;

        for (struct queued *q; (q = find_over(c, now)) != NULL;)
                give_up(c, q, c->error[0] != '\0' ? c->error : "its link ended before it could be sent");
        if (c->hold_until > now)
                next = c->hold_until;
        else
                while (c->mail.on && c->nsending < SENDING_MAX) {
                        struct queued *q = choose(c, now, &next);

                        if (q == NULL)
                                break;
                        start(c, q);
                }
        if (c->nqueued == 0)
                return;
        uint64_t ms = next == INT64_MAX || (next - now) * 1000 > LOOK_MS_MAX ? LOOK_MS_MAX
                                                                            : (uint64_t)(next - now) * 1000;

        loop_set_timer(c->service.loop, &c->next_letter, ms, on_time, c);
}

int queue_open(struct courier *c, struct err *err)
{
        unsigned damaged = 0;
        int r = spool_each(c, add, &damaged, err);

        if (r < 0)
                return r;
        spool_read_failures(c);
        if (damaged > 0)
                service_log(LOG_ERROR, "%u files in the spool cannot be read; they are left there", damaged);
        queue_work(c);
        return 0;
}

void queue_free(struct courier *c)
{
        loop_cancel_timer(&c->next_letter);
        while (c->queue != NULL) {
                struct queued *q = c->queue;

                c->queue = q->next;
                outbound_cancel(&q->sending);
                free(q);
        }
}
