/*
 * supervisor.h -- the state of the one process that starts, connects and restarts all others.
 *
 * Trust:  parses no byte that came from outside. From its children it takes only messages of
 *         messages.def; a portal is named by a number, never by a path.
 * Owns:   every child, every channel's far end until it is handed on, the listening sockets, the lock.
 * Used inside src/proc/supervisor only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "config/config.h"
#include "loop/loop.h"
#include "sandbox/confine.h"
#include "wire/channel.h"

/* uid_base + these: who each process is in strict mode. */
enum uid_offset { UID_EDGE = 1, UID_REGISTRY = 2, UID_COURIER = 3, UID_VAULT = 4, UID_PORTAL_FIRST = 1000 };

enum listener { LISTENER_HTTPS = 1, LISTENER_HTTP = 2, LISTENER_CONTROL = 3, LISTENER_COUNT };

enum spawn_kind { SPAWN_PORTAL = 1, SPAWN_JOB = 2, SPAWN_PROBE = 3, SPAWN_HELP = 4 };

struct supervisor;

/* How many lines somebody has logged in this second. */
struct log_meter {
        uint64_t second;
        unsigned lines;
};

/* zygote, registry, courier, vault, edge: one of each, always. */
struct child {
        struct supervisor *sup;
        enum peer peer;
        const char *program;
        pid_t pid;                      /* 0: not running */
        struct channel *channel;
        bool ready;
        uint64_t started;               /* clock_ms() */
        unsigned restarts;              /* also: which of its lives this is */
        unsigned quick_deaths;
        bool anchored;                  /* the registry has sent its TRUST_ANCHOR */
        struct log_meter meter;
        struct loop_timer restart;
};

/*
 * A process the zygote has forked, or is about to.
 *
 *   queued   spawn_fd >= 0              no zygote is there to be asked
 *   asked    spawn_fd < 0, pid == 0     SPAWN is sent, SPAWNED has not come
 *   running  pid > 0                    our child, not yet waited for: its pid names nobody else
 *
 * doomed: it must end. One that is not running yet is killed as soon as its pid is known.
 */
struct worker {
        struct worker *next;
        struct supervisor *sup;
        uint64_t token;
        uint64_t portal;
        enum spawn_kind kind;
        uint64_t argument;
        pid_t pid;
        int spawn_fd;                   /* its end of its channel, until SPAWN is sent; or -1 */
        struct channel *channel;        /* portals only: jobs talk to the registry */
        struct loop_timer limit;        /* when it runs out, the process is killed */
        uint64_t started;
        uint64_t idle_at;               /* when it last said IDLE */
        uint64_t courier_at;            /* when it was last given a channel to the courier */
        uint64_t check_token;           /* the check of a provider it was last asked for; 0: none */
        uint64_t registry_token;        /* jobs and probes: whom to tell of the end ... */
        unsigned registry_life;         /* ... if it is still the one that asked */
        bool ready;
        bool retiring;
        bool doomed;
        struct log_meter meter;
        struct log_meter messages;      /* of all kinds, in this second */
};

/* What is remembered of a portal that has run. */
struct portal {
        uint64_t id;
        unsigned quick_deaths;
        unsigned crashes;
        uint64_t down_until;            /* clock_ms(); 0: may start */
        bool removing;                  /* a CONTAINER_REMOVE waits until the last worker is gone */
        uint64_t remove_token;
        unsigned remove_life;           /* which registry asked */
};

enum { DEAD_MAX = 64, CHILDREN = 5, PORTAL_ID_MAX = INT32_MAX };

struct supervisor {
        struct config config;
        struct loop *loop;
        struct sandbox_layers layers;   /* what the survey found */
        enum sandbox_mode mode;
        int data_fd;                    /* DATA, opened as a folder */
        int listeners[LISTENER_COUNT];
        struct child children[CHILDREN];        /* in the order of enum child_index */
        struct worker *workers;
        struct map *portals;            /* decimal id to struct portal */
        uint64_t next_token;
        struct {
                pid_t pid;
                int status;
        } dead[DEAD_MAX];               /* ended before the zygote told us of them */
        unsigned ndead;
        struct loop_watch signals;
        struct loop_watch keeper;
        struct loop_timer outboxes;     /* until the next look into all of them */
        int signal_fd;
        bool stopping;
        bool told_ready;
        uint64_t started;
};

enum child_index { CHILD_ZYGOTE, CHILD_REGISTRY, CHILD_COURIER, CHILD_VAULT, CHILD_EDGE };

/* data_dir.c */
NODISCARD int data_dir_open(struct supervisor *sup, struct err *err);
NODISCARD int data_dir_make_container(struct supervisor *sup, uint64_t portal, struct err *err);
bool data_dir_has_container(const struct supervisor *sup, uint64_t portal);
bool data_dir_has_letters(const struct supervisor *sup, uint64_t portal);
/* Whatever a hostile job has put there; no process may be inside any more. */
NODISCARD int data_dir_remove_container(struct supervisor *sup, uint64_t portal, struct err *err);

/* listeners.c */
NODISCARD int listeners_open(struct supervisor *sup, struct err *err);

/* children.c */
NODISCARD int children_start(struct supervisor *sup, struct err *err);
void children_stop(struct supervisor *sup);
bool children_reap(struct supervisor *sup, pid_t pid, int status);
void child_tell(struct child *child, const struct message *msg, int fd);
/* To the registry, if it is still in the life in which it asked. Its tokens begin anew with each. */
void registry_tell(struct supervisor *sup, unsigned life, const struct message *msg, int fd);

/* portals.c: workers of portals */
void portals_wake(struct supervisor *sup, uint64_t id);
void portals_attach_edge(struct supervisor *sup);
void portals_retire(struct supervisor *sup, uint64_t id);
void portals_worker_ended(struct supervisor *sup, const struct worker *worker, int status);
struct portal *portals_get(struct supervisor *sup, uint64_t id);
unsigned portals_alive(const struct supervisor *sup);
/* SSO_CHECK of the registry, and SSO_CHECKED of a worker. */
void portals_check_sso(struct supervisor *sup, struct message *msg);
void portals_checked_sso(struct worker *worker, struct message *msg);
void portals_watch(struct supervisor *sup, uint64_t id, uint64_t token);
void portals_remove(struct supervisor *sup, uint64_t id, uint64_t token);
/* A worker or job of this portal is gone: was it the last a removal waits for? */
void portals_removal_goes_on(struct supervisor *sup, uint64_t id);
bool portals_is_removing(const struct supervisor *sup, uint64_t id);
/* Whether a portal may have this number: its uid must stay within what uid_base leaves. */
bool portals_is_id(const struct supervisor *sup, uint64_t id);
uint32_t portals_uid(const struct supervisor *sup, uint64_t id);

/* workers.c: what portals, jobs and probes have in common. workers_spawn() takes channel_fd. */
NODISCARD struct worker *workers_spawn(struct supervisor *sup, uint64_t portal, enum spawn_kind kind,
                                       uint64_t argument, int channel_fd);
void workers_kill(struct worker *worker);
void workers_limit(struct worker *worker, uint64_t ms); /* kill it then; a shorter limit stays */
void workers_on_spawned(struct supervisor *sup, struct message *msg);
bool workers_reap(struct supervisor *sup, pid_t pid, int status);
void workers_zygote_gone(struct supervisor *sup);
void workers_zygote_back(struct supervisor *sup);
void workers_start_job(struct supervisor *sup, struct message *msg);
unsigned workers_count(const struct supervisor *sup, uint64_t portal, enum spawn_kind kind);

/* asks.c: what portals ask of the registry, about themselves only */
void asks_take(struct worker *asking, struct message *msg);             /* SELF_ASK, SELF_TAKE */
void asks_told(struct supervisor *sup, struct message *msg);            /* SELF_TOLD */
void asks_registry_gone(struct supervisor *sup);        /* nobody answers what is open */

/* errands.c: jobs that portals ask for */
void errands_ask(struct worker *asking, uint64_t ticket);
void errands_ended(struct supervisor *sup);

/* outbox.c: portals and the courier */
void outbox_connect(struct worker *asking);             /* COURIER_ASK */
void outbox_look(struct supervisor *sup, uint64_t id);  /* if letters wait there, wake the portal */
void outbox_look_everywhere(struct supervisor *sup);    /* now, and from time to time */

/* dispatch.c: messages of the fixed children */
void dispatch_zygote(void *ctx, struct message *msg, int fd);
void dispatch_registry(void *ctx, struct message *msg, int fd);
void dispatch_edge(void *ctx, struct message *msg, int fd);
void dispatch_courier(void *ctx, struct message *msg, int fd);
void dispatch_vault(void *ctx, struct message *msg, int fd);

/* status.c */
void status_json(const struct supervisor *sup, struct buf *out);

/* log.c. log_allows: one more in this second? */
bool log_allows(struct log_meter *meter, unsigned max);
void log_line(enum peer who, pid_t pid, uint64_t portal, uint32_t level, struct str text);
void log_own(uint32_t level, const char *fmt, ...) PRINTF(2, 3);
