/*
 * registry.h -- the state of the process that knows which portals exist and carries out the operator's
 * commands.
 *
 * Trust:  the command line is believed about who it is only by its peer credentials; jobs and probes are
 *         portals' processes and believed about nothing but their own result.
 * Owns:   registry.db, the local certificate authority, connections of the command line.
 * Used inside src/proc/registry only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "json/json.h"
#include "loop/loop.h"
#include "service/service.h"
#include "store/registry.h"
#include "tls/authority.h"
#include "wire/channel.h"

enum { GRACE_DAYS = 30, RENEW_DAYS = 30, SWEEP_SECONDS = 3600, NAME_MAX_BYTES = 63 };

struct registry;
struct client;
struct task;
struct vault_pipe;

/* One connection of the command line: one command. */
struct client {
        struct client *next, **prev;
        struct registry *reg;
        struct channel *channel;
        const char *verb;               /* its command's, from the table; NULL before it came */
        struct task *task;              /* what works for it, or NULL */
        bool answered;
        size_t remarked;                /* bytes of remarks and progress it was sent */
        unsigned left_out;              /* remarks it was not sent */
};

/*
 * A task's job. Each JOB_START brings exactly one JOB_ENDED, and each job exactly one call of job_done:
 *
 *   RUNNING -- JOB_DONE, or a breach of the protocol ---------------> FINISHED, job_done()
 *      |
 *      JOB_ENDED -- the channel is gone, or it never ran -----------> FINISHED, job_done()
 *      |
 *      v
 *   ENDED, its last words unread -- JOB_DONE, or end of file -------> FINISHED, job_done()
 *
 * job_done() may end the task, so nobody touches a task after it.
 */
enum job_state { JOB_NONE, JOB_RUNNING, JOB_ENDED, JOB_FINISHED };

/*
 * One piece of work that other processes carry out. Embedded first in what each kind of work needs
 * besides. The callbacks of a step that a kind does not use stay NULL, and messages for them are dropped.
 *
 * A task ends by task_end() only. Whoever still points to it then is told by that: its client, and the
 * tasks it owns, which go on and find out at their end that nobody waits.
 */
struct task {
        struct task *next;
        struct registry *reg;
        uint64_t token;
        struct client *client;          /* NULL: nobody waits, or it has gone */
        struct task *owner;             /* the task that waits for this one; NULL: none, or it has ended */
        struct arena *arena;
        uint64_t portal;
        struct str host;                /* whom a JOB_KEY is certified for */
        struct channel *job;
        int raw;                        /* a probe's channel, read as bytes; or -1 */
        enum job_state job_state;
        bool certified;                 /* its job has had its one certificate */
        struct buf result;              /* of the job, in JOB_PARTs and JOB_DONE */
        void (*container_done)(struct task *task, struct str why);
        void (*job_open)(struct task *task);
        void (*job_done)(struct task *task, int code, struct str sentence, struct str json);
        void (*probe_ended)(struct task *task, int status);
        void (*watched)(struct task *task, pid_t pid, struct str why);
        void (*checked)(struct task *task, uint32_t state, struct str why);     /* SSO_CHECKED */
        void (*told)(struct task *task, enum peer from, struct str json);       /* STATUS_TELL */
        bool awaits_vault;              /* it has asked and not been answered */
        void (*turn)(struct task *task);        /* it waits for the vault; vault.c */
        void (*vault_piped)(struct task *task, const struct vault_pipe *pipe, int fd);
        void (*vault_fetching)(struct task *task, uint64_t done, uint64_t total);
        void (*vault_done)(struct task *task, int code, struct str sentence, const struct json *answer);
        void (*free)(struct task *task);
};

struct registry {
        struct service service;
        struct store *store;
        struct tls_authority *authority;
        struct channel *edge;
        struct channel *courier;
        struct channel *vault;
        const struct task *vault_user;  /* whose turn it is; vault.c */
        struct loop_watch control;
        int control_fd;
        uid_t owner;
        const char *host;
        unsigned port;
        bool self_restores;             /* portals' administrators may restore in the browser */
        struct client *clients;
        struct task *tasks;
        uint64_t next_token;
        struct loop_timer sweep;
};

/* main.c's one instance */
extern struct registry registry;

/* control.c: the command line */
void control_accept(void *ctx, unsigned events);
/* The pipe with the answer's file; fd is borrowed. */
void client_stream(struct client *client, int fd);
void client_answer(struct client *client, const struct json *answer);
void client_answer_text(struct client *client, struct str json);
void client_refuse(struct client *client, int code, const char *sentence);
void client_remark(struct client *client, uint32_t severity, struct str file, uint32_t line,
                   struct str text);
void client_progress(struct client *client, struct str stage, uint64_t done, uint64_t total);

/* commands.c: the table. Takes fd. */
typedef void command_fn(struct client *client, const struct json *args, int fd);
void commands_run(struct client *client, struct str verb, struct str arguments, int fd);

/* tasks.c */
NODISCARD void *task_new(size_t size, struct client *client, uint64_t portal);
void task_end(struct task *task);
void task_make_container(struct task *task);
void task_remove_container(struct task *task);
void task_start_job(struct task *task);
void task_start_probe(struct task *task, uint64_t argument);
void task_watch_portal(struct task *task);
void task_on_message(struct registry *reg, enum peer from, struct message *msg, int fd);
struct task *task_find(struct registry *reg, uint64_t token);

/* creation.c: make a portal, or undo what was begun */
/* err NULL: made; answer: what the job told of its owner's account, or NULL */
typedef void created_fn(struct task *owner, int64_t portal, const struct json *answer,
                        const struct err *err);
/* created is called once, if owner has not ended by then; it may end owner. Perhaps at once. Takes
 * fd: an export that the portal is made from, or -1. */
void creation_start(struct task *owner, const struct registry_portal *portal, bool routed, int fd,
                    created_fn *created);
/*
 * One that was made unrouted gets its state, and is reached by its name if that is active.
 * answer: its "title" and "language".
 */
NODISCARD int creation_settle(const struct registry_portal *portal, struct str host,
                              const struct json *answer, struct err *err);
/* Destroy container and row; does nothing when that is under way. */
void removal_start(struct registry *reg, int64_t portal);
/* The same for a portal that was just made: removed is called when its name is free again. */
typedef void removed_fn(struct task *owner);
void removal_wait(struct task *owner, int64_t portal, removed_fn *removed);
void creation_undo_unfinished(struct registry *reg);

/* certificates.c */
NODISCARD int certificates_open(struct registry *reg, struct err *err);
void certificates_record(struct registry *reg, uint64_t portal, struct str host);
void certificates_sweep(struct registry *reg);

/* routes.c */
void routes_send_all(struct registry *reg);

/* status.c: whoever has died is not waited for; a status that is asked for says so. */
void status_peer_gone(enum peer peer);
void routes_send(struct registry *reg, struct str host, int64_t portal);

/*
 * allow.c: what the courier knows. One active portal and its name NAME.HOST, after its state or its allowed
 * origins have changed; one that is not active any more; all.
 */
void allow_send(struct registry *reg, int64_t portal, struct str host);
void allow_forget(struct registry *reg, int64_t portal);
void allow_send_all(struct registry *reg);

/* The name under which a portal answers: NAME.HOST. */
struct str portal_host(const struct registry *reg, struct arena *arena, struct str name);
struct str portal_url(const struct registry *reg, struct arena *arena, struct str host);

/* portals.c */
command_fn command_portal_create, command_portal_list, command_portal_show, command_portal_suspend,
        command_portal_resume, command_portal_delete, command_portal_restore, command_domain_list;
NODISCARD int portal_find_active(struct registry *reg, const struct json *args, struct arena *arena,
                                 struct registry_portal *out, struct err *err);
/* Destroy what is past its grace at this time, Unix seconds. */
void portals_purge(struct registry *reg, int64_t now);

/* deletion.c: measure a portal, then destroy it; goes on where a crash has left off */
void deletion_start(struct registry *reg, const struct registry_portal *portal);
/* There is no way back from here. */
bool deletion_has_begun(struct registry *reg, int64_t portal);
/* In the transaction that forgets the portal: its certificate. */
NODISCARD int deletion_finish(struct registry *reg, int64_t portal, int64_t now, struct err *err);
command_fn command_portal_certificate;

/* Its workers finish what they have; the next connection starts new ones. */
void portal_retire(int64_t id);
/* May a portal be called so? ERR_INVALID says what may. */
NODISCARD int portal_check_name(const struct registry *reg, struct str name, struct err *err);

/* work.c: a command that one job in an active portal's container carries out */
struct work {
        struct task task;
        const char *verb;
        struct json *args;              /* a copy: the command's own is freed when it returns */
        int fd;                         /* what came with the command, or -1 */
        struct str host;
        void (*failed)(uint64_t portal);        /* or NULL: what to do about a job that ended badly */
        /* What is left to do here when the job has done its part, or NULL; may add to the answer. */
        int (*settle)(struct work *work, struct json *answer, struct err *err);
};

/* Takes fd. open posts the job's order; the result goes to the client, with "url" for its "path". */
/* NULL when it was refused at once. */
struct work *work_start(struct client *client, const struct json *args, int fd,
                        void (*open)(struct task *task));
/* The order, with the work's descriptor. The work may have ended when it returns. */
void work_post(struct work *work, const struct message *msg);
/* A path of a portal as people open it. */
struct str work_address(const struct registry *reg, struct arena *arena, struct str host,
                        struct str path);

/* people.c */
command_fn command_people;
void people_send_order(struct task *task);

/* sso.c */
command_fn command_sso_add, command_sso_remove;

/* sso_check.c */
command_fn command_sso_check;

/* documents.c */
command_fn command_import, command_publish, command_export;

/* self.c: what a portal's administrators order about their own portal, through the supervisor */
enum { EXPORT_KEEP_SECONDS = 86400 };   /* how long one waits to be fetched */
void self_take(struct message *msg);
void self_take_copy(struct message *msg);
void self_take_part(struct message *msg);

/* status.c */
command_fn command_status;

/* backups.c, restore.c, fetch.c */
command_fn command_backup_now, command_backup_list, command_backup_verify, command_backup_confirm,
        command_backup_restore, command_backup_fetch, command_backup_keys, command_backup_take;
/* Destroy the portal: the keys of its backups, the backups, then container and row. */
void backups_destroy(uint64_t portal);

/* isolation.c */
command_fn command_isolation_verify;
