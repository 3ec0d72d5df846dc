/*
 * courier.h -- the state of the one process that may connect to other machines.
 *
 * Trust:  a portal may be taken over: its messages are quotas and allowlists away from the network. Whoever
 *         answers out there is a stranger, and outbound/ bounds them. The registry is believed about what
 *         each portal may reach. Which portal asks is known from the channel it asks on.
 * Owns:   the spool, channels to portals, transfers under way.
 * Used inside src/proc/courier only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "loop/loop.h"
#include "outbound/outbound.h"
#include "service/service.h"
#include "wire/channel.h"

enum {
        ORIGINS_MAX = 32,               /* of one portal; the registry keeps to the same */
        CHANNELS_PER_PORTAL = 48,       /* as many as it may have workers */
        FETCHES_PER_PORTAL = 4,         /* at once */
        FETCHES_PER_MINUTE = 120,       /* of one portal */
        FETCHES_MAX = 64,               /* at once, of all */
        AUTHORIZATION_MAX = 4096,
};

/* What the registry has said of one portal. */
struct allowed {
        char *address;                  /* "https://acme.docs.example.com/" */
        char *origins[ORIGINS_MAX];
        size_t norigins;
};

/* How much somebody has asked for in a span of time. */
struct quota {
        uint64_t since;                 /* clock_ms() */
        unsigned used;
};

/* A portal that has, or had, a channel to this process. */
struct portal {
        uint64_t id;
        struct client *clients;
        size_t nclients;
        unsigned fetching;
        struct quota fetches;           /* in a minute */
        struct quota letters;           /* in an hour */
};

/* One worker of a portal. */
struct client {
        struct client *next;
        struct portal *portal;
        struct channel *channel;
        struct fetch *fetches;
};

struct courier {
        struct service service;
        struct outbound *outbound;
        struct channel *registry;
        struct map *allowed;            /* decimal id to struct allowed */
        struct map *allowed_coming;     /* between ALLOW_BEGIN and ALLOW_END */
        struct map *portals;            /* decimal id to struct portal */
        unsigned fetching;
        uint64_t fetched, refused;      /* since the start */
};

/* main.c's one instance */
extern struct courier courier;

/* A key of the maps. */
struct portal_key {
        char text[24];
};
struct str portal_key(struct portal_key *key, uint64_t id);

/* One more within span ms? */
bool quota_take(struct quota *quota, unsigned max, uint64_t span);

/* allow.c: messages of the registry */
void allow_on_message(struct courier *c, struct message *msg);
void allow_free(struct courier *c);
const struct allowed *allow_find(const struct courier *c, uint64_t portal);     /* NULL: nothing */
bool allow_has_origin(const struct allowed *allowed, const char *origin);

/* clients.c: channels of portals. Takes fd. */
void clients_add(struct courier *c, uint64_t portal, int fd);

/* fetches.c */
void fetches_ask(struct client *client, struct message *msg);
void fetches_end(struct client *client);        /* its channel is gone */

/* status.c */
void courier_status(const struct courier *c, struct buf *out);
