/*
 * backup.h -- backups as the registry sees them: which portal, which job, which answer of the vault.
 *
 * Trust:  a job is believed about nothing but what a trial restore in another container confirms.
 * Owns:   nothing beside the tasks.
 * Used inside src/proc/registry only.
 */
#pragma once

#include "crypto/digest.h"
#include "registry.h"
#include "vault/alarm.h"
#include "vault/seal.h"

/* What came with a pipe. */
struct vault_pipe {
        uint64_t seq;
        uint64_t bytes, rows;           /* of what was sealed */
        char content[DIGEST_HEX_LEN + 1];
};

/* ---- vault.c ---- */

void vault_take(int fd);                /* a channel to a new vault */
/* turn is called when the vault is free, perhaps at once; vault_leave() by task_end(). */
void vault_queue(struct task *task, void (*turn)(struct task *task));
void vault_leave(const struct task *task);
bool vault_is_busy(void);
/* The answer comes to task->vault_done, perhaps at once. */
void vault_ask(struct task *task, const struct message *msg, int fd);
void vault_ask_about(struct task *task, enum message_type type, uint64_t portal, uint64_t seq);
void vault_abort(struct task *task);
/* The portal's state has changed, or the vault may not know it. */
void vault_mark(const struct registry_portal *portal);

/* ---- order.c: one order to one job, for a task that goes on ---- */

typedef void order_done_fn(struct task *owner, int code, struct str sentence, const struct json *answer);

/*
 * Takes over msg's bytes; duplicates fd. done is called once, if owner has not ended by then. Notes are
 * dropped, progress goes to owner's client.
 */
void order_start(struct task *owner, uint64_t portal, struct message *msg, int fd, order_done_fn *done);

/*
 * A message behind the order, to the job that owner waits for, also when that has not begun yet. Takes over
 * msg's bytes.
 */
void order_add(const struct task *owner, struct message *msg);

/* JOB_RECEIVE for what came with a pipe. */
void order_receive(struct task *owner, uint64_t portal, const struct vault_pipe *pipe, int fd,
                   order_done_fn *done);

/* ---- trial.c: a throw-away container, the same one again and again ---- */

typedef void trial_ready_fn(struct task *owner, uint64_t container, struct str why);

/* container 0: it could not be made, and why. */
void trial_begin(struct task *owner, trial_ready_fn *ready);
/* Its number, while it is there. */
uint64_t trial_container(void);
/* It is gone when ended is called. */
void trial_end(struct task *owner, trial_ready_fn *ended);

/* ---- run.c: one backup from its beginning to its verdict; or only its trial ---- */

typedef void run_done_fn(struct task *owner, int code, struct str sentence, const struct json *answer);

/* The caller has the vault's turn. done is called once, if owner has not ended by then. */
void run_backup(struct task *owner, uint64_t portal, enum backup_kind kind, run_done_fn *done);
void run_trial(struct task *owner, uint64_t portal, uint64_t seq, run_done_fn *done);

/* ---- restore.c, for a portal's own administrator: into its own place ---- */

enum restore_step { RESTORE_WAITING, RESTORE_OPENING, RESTORE_SAVING, RESTORE_PLACING, RESTORE_OVER };

struct restore_news {
        enum restore_step step;
        int code;                       /* of RESTORE_OVER; with why it failed */
        const char *why;
        uint64_t backup, before;        /* which it was, and the one that was made first; 0: none yet */
        const struct json *brought;     /* of a part that came back: what JOB_BRING_BACK counted; or NULL */
};

typedef void restore_told_fn(uint64_t portal, const struct restore_news *news);

/* Who wants what of which of its backups. */
struct restore_order {
        uint64_t portal, backup, actor;
        struct str project, topic;      /* addresses; empty: the whole portal, the whole project */
        bool look;                      /* nothing is restored: what it holds is written down there */
};
enum { RESTORE_SLUG_MAX = 500 };

/* told hears of each step, and exactly once that it is over; perhaps at once. */
void restore_start(const struct restore_order *order, restore_told_fn *told);

/*
 * A portal of a lost host is made again, under its number, name and state, and becomes what this backup
 * holds. locked: with all accounts disabled, else with the backup's. The caller has the vault's turn. done is
 * called once, if owner has not ended by then; a portal that did not come back has left nothing.
 */
void restore_lost(struct task *owner, const struct registry_portal *portal, uint64_t seq, bool locked,
                  run_done_fn *done);

/* ---- agenda.c: which portal is due ---- */

void agenda_take_state(struct message *msg);
void agenda_take_age(struct message *msg);
void agenda_take_offsite(struct message *msg);
void agenda_forget_state(void);
bool agenda_has_keys(void);
void agenda_start(void);
/* Look for what is due as soon as whoever calls has ended. */
void agenda_look_soon(void);
/* What is known of a portal's backups; scrubs are left as they are. */
void agenda_facts(const struct registry_portal *portal, struct alarm_facts *out);
/* Why the last attempt failed; empty: it did not. Borrowed. */
const char *agenda_why(uint64_t portal);
/* The host's own alarms, and whether what only the vault knows is known. */
enum alarm_kind agenda_keys_alarm(struct str *why);
bool agenda_is_sure(void);
/* For the portal's own Trust page. */
void agenda_describe(struct json *standing, const struct registry_portal *portal);
/* A suspect portal has been found well. */
void agenda_is_well(uint64_t portal);
void agenda_status(struct json *answer);
