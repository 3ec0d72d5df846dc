/*
 * run.c -- one backup: the portal's job copies, the vault seals; then the backup is opened in a
 * container that is made for it and thrown away, and only what comes out the same counts.
 *
 *   BEGINNING  VAULT_BEGIN            -> a pipe: JOB_SNAPSHOT writes into it
 *   SEALING    the job is done        -> VAULT_COMMIT, or VAULT_ABORT
 *   TRYING     sealed; a container    -> VAULT_OPEN, a pipe: JOB_RECEIVE reads from it
 *   JUDGING    both have ended        -> the container goes, VAULT_VERDICT
 *
 * Each step waits for an answer that always comes: a vault or a job that dies is told of.
 */
#include <stdio.h>

#include "backup.h"
#include "scrub.h"
#include "vault/retention.h"

enum { RUN_MS = 2 * 3600 * 1000 };      /* one portal must not keep all others from being backed up */

enum step { BEGINNING, SEALING, TRYING, JUDGING };

struct run {
        struct task task;
        run_done_fn *done;
        enum step step;
        enum backup_kind kind;
        uint64_t seq;
        bool job_over, vault_over;      /* TRYING: who has ended */
        struct err why;                 /* of what failed first; code 0: nothing */
        struct loop_timer limit;
};

static void run_free(struct task *task)
{
        loop_cancel_timer(&((struct run *)task)->limit);
}

static void finish(struct run *run, const struct json *answer)
{
        struct task *owner = run->task.owner;
        run_done_fn *done = run->done;
        struct err why = run->why;

        task_end(&run->task);
        if (owner != NULL)
                done(owner, why.code, str_of(why.code < 0 ? why.text : ""), answer);
}

/* The first failure is the one that is told; those that follow from it are not. */
static void note(struct run *run, int code, struct str sentence)
{
        if (run->why.code == 0 && code < 0) {
                int r = err_set(&run->why, code, "%.*s", STR_ARG(sentence));

                (void)r;
        }
}

/* ---- the verdict ---- */

static void judge(struct run *run)
{
        struct message msg CLEANUP_MESSAGE;

        run->step = JUDGING;
        message_init(&msg, MSG_VAULT_VERDICT);
        message_put_u64(&msg, run->task.token);
        message_put_u64(&msg, run->task.portal);
        message_put_u64(&msg, run->seq);
        message_put_u32(&msg, run->why.code < 0 ? VERDICT_BAD
                              : scrub_is_suspect(run->task.portal) ? VERDICT_SUSPECT : VERDICT_GOOD);
        vault_ask(&run->task, &msg, -1);
}

/*
 * A backup is bad when its own bytes say so; when a process died or a disk was full, it has not been tried
 * yet, and will be again.
 */
static bool is_about_the_backup(const struct run *run)
{
        return run->why.code == 0 || run->why.code == ERR_CORRUPT || run->why.code == ERR_LIMIT ||
               run->why.code == ERR_DENIED || run->why.code == ERR_UNSUPPORTED ||
               run->why.code == ERR_NOT_FOUND;
}

static void container_gone(struct task *task, uint64_t container, struct str why)
{
        struct run *run = (struct run *)task;

        (void)container;
        (void)why;
        if (is_about_the_backup(run))
                judge(run);
        else
                finish(run, NULL);
}

static void end_trial(struct run *run)
{
        if (run->job_over && run->vault_over)
                trial_end(&run->task, container_gone);
}

/* ---- the trial ---- */

static void received(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct run *run = (struct run *)task;

        (void)answer;
        note(run, code, sentence);
        run->job_over = true;
        end_trial(run);
}

static void container_ready(struct task *task, uint64_t container, struct str why)
{
        struct run *run = (struct run *)task;

        if (container == 0) {
                note(run, ERR_IO, why);
                finish(run, NULL);
                return;
        }
        run->job_over = true;           /* until there is a pipe, and so a job */
        run->vault_over = false;
        vault_ask_about(task, MSG_VAULT_OPEN, task->portal, run->seq);
}

static void try_it(struct run *run)
{
        run->step = TRYING;
        if (run->task.owner != NULL && run->task.owner->client != NULL)
                client_progress(run->task.owner->client, STR("trial restore"), 0, 0);
        trial_begin(&run->task, container_ready);
}

/* ---- sealing ---- */

static void commit(struct run *run, const struct json *answer)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_VAULT_COMMIT);
        message_put_u64(&msg, run->task.token);
        message_put_u64(&msg, (uint64_t)json_get_int(answer, "bytes"));
        message_put_u64(&msg, (uint64_t)json_get_int(answer, "rows"));
        message_put_str(&msg, service_clip(json_get_text(answer, "content"), DIGEST_HEX_LEN));
        vault_ask(&run->task, &msg, -1);
}

static void copied(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct run *run = (struct run *)task;

        run->job_over = true;
        if (run->vault_over) {          /* the vault failed first: what the job says follows from it */
                finish(run, NULL);
        } else if (code < 0) {
                note(run, code, sentence);
                vault_abort(task);      /* its answer ends the run */
        } else {
                commit(run, answer);
        }
}

/* ---- what the vault says ---- */

static void piped(struct task *task, const struct vault_pipe *pipe, int fd)
{
        struct run *run = (struct run *)task;
        struct message msg CLEANUP_MESSAGE;

        run->seq = pipe->seq;
        run->job_over = false;
        if (run->step == TRYING) {
                order_receive(task, trial_container(), pipe, fd, received);
                return;
        }
        run->step = SEALING;
        message_init(&msg, MSG_JOB_SNAPSHOT);
        message_put_u32(&msg, run->kind == BACKUP_PRE_RESTORE);
        order_start(task, task->portal, &msg, fd, copied);
}

static void vault_done(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct run *run = (struct run *)task;

        note(run, code, sentence);
        run->vault_over = true;
        if (run->step == JUDGING || run->step == BEGINNING) {
                finish(run, code == 0 ? answer : NULL);
        } else if (run->step == TRYING) {
                end_trial(run);
        } else if (run->job_over) {
                if (run->why.code == 0)
                        try_it(run);
                else
                        finish(run, NULL);
        }
        /* Else the job still writes into a pipe that nobody reads, and will end. */
}

/* Whoever is slow is not waited for: the vault lets go, a trial's container takes its job along. */
static void on_limit(void *ctx)
{
        struct run *run = ctx;

        note(run, ERR_LIMIT, STR("the backup took more than two hours and was given up"));
        run->why.code = ERR_IO;         /* it says nothing about the backup's own bytes */
        vault_abort(&run->task);
        run->task.awaits_vault = false;
        if (run->step == TRYING)
                trial_end(&run->task, container_gone);
        else
                finish(run, NULL);
}

static struct run *run_new(struct task *owner, uint64_t portal, run_done_fn *done)
{
        struct run *run = task_new(sizeof *run, NULL, portal);

        run->task.owner = owner;
        run->task.vault_piped = piped;
        run->task.vault_done = vault_done;
        run->task.free = run_free;
        run->done = done;
        loop_set_timer(registry.service.loop, &run->limit, RUN_MS, on_limit, run);
        return run;
}

/* The vault keeps it beside the keys: on an empty machine that is how people find their portals. */
static void put_name(struct message *msg, uint64_t portal)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals = NULL;
        struct str name = STR("");
        size_t n = 0;

        if (registry_portal_list(registry.store, arena, &portals, &n, NULL) < 0)
                n = 0;
        for (size_t i = 0; i < n; i++)
                if ((uint64_t)portals[i].id == portal)
                        name = portals[i].name;
        message_put_str(msg, name);
}

void run_backup(struct task *owner, uint64_t portal, enum backup_kind kind, run_done_fn *done)
{
        struct run *run = run_new(owner, portal, done);
        struct message msg CLEANUP_MESSAGE;

        run->step = BEGINNING;
        run->kind = kind;
        message_init(&msg, MSG_VAULT_BEGIN);
        message_put_u64(&msg, run->task.token);
        message_put_u64(&msg, portal);
        message_put_u32(&msg, (uint32_t)kind);
        message_put_u32(&msg, STORE_SCHEMA_VERSION);
        message_put_text(&msg, "carrel/" CARREL_VERSION);
        put_name(&msg, portal);
        vault_ask(&run->task, &msg, -1);
}

void run_trial(struct task *owner, uint64_t portal, uint64_t seq, run_done_fn *done)
{
        struct run *run = run_new(owner, portal, done);

        run->seq = seq;
        try_it(run);
}
