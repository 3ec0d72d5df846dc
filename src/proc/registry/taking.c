/*
 * taking.c -- a portal's administrators take a backup in the browser: the vault seals it anew to their own
 * key, and a job keeps it in the portal's container until they fetch it.
 *
 *   WAITING    for the vault's turn
 *   SEALING    VAULT_TAKE -> a pipe: JOB_KEEP reads it and writes; VAULT_DONE -> JOB_WHOLE says what it was
 *
 * The vault is asked about the portal that asks, whatever the key: whoever has taken a portal over gets what
 * that portal held before, sealed to a key of theirs, and nothing of another. One at a time, six a day.
 *
 * What is known of the last one lives in memory: the portal's log has what outlives this process.
 */
#include <stdio.h>

#include "base/xalloc.h"
#include "errand.h"

enum { PER_DAY = 6 };

/* What zstd, frames and the head can add to a database that does not get smaller. */
static const uint64_t slack = 1 << 20;

/* Of one portal: the last copy. */
struct takings {
        uint64_t portal;
        bool sealing;
        bool removing;                  /* a job removes it: another must not begin to write one */
        struct errand *errand;
        struct loop_timer expiry;
};

static struct map *all;                 /* decimal id to struct takings; only of portals that asked */

static struct takings *takings_of(uint64_t portal)
{
        char key[24];
        int n = snprintf(key, sizeof key, "%llu", (unsigned long long)portal);
        struct str name = str_make(key, (size_t)n);

        if (all == NULL)
                all = map_new();
        struct takings *t = map_get(all, name);

        if (t == NULL) {
                t = xalloc(sizeof *t);
                t->portal = portal;
                t->errand = errand_of(portal, ERRAND_COPY);
                map_put(all, name, t);
        }
        return t;
}

struct json *taking_json(uint64_t portal)
{
        const struct takings *t = takings_of(portal);
        struct json *o = errand_json(t->errand);

        if (t->errand->running)
                json_put_text(o, "step", t->sealing ? STR("sealing") : STR("waiting"));
        return o;
}

/* ---- removing ---- */

struct removal {
        struct task task;
        uint64_t asked;                 /* whom to tell; 0: nobody */
};

static void removed(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct removal *removal = (struct removal *)task;

        (void)answer;
        takings_of(task->portal)->removing = false;
        if (removal->asked != 0)
                self_tell(removal->asked, code,
                          code < 0 ? "the copy could not be removed; try again" : "", NULL);
        if (code < 0)
                service_log(LOG_WARNING, "portal=%llu may hold a sealed backup: %s",
                            (unsigned long long)task->portal, service_quote(sentence).text);
        task_end(task);
}

static void remove_copy(struct takings *t, uint64_t asked)
{
        struct removal *removal = task_new(sizeof *removal, NULL, t->portal);
        struct message msg CLEANUP_MESSAGE;

        removal->asked = asked;
        t->removing = true;
        message_init(&msg, MSG_JOB_TIDY);
        message_put_u64(&msg, 0);
        message_put_u32(&msg, KEPT_IN_BACKUP);
        order_start(&removal->task, t->portal, &msg, -1, removed);
}

static void on_expiry(void *ctx)
{
        struct takings *t = ctx;

        if (!t->errand->running && !t->removing)
                remove_copy(t, 0);
}

void taking_remove(uint64_t token, uint64_t portal)
{
        struct takings *t = takings_of(portal);

        if (t->errand->running || t->removing) {
                self_tell(token, ERR_BUSY, "the copy is being made or removed; wait for that", NULL);
                return;
        }
        loop_cancel_timer(&t->expiry);
        remove_copy(t, token);
}

/* ---- sealing ---- */

struct taking {
        struct task task;
        uint64_t seq, actor;
        struct str key;                 /* in the task's arena */
        bool job_started, job_over, vault_over;
        struct err why;
};

static void note(struct taking *taking, int code, struct str sentence)
{
        if (taking->why.code == 0 && code < 0) {
                int set = err_set(&taking->why, code, "%.*s", STR_ARG(sentence));

                (void)set;
        }
}

/* A vault that died and a job that did: each is told of, so both come to an end. */
static void end_if_over(struct taking *taking)
{
        struct takings *t = takings_of(taking->task.portal);

        if (!taking->vault_over || (taking->job_started && !taking->job_over))
                return;
        t->sealing = false;
        errand_end(t->errand, taking->why.code, str_of(taking->why.code < 0 ? taking->why.text : ""));
        if (taking->why.code < 0) {
                if (taking->job_started)
                        remove_copy(t, 0);      /* what a job that was killed has left */
        } else {
                loop_set_timer(registry.service.loop, &t->expiry, EXPORT_KEEP_SECONDS * 1000ull, on_expiry,
                               t);
        }
        task_end(&taking->task);
}

static void kept(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct taking *taking = (struct taking *)task;

        (void)answer;
        /* Why it stopped reading says more than that nobody read any more. */
        if (code < 0 && code != ERR_GONE)
                taking->why.code = 0;
        note(taking, code, sentence);
        taking->job_over = true;
        end_if_over(taking);
}

static void piped(struct task *task, const struct vault_pipe *pipe, int fd)
{
        struct taking *taking = (struct taking *)task;
        struct message msg CLEANUP_MESSAGE = { 0 };

        taking->job_started = true;
        takings_of(task->portal)->errand->backup = pipe->seq;
        message_init(&msg, MSG_JOB_KEEP);
        message_put_u64(&msg, pipe->seq);
        message_put_u64(&msg, pipe->bytes + pipe->bytes / 128 + slack);
        message_put_u64(&msg, taking->actor);
        order_start(task, task->portal, &msg, fd, kept);
}

static void sealed(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct taking *taking = (struct taking *)task;
        struct message msg CLEANUP_MESSAGE = { 0 };

        note(taking, code, sentence);
        taking->vault_over = true;
        if (taking->job_started && !taking->job_over) {
                message_init(&msg, MSG_JOB_WHOLE);
                message_put_u64(&msg, code == 0 ? (uint64_t)json_get_int(answer, "taken_bytes") : 0);
                message_put_str(&msg, code == 0 ? json_get_text(answer, "taken_sha256") : STR(""));
                message_put_str(&msg, code == 0 ? json_get_text(answer, "client") : STR(""));
                order_add(task, &msg);
        }
        end_if_over(taking);
}

static void turn(struct task *task)
{
        struct taking *taking = (struct taking *)task;
        struct message msg CLEANUP_MESSAGE;

        takings_of(task->portal)->sealing = true;
        message_init(&msg, MSG_VAULT_TAKE);
        message_put_u64(&msg, task->token);
        message_put_u64(&msg, task->portal);
        message_put_u64(&msg, taking->seq);
        message_put_str(&msg, taking->key);
        vault_ask(task, &msg, -1);
}

void taking_start(uint64_t token, uint64_t portal, uint64_t seq, uint64_t actor, struct str key)
{
        struct takings *t = takings_of(portal);
        struct err err;

        int r = t->removing ? err_set(&err, ERR_BUSY, "the last one is being removed; wait for it")
                            : errand_begin(t->errand, PER_DAY, seq, &err);

        if (r < 0) {
                self_tell(token, err.code, err.text, NULL);
                return;
        }
        struct taking *taking = task_new(sizeof *taking, NULL, portal);

        taking->seq = seq;
        taking->actor = actor;
        taking->key = arena_str(taking->task.arena, key);
        taking->task.vault_piped = piped;
        taking->task.vault_done = sealed;
        loop_cancel_timer(&t->expiry);
        t->sealing = false;
        service_log(LOG_NOTICE, "portal=%llu takes its backup=%llu by order of person=%llu",
                    (unsigned long long)portal, (unsigned long long)seq, (unsigned long long)actor);
        self_tell(token, 0, "", NULL);  /* before anything of it can be over */
        vault_queue(&taking->task, turn);
}
