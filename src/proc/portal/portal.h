/*
 * portal.h -- the state of one portal's worker: everything a client's users see comes from here.
 *
 * Trust:  sockets carry strangers' bytes; tls/ and http/ take them apart. The edge is believed only about
 *         which name a connection asked for; the database is this portal's own and may still be hostile.
 * Owns:   the container's database handle, its TLS keys, and every connection it was handed.
 * Used inside src/proc/portal only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "main.h"

#include "base/map.h"
#include "base/tally.h"
#include "crypto/token.h"
#include "http/conn.h"
#include "http/entity.h"
#include "loop/loop.h"
#include "page/page.h"
#include "sandbox/confine.h"
#include "service/service.h"
#include "store/read.h"
#include "store/store.h"
#include "tls/conn.h"
#include "tls/server.h"

enum {
        CONNECTIONS_MAX = 3800,         /* below the profile's limit of descriptors */
        CONNECTIONS_PER_ADDRESS = 1024,
        HANDSHAKE_MS = 10000,
        GOODBYE_MS = 2000,              /* for a peer to end its side */
        DRAIN_MS = 30000,               /* a retired worker ends after this, whoever is still reading */
        TRIM_MS = 2000,                 /* without a connection: give memory back */
        IDLE_AGAIN_MS = 60000,
        CACHE_BYTES = 4 * 1024 * 1024,
        CACHE_BYTES_IDLE = 64 * 1024,
        LOGIN_FREE_FAILURES = 5,        /* in a row, before waiting begins */
        LOGIN_WAIT_MAX = 900,           /* seconds */
        ASKED_FREE = 3,                 /* links for a new password, by the address typed */
        ASKED_BY_ADDRESS_FREE = 10,     /* and by where they are asked for */
        ASKED_WAIT_MAX = 900,
        ADDRESS_FREE_FAILURES = 30,     /* a whole office may share one address */
        ADDRESS_WAIT_MAX = 60,
        FORM_BODY_MAX = 16 * 1024,      /* forms are small; nothing is uploaded here yet */
};

/* One host name's key and certificate. */
struct host {
        struct tls_server *tls;
        char name[254];
};

struct cache;

struct portal {
        struct service service;
        struct store *store;
        struct cache *cache;
        struct map *hosts;              /* name to struct host */
        struct tally *addresses;
        struct channel *edges[16];      /* one, two for a moment when an edge is replaced */
        size_t nedges;
        struct conn *conns;
        size_t nconns;
        struct sandbox_layers layers;
        const struct portal_setup *setup;
        uint64_t idle_ms;
        bool retiring;
        struct loop_timer idle, trim, drain;
        struct throttle *throttle;      /* logins that failed, by the name that was typed */
        struct throttle *addresses_failing;     /* and by where they came from */
        struct throttle *asked;         /* links for new passwords, by the address typed */
        struct throttle *addresses_asking;      /* and by where they are asked for */
        struct throttle *tokens_failing;        /* tokens of the API that were not valid, likewise */
        struct token_key form_key;
        bool has_form_key;
        struct arena *site_arena;       /* what page_site's slices point to */
        struct page_site site;
        uint64_t site_generation;
};

enum conn_state { CONN_HANDSHAKE, CONN_OPEN, CONN_GOODBYE };

struct conn {
        struct portal *portal;
        struct conn *next, *prev;
        const struct host *host;
        int fd;
        enum conn_state state;
        bool broken;                    /* beyond repair: send what is queued, then close */
        bool wants_write;
        bool asked;                     /* it has brought a request */
        struct tally_key address;
        struct tls_conn *tls;
        struct http_conn *http;
        struct loop_watch watch;
        struct loop_timer timer;
};

/* connection.c: takes fd */
void connection_new(struct portal *portal, const struct host *host, int fd);
void connection_free(struct conn *conn);
void connections_drain(struct portal *portal);

/* hosts.c */
NODISCARD int hosts_find(struct portal *portal, struct str name, struct host **out, struct err *err);

/* routes.c: one request; how long its body may be */
void routes_handle(void *ctx, struct http_exchange *x);
size_t routes_body_limit(void *ctx, const struct http_request *req);

/* The one service of this process, for what has no portal at hand. */
struct service *portal_service(void);

/* The portal's title, language and direction; read again when the database has changed. */
const struct page_site *site_of(struct portal *portal);

/* Called when a connection has ended. */
void portal_connection_ended(struct portal *portal);
