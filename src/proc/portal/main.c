/*
 * main.c -- a portal's worker: takes connections the edge hands over, serves them, ends when told to.
 */
#include "main.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "cache.h"
#include "content/language.h"
#include "courier.h"
#include "edit/asking.h"
#include "help.h"
#include "outbox.h"
#include "portal.h"
#include "sso/sso.h"
#include "store/project.h"
#include "login/throttle.h"

static struct portal portal;

struct service *portal_service(void)
{
        return &portal.service;
}

static void say_idle(void *ctx)
{
        struct message msg CLEANUP_MESSAGE;

        (void)ctx;
        message_init(&msg, MSG_IDLE);
        service_tell(&portal.service, &msg, -1);
        loop_set_timer(portal.service.loop, &portal.idle, IDLE_AGAIN_MS, say_idle, NULL);
}

/* Between readers a portal should weigh next to nothing: there may be a thousand of them. */
static void trim(void *ctx)
{
        (void)ctx;
        cache_trim(portal.cache, CACHE_BYTES_IDLE);
        malloc_trim(0);
}

static void end_if_drained(void)
{
        if (!portal.retiring || portal.nconns > 0 || portal.nedges > 0)
                return;
        store_close(&portal.store);
        _exit(0);
}

static void on_drain_limit(void *ctx)
{
        (void)ctx;
        service_log(LOG_NOTICE, "retired with connections=%zu still open", portal.nconns);
        store_close(&portal.store);
        _exit(0);
}

void portal_connection_ended(struct portal *p)
{
        if (p->nconns > 0)
                return;
        end_if_drained();
        loop_set_timer(p->service.loop, &p->trim, TRIM_MS, trim, NULL);
        loop_set_timer(p->service.loop, &p->idle, p->idle_ms, say_idle, NULL);
}

static void drain_if_detached(void)
{
        if (!portal.retiring || portal.nedges > 0)
                return;
        connections_drain(&portal);
        end_if_drained();
}

static void on_connection(void *ctx, struct message *msg, int fd)
{
        struct host *host;
        struct err err;

        (void)ctx;
        if (msg->type != MSG_CONNECTION) {
                fd_close(&fd);
                return;
        }
        struct str name = message_get_str(msg);

        if (hosts_find(&portal, name, &host, &err) < 0) {
                service_log(LOG_ERROR, "connection refused host=%s: %s", service_quote(name).text,
                            err.text);
                fd_close(&fd);
                return;
        }
        connection_new(&portal, host, fd);
}

static void on_edge_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        for (size_t i = portal.nedges; i-- > 0;) {
                if (channel_is_open(portal.edges[i]))
                        continue;
                channel_free(&portal.edges[i]);
                portal.edges[i] = portal.edges[--portal.nedges];
                portal.edges[portal.nedges] = NULL;
        }
        drain_if_detached();
}

static void take_edge(int fd)
{
        struct err err;

        if (portal.nedges == ARRAY_LEN(portal.edges)) {
                fd_close(&fd);
                return;
        }
        struct channel *ch = channel_new(fd, PEER_PORTAL, PEER_EDGE);

        if (channel_watch(ch, portal.service.loop, on_connection, on_edge_closed, NULL, &err) < 0)
                service_die(&err, "channel to the edge");
        portal.edges[portal.nedges++] = ch;
}

static void retire(void)
{
        if (portal.retiring)
                return;
        portal.retiring = true;
        loop_cancel_timer(&portal.idle);
        loop_set_timer(portal.service.loop, &portal.drain, DRAIN_MS, on_drain_limit, NULL);
        drain_if_detached();
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        if (msg->type == MSG_EDGE_CHANNEL) {
                take_edge(fd);
                return;
        }
        if (msg->type == MSG_COURIER_CHANNEL) {
                courier_on_channel(fd);
                return;
        }
        if (msg->type == MSG_HELP_CHANNEL || msg->type == MSG_HELP_REFUSED) {
                help_on_message(msg, fd);
                return;
        }
        fd_close(&fd);
        if (msg->type == MSG_SELF_ANSWER)
                asking_on_message(msg);
        if (msg->type == MSG_SSO_CHECK)
                sso_check_asked(&portal, msg);
        if (msg->type == MSG_RETIRE)
                retire();
        else if (msg->type == MSG_OUTBOX_LOOK)
                outbox_look(&portal);
}

static struct str setting(const char *key, const char *fallback)
{
        struct str value;

        if (store_meta_find(portal.store, str_of(key), portal.site_arena, &value, NULL) < 0 ||
            value.n == 0)
                return str_of(fallback);
        return value;
}

const struct page_site *site_of(struct portal *p)
{
        uint64_t generation = store_generation(p->store);

        if (p->site_arena != NULL && p->site_generation == generation)
                return &p->site;
        arena_free(&p->site_arena);
        p->site_arena = arena_new(512);
        p->site.title = setting("site.title", "Documentation");
        p->site.lang = setting("site.language", "en");
        p->site.rtl = language_is_rtl(p->site.lang);
        p->site_generation = generation;
        return &p->site;
}

static int start(int channel, struct err *err)
{
        const struct store_options options = { .cache_kib = 256, .busy_ms = 1000 };
        int r = service_start(&portal.service, PEER_PORTAL, channel, on_message, NULL, err);

        if (r < 0)
                return r;
        return store_open(".", &options, &portal.store, err);
}

void portal_main(int channel, const struct sandbox_layers *layers, const struct portal_setup *setup)
{
        struct err err;

        portal.layers = *layers;
        portal.setup = setup;
        portal.idle_ms = (uint64_t)setup->idle_seconds * 1000;
        portal.hosts = map_new();
        portal.addresses = tally_new();
        portal.cache = cache_new(CACHE_BYTES);
        portal.throttle = throttle_new(LOGIN_FREE_FAILURES, LOGIN_WAIT_MAX);
        portal.addresses_failing = throttle_new(ADDRESS_FREE_FAILURES, ADDRESS_WAIT_MAX);
        portal.asked = throttle_new(ASKED_FREE, ASKED_WAIT_MAX);
        portal.addresses_asking = throttle_new(ASKED_BY_ADDRESS_FREE, ASKED_WAIT_MAX);
        portal.tokens_failing = throttle_new(ADDRESS_FREE_FAILURES, ADDRESS_WAIT_MAX);
        if (start(channel, &err) < 0)
                service_die(&err, "portal refuses to start");
        loop_set_timer(portal.service.loop, &portal.idle, portal.idle_ms, say_idle, NULL);
        service_ready(&portal.service);
        outbox_start(&portal);
        if (loop_run(portal.service.loop, &err) < 0)
                service_die(&err, "portal ends");
        _exit(0);
}
