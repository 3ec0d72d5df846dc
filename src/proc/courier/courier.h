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

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "loop/loop.h"
#include "mail/letter.h"
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
        LETTERS_MAX = 10000,            /* in the spool */
        LETTERS_PER_PORTAL = 2000,
        LETTER_DAYS = 3,                /* then it is given up, or when its link has ended */
        SENDING_MAX = 4,                /* connections to the mail server */
        FAILURES_KEPT = 100,
        RECENT_MAX = 1024,              /* letters sent last, should a portal hand one over again */
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
        unsigned queued;                /* its letters in the spool */
        uint64_t served;                /* when one was sent last, in turns */
};

/* A letter in the spool; all that is in its file but the order of sending stays there. */
struct queued {
        struct queued *next;
        struct portal *portal;
        char id[LETTER_ID_MAX + 1];
        uint32_t kind;
        int64_t accepted;               /* Unix seconds */
        int64_t expires;                /* 0: never */
        int64_t due;
        unsigned attempts;
        struct outbound_transfer *sending;
};

/* What a letter's file holds. Slices live in the arena it was read into. */
struct spooled {
        uint64_t portal;
        struct str id, language, to, name, site, link;
        struct str subject, text;       /* of LETTER_NOTE, and nothing else but id and to */
        uint32_t kind;
        int64_t accepted, expires, due;
        unsigned attempts;
};

/* A letter that will never arrive, without whom it was for. */
struct failure {
        int64_t time;
        uint64_t portal;
        uint32_t kind;
        char why[ERR_TEXT_MAX];
};

/* The settings of [mail]. */
struct mail {
        bool on;
        struct outbound_relay relay;
        const char *from;
        unsigned retry_seconds;
        unsigned letters_per_hour;
        const char *alarms;             /* who is told of alarms; empty: nobody */
};

/* Where copies of backups go; one object at a time, as the vault asks. */
struct offsite {
        bool on;
        bool removes;
        unsigned retry_seconds, recheck_days;
        struct outbound_bucket bucket;
        struct channel *vault;
        struct copy *copy;              /* under way, or NULL */
        uint64_t stored, removed;       /* since the start */
        int64_t error_time;
        char error[ERR_TEXT_MAX];       /* of the last attempt that failed */
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
        struct mail mail;
        struct offsite offsite;
        const char *host;               /* the host's own name */
        struct queued *queue;
        unsigned nqueued, nsending;
        uint64_t turn;
        struct loop_timer next_letter;
        unsigned relay_failures;        /* in a row, of the server and not of a letter */
        int64_t hold_until;             /* so long nothing is tried */
        uint64_t sent;                  /* since the start */
        struct failure failures[FAILURES_KEPT]; /* the newest first */
        unsigned nfailures;
        int64_t error_time;             /* of the last attempt that failed, whatever became of it */
        char error[ERR_TEXT_MAX];
        char recent[RECENT_MAX][LETTER_ID_MAX + 1];
        unsigned nrecent;
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
struct portal *clients_portal(struct courier *c, uint64_t id);  /* made when it is not known yet */

/* fetches.c */
void fetches_ask(struct client *client, struct message *msg);
void fetches_end(struct client *client);        /* its channel is gone */

/*
 * spool.c: one file a letter, in the working directory; what spool_write() has returned from is on disk.
 * ERR_NOT_FOUND and ERR_CORRUPT of spool_read().
 */
NODISCARD int spool_write(const struct spooled *letter, struct err *err);
NODISCARD int spool_read(uint64_t portal, const char *id, struct arena *arena, struct spooled *out,
                         struct err *err);
void spool_remove(uint64_t portal, const char *id);
/* Each letter that is there; what cannot be read is left where it is and counted. */
typedef void spool_letter_fn(struct courier *c, const struct spooled *letter);
NODISCARD int spool_each(struct courier *c, spool_letter_fn *each, unsigned *damaged, struct err *err);
void spool_write_failures(const struct courier *c);
void spool_read_failures(struct courier *c);

/* letters.c: taking letters from portals, and those about alarms from the registry */
void letters_take(struct client *client, struct message *msg);
void letters_take_alarm(struct message *msg);
/* The message as it is sent. ERR_INVALID, ERR_LIMIT. */
NODISCARD int letters_compose(const struct courier *c, const struct spooled *l, struct buf *out,
                              struct err *err);

/* queue.c: giving them to the mail server */
NODISCARD int queue_open(struct courier *c, struct err *err);
void queue_add(struct courier *c, const struct spooled *letter);
bool queue_has(const struct courier *c, uint64_t portal, struct str id);        /* or sent it lately */
void queue_work(struct courier *c);
void queue_free(struct courier *c);

/* offsite.c: a channel to a new vault. Takes fd. */
void offsite_take_vault(int fd);

/* status.c */
void courier_status(const struct courier *c, struct buf *out);
