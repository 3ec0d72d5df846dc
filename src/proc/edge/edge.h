/*
 * edge.h -- the state of the process that meets every stranger first and never reads more than a name.
 *
 * Trust:  every byte on an accepted socket is hostile. The edge peeks at a ClientHello, consumes nothing
 *         of a TLS connection, and holds no key, no file and no content.
 * Owns:   accepted sockets until they are passed on or closed; channels to portals.
 * Used inside src/proc/edge only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/tally.h"
#include "loop/loop.h"
#include "service/service.h"
#include "sni/clienthello.h"
#include "sni/hostname.h"
#include "wire/channel.h"

enum {
        HELLO_DEADLINE_MS = 5000,       /* from accept to a whole ClientHello, or to a portal */
        WORKERS_MAX = 16,
        WAITING_PER_PORTAL_MAX = 1024,  /* connections held while a portal starts or is busy */
};

struct edge;

/* A portal as the edge knows it: a number and the channels to its workers. */
struct edge_portal {
        uint64_t id;
        struct edge *edge;
        struct channel *channels[WORKERS_MAX];
        size_t nchannels;
        size_t turn;                    /* the next worker to get a connection */
        uint64_t down_until;            /* clock_ms(); do not ask for it before */
        bool woken;                     /* asked for, no channel yet */
        struct loop_timer retry;        /* while its workers have no room */
        struct visitor *waiting;        /* in order of arrival */
        struct visitor **waiting_last;
        size_t nwaiting;
};

enum visitor_state {
        VISITOR_HELLO,                  /* its ClientHello is not whole yet */
        VISITOR_WAITING,                /* its portal is being started */
        VISITOR_PLAIN,                  /* on the plain port: its request is not whole yet */
};

/* One accepted connection that has not been passed on. */
struct visitor {
        struct edge *edge;
        int fd;
        enum visitor_state state;
        struct loop_watch watch;
        uint64_t deadline;
        struct visitor *older, *newer;  /* the queue of deadlines */
        struct visitor *next_waiting;
        struct edge_portal *portal;     /* VISITOR_WAITING */
        struct hostname host;
        struct tally_key address;
        size_t need;                    /* VISITOR_HELLO: bytes worth looking at again */
};

struct edge_counters {
        uint64_t accepted, passed, woken, plain, redirected, no_name, unknown_name, not_tls, bad_hello,
                late, refused_address, evicted, refused_portal;
};

struct edge {
        struct service service;
        struct loop_watch https, http;
        int https_fd, http_fd;
        struct channel *registry;
        struct map *hosts;              /* host name to struct edge_portal */
        struct map *hosts_coming;       /* between ROUTES_BEGIN and ROUTES_END */
        struct map *portals;            /* decimal id to struct edge_portal */
        struct tally *addresses;        /* connections held, by where they come from */
        struct visitor *oldest, *newest;
        size_t nvisitors;
        struct loop_timer sweep;
        struct loop_timer resume;       /* accepting again after the descriptors ran out */
        struct edge_counters counters;
        unsigned https_port;
        size_t per_address_max;
        size_t visitors_max;
        bool accepting;
};

/* visitors.c */
void visitors_accept(struct edge *edge, int listener, enum visitor_state state);
void visitor_end(struct visitor *visitor);              /* close it; frees visitor */
void visitor_alert(struct visitor *visitor, enum tls_alert alert);
void visitor_answer(struct visitor *visitor, const void *p, size_t n);
void visitor_answer_plain(struct visitor *visitor, const char *status, const char *text);
int visitor_release(struct visitor *visitor);           /* the descriptor; frees the rest */
void visitor_wait(struct visitor *visitor);             /* for more bytes; ends it if none can come */
void visitor_watch(struct visitor *visitor);            /* hear of its bytes and its end; may end it */

/* hello.c */
void hello_ready(struct visitor *visitor);

/* plain.c */
void plain_ready(struct visitor *visitor);

/* routes.c */
struct edge_portal *routes_find(const struct edge *edge, const struct hostname *host);
struct edge_portal *routes_portal(struct edge *edge, uint64_t id);
void routes_on_message(struct edge *edge, struct message *msg);

/* handoff.c */
void handoff(struct visitor *visitor, struct edge_portal *portal);
void handoff_add_channel(struct edge *edge, uint64_t id, int fd);
void handoff_detach(struct edge *edge, uint64_t id);
void handoff_down(struct edge *edge, uint64_t id, uint32_t retry_ms);
void handoff_forget(struct visitor *visitor);

/* status.c */
void edge_status(const struct edge *edge, struct buf *out);
