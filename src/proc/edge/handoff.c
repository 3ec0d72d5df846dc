/*
 * handoff.c -- give an accepted connection to the portal that its SNI names; hold it while that portal
 * is being started.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "edge.h"

static void drop_channel(struct edge_portal *portal, size_t i)
{
        channel_free(&portal->channels[i]);
        portal->channels[i] = portal->channels[--portal->nchannels];
        portal->channels[portal->nchannels] = NULL;
}

enum { RETRY_MS = 2 };

/* To one of the workers, in turn. ERR_AGAIN: all are busy; ERR_NOT_FOUND: there is none. */
static int pass(struct edge_portal *portal, const struct visitor *visitor)
{
        struct message msg CLEANUP_MESSAGE;
        int result = ERR_NOT_FOUND;

        message_init(&msg, MSG_CONNECTION);
        message_put_str(&msg, hostname_str(&visitor->host));
        for (size_t tries = portal->nchannels; tries > 0 && portal->nchannels > 0; tries--) {
                size_t i = portal->turn++ % portal->nchannels;
                int r = channel_send(portal->channels[i], &msg, visitor->fd, NULL);

                if (r == 0)
                        return 0;
                if (r == ERR_AGAIN)
                        result = ERR_AGAIN;
                else
                        drop_channel(portal, i);        /* it has died */
        }
        return result;
}

static void wake(struct edge_portal *portal)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        if (portal->woken)
                return;
        portal->woken = true;
        portal->edge->counters.woken++;
        message_init(&msg, MSG_PORTAL_WAKE);
        message_put_u64(&msg, portal->id);
        service_tell(&portal->edge->service, &msg, -1);
}

static void try_again(void *ctx);

/* A running timer stays: moved at each arrival, a steady stream of them would keep it from ever firing. */
static void retry_soon(struct edge_portal *portal)
{
        if (portal->retry.loop == NULL)
                loop_set_timer(portal->edge->service.loop, &portal->retry, RETRY_MS, try_again, portal);
}

/* For a portal that is being started, or that has more connections before it than its socket holds. */
static void wait(struct visitor *visitor, struct edge_portal *portal)
{
        bool busy = portal->nchannels > 0;

        if ((!busy && portal->down_until > clock_ms()) || portal->nwaiting >= WAITING_PER_PORTAL_MAX) {
                visitor->edge->counters.refused_portal++;
                visitor_alert(visitor, TLS_ALERT_INTERNAL_ERROR);
                return;
        }
        visitor->state = VISITOR_WAITING;
        visitor->portal = portal;
        visitor->next_waiting = NULL;
        *portal->waiting_last = visitor;
        portal->waiting_last = &visitor->next_waiting;
        portal->nwaiting++;
        if (busy)
                retry_soon(portal);
        else
                wake(portal);
        visitor_watch(visitor);
}

/* The portal has its own duplicate now: ours is only closed, nothing is shut down. */
static void passed(struct visitor *visitor)
{
        visitor->edge->counters.passed++;
        close(visitor_release(visitor));
}

void handoff(struct visitor *visitor, struct edge_portal *portal)
{
        /* Who came first is served first. */
        if (portal->waiting == NULL && pass(portal, visitor) == 0)
                passed(visitor);
        else
                wait(visitor, portal);
}

void handoff_forget(struct visitor *visitor)
{
        struct edge_portal *portal = visitor->portal;

        if (portal == NULL)
                return;
        for (struct visitor **at = &portal->waiting; *at != NULL; at = &(*at)->next_waiting) {
                if (*at != visitor)
                        continue;
                *at = visitor->next_waiting;
                if (*at == NULL)
                        portal->waiting_last = at;
                portal->nwaiting--;
                break;
        }
        visitor->portal = NULL;
}

static void serve_waiting(struct edge_portal *portal)
{
        while (portal->waiting != NULL) {
                struct visitor *visitor = portal->waiting;

                if (pass(portal, visitor) < 0)
                        break;          /* the rest waits for the next channel or its deadline */
                passed(visitor);
        }
        if (portal->waiting == NULL)
                return;
        if (portal->nchannels == 0)
                wake(portal);
        else
                retry_soon(portal);
}

static void try_again(void *ctx)
{
        serve_waiting(ctx);
}

/* Nothing but its end is expected from a portal; the kernel has told us to look. */
static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        (void)msg;
        fd_close(&fd);
}

static void on_closed(void *ctx, const struct err *why)
{
        struct edge_portal *portal = ctx;

        (void)why;
        for (size_t i = portal->nchannels; i-- > 0;)
                if (!channel_is_open(portal->channels[i]))
                        drop_channel(portal, i);
        if (portal->waiting != NULL && portal->nchannels == 0)
                wake(portal);
}

void handoff_add_channel(struct edge *edge, uint64_t id, int fd)
{
        struct edge_portal *portal = routes_portal(edge, id);
        struct err err;

        portal->woken = false;
        if (portal->nchannels == WORKERS_MAX) {
                fd_close(&fd);
                return;
        }
        struct channel *ch = channel_new(fd, PEER_EDGE, PEER_PORTAL);

        if (channel_watch(ch, edge->service.loop, on_message, on_closed, portal, &err) < 0) {
                service_log(LOG_ERROR, "channel to portal=%llu: %s", (unsigned long long)id, err.text);
                channel_free(&ch);
                return;
        }
        portal->channels[portal->nchannels++] = ch;
        serve_waiting(portal);
}

void handoff_detach(struct edge *edge, uint64_t id)
{
        struct edge_portal *portal = routes_portal(edge, id);

        while (portal->nchannels > 0)
                drop_channel(portal, 0);
}

void handoff_down(struct edge *edge, uint64_t id, uint32_t retry_ms)
{
        struct edge_portal *portal = routes_portal(edge, id);

        portal->woken = false;
        portal->down_until = clock_ms() + retry_ms;
        while (portal->waiting != NULL) {
                edge->counters.refused_portal++;
                visitor_alert(portal->waiting, TLS_ALERT_INTERNAL_ERROR);
        }
}
