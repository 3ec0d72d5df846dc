/*
 * tasks.c -- work in progress, found again by its token when the supervisor answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "backup.h"

/* Less than the queue to the command line holds. */
enum { RESULT_MAX = 3 * 1024 * 1024 };

void *task_new(size_t size, struct client *client, uint64_t portal)
{
        struct task *task = xalloc(size);

        task->reg = &registry;
        task->token = ++registry.next_token;
        task->client = client;
        task->arena = arena_new(0);
        task->portal = portal;
        task->raw = -1;
        task->result.max = RESULT_MAX;
        task->next = registry.tasks;
        registry.tasks = task;
        if (client != NULL)
                client->task = task;
        return task;
}

void task_end(struct task *task)
{
        for (struct task **at = &task->reg->tasks; *at != NULL; at = &(*at)->next) {
                if (*at != task)
                        continue;
                *at = task->next;
                break;
        }
        for (struct task *t = task->reg->tasks; t != NULL; t = t->next)
                if (t->owner == task)
                        t->owner = NULL;
        vault_leave(task);
        if (task->client != NULL)
                task->client->task = NULL;
        if (task->free != NULL)
                task->free(task);
        channel_free(&task->job);
        fd_close(&task->raw);
        buf_free(&task->result);
        arena_free(&task->arena);
        free(task);
}

struct task *task_find(struct registry *reg, uint64_t token)
{
        for (struct task *task = reg->tasks; task != NULL; task = task->next)
                if (task->token == token)
                        return task;
        return NULL;
}

static void ask(struct task *task, enum message_type type)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, type);
        message_put_u64(&msg, task->token);
        message_put_u64(&msg, task->portal);
        service_tell(&task->reg->service, &msg, -1);
}

void task_make_container(struct task *task)
{
        ask(task, MSG_CONTAINER_MAKE);
}

void task_remove_container(struct task *task)
{
        ask(task, MSG_CONTAINER_REMOVE);
}

void task_watch_portal(struct task *task)
{
        ask(task, MSG_PORTAL_WATCH);
}

static void start(struct task *task, uint32_t kind, uint64_t argument)
{
        struct message msg CLEANUP_MESSAGE;

        task->job_state = JOB_RUNNING;
        buf_clear(&task->result);
        message_init(&msg, MSG_JOB_START);
        message_put_u64(&msg, task->token);
        message_put_u64(&msg, task->portal);
        message_put_u32(&msg, kind);
        message_put_u64(&msg, argument);
        service_tell(&task->reg->service, &msg, -1);
}

void task_start_job(struct task *task)
{
        start(task, 2, 0);
}

void task_start_probe(struct task *task, uint64_t argument)
{
        start(task, 3, argument);
}

/* ---- the job's own messages ---- */

/* The one place that calls job_done(). The task may be gone afterwards. */
static void deliver(struct task *task, int code, struct str sentence, struct str json)
{
        if (task->job_state != JOB_RUNNING && task->job_state != JOB_ENDED)
                return;
        task->job_state = JOB_FINISHED;
        task->job_done(task, code, sentence, json);
}

static void certify(struct task *task, struct message *msg)
{
        struct buf chain CLEANUP_BUF = { 0 };
        struct message answer CLEANUP_MESSAGE = { 0 };
        struct err err;

        /* A job that has fallen into strange hands gets no second one, and no name but its own. */
        if (task->host.n == 0 || task->certified ||
            tls_authority_issue(task->reg->authority, task->host, message_get_str(msg), &chain,
                                &err) < 0) {
                service_log(LOG_ERROR, "no certificate portal=%llu host=%s: %s",
                            (unsigned long long)task->portal, service_quote(task->host).text,
                            task->host.n == 0 || task->certified ? "it is not this job's to ask for"
                                                                 : err.text);
                channel_free(&task->job);       /* the job notices, ends, and JOB_ENDED comes */
                return;
        }
        task->certified = true;
        message_init(&answer, MSG_JOB_CERTIFICATE);
        message_put_bytes(&answer, chain.p, chain.n);
        int r = channel_post(task->job, &answer, -1, NULL);

        (void)r;                /* a dead job is told of by the supervisor */
}

static void done(struct task *task, struct message *msg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        uint32_t number = message_get_u32(msg);
        /* The job's word, which may be anybody's: a number that is no error's is some error's. */
        int code = number == 0 ? 0 : number <= (uint32_t)-ERR_PROTOCOL ? -(int)number : ERR_IO;
        struct str sentence = arena_str(arena, message_get_str(msg));

        buf_add_str(&task->result, message_get_str(msg));
        if (task->result.over)
                deliver(task, ERR_LIMIT, STR("the result is too long; ask for less of it at once"), STR(""));
        else
                deliver(task, code, sentence, arena_str(arena, buf_str(&task->result)));
}

static void on_job_message(void *ctx, struct message *msg, int fd)
{
        struct task *task = ctx;
        uint32_t severity, line;
        struct str file, stage;
        uint64_t part;

        fd_close(&fd);
        switch (msg->type) {
        case MSG_JOB_NOTE:
                severity = message_get_u32(msg);
                file = message_get_str(msg);
                line = message_get_u32(msg);
                if (task->client != NULL)
                        client_remark(task->client, severity, file, line, message_get_str(msg));
                break;
        case MSG_JOB_PROGRESS:
                stage = message_get_str(msg);
                part = message_get_u64(msg);
                if (task->client != NULL)
                        client_progress(task->client, stage, part, message_get_u64(msg));
                break;
        case MSG_JOB_PART:
                buf_add_str(&task->result, message_get_str(msg));
                break;
        case MSG_JOB_KEY:
                certify(task, msg);
                break;
        case MSG_JOB_DONE:
                done(task, msg);
                break;
        default:
                break;
        }
}

static void fail(struct task *task, int status, struct str why)
{
        char sentence[300];

        if (why.n > 0)
                snprintf(sentence, sizeof sentence, "%.*s", STR_ARG(why));
        else
                snprintf(sentence, sizeof sentence, "the job ended without a result (%s %d); nothing was "
                         "changed; the host's log says more",
                         (status & 0x7f) != 0 ? "signal" : "status",
                         (status & 0x7f) != 0 ? status & 0x7f : status >> 8);
        deliver(task, ERR_IO, service_clip(str_of(sentence), sizeof sentence), STR(""));
}

/* End of file: JOB_ENDED brings its status, or has. A breach: the supervisor may never see it end. */
static void on_job_closed(void *ctx, const struct err *why)
{
        struct task *task = ctx;

        channel_free(&task->job);
        if (why->code != ERR_GONE)
                fail(task, 0, STR("the job broke the protocol; the host's log says more"));
        else if (task->job_state == JOB_ENDED)
                fail(task, 0, STR(""));
}

static void take_channel(struct task *task, int fd)
{
        struct err err;

        if (task->job_state != JOB_RUNNING) {
                fd_close(&fd);
                return;
        }
        if (task->probe_ended != NULL) {
                fd_close(&task->raw);
                task->raw = fd;
                return;
        }
        channel_free(&task->job);
        task->job = channel_new(fd, PEER_REGISTRY, PEER_JOB);
        if (channel_watch(task->job, task->reg->service.loop, on_job_message, on_job_closed, task,
                          &err) < 0)
                service_die(&err, "watch a job");
        task->job_open(task);
}

static void job_ended(struct task *task, int status, struct str why)
{
        if (task->job_state != JOB_RUNNING)
                return;
        if (task->probe_ended != NULL) {
                task->job_state = JOB_NONE;
                task->probe_ended(task, status);
                return;
        }
        task->job_state = JOB_ENDED;
        if (task->job == NULL || why.n > 0)
                fail(task, status, why);
        /* Else its last words are still in the channel; on_job_closed() comes after them. */
}

/* What the supervisor says. Whatever a task has not asked for is dropped. */
static void on_supervisor_message(struct task *task, struct message *msg, int fd)
{
        int number;

        switch (msg->type) {
        case MSG_CONTAINER_DONE:
                if (task->container_done != NULL)
                        task->container_done(task, message_get_str(msg));
                break;
        case MSG_JOB_CHANNEL:
                take_channel(task, fd);
                return;
        case MSG_JOB_ENDED:
                number = (int)message_get_u32(msg);
                job_ended(task, number, message_get_str(msg));
                break;
        case MSG_PORTAL_WATCHED:
                number = (int)message_get_u32(msg);
                if (task->watched != NULL)
                        task->watched(task, (pid_t)number, message_get_str(msg));
                break;
        case MSG_SSO_CHECKED:
                number = (int)message_get_u32(msg);
                if (task->checked != NULL)
                        task->checked(task, (uint32_t)number, message_get_str(msg));
                break;
        default:
                break;
        }
        fd_close(&fd);
}

void task_on_message(struct registry *reg, enum peer from, struct message *msg, int fd)
{
        struct task *task = task_find(reg, message_get_u64(msg));

        if (task != NULL && msg->type != MSG_STATUS_TELL && from == PEER_SUPERVISOR) {
                on_supervisor_message(task, msg, fd);
                return;
        }
        fd_close(&fd);
        if (task != NULL && msg->type == MSG_STATUS_TELL && task->told != NULL)
                task->told(task, from, message_get_str(msg));
}
