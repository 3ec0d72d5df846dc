/*
 * documents.c -- import, publish and export: the order and the archive's descriptor go to a job in the
 * portal's container.
 */
#include "registry.h"
#include "self.h"

static void put(struct message *msg, const struct work *work, const char *key)
{
        message_put_str(msg, json_get_text(work->args, key));
}

static void send_import(struct task *task)
{
        struct work *work = (struct work *)task;
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_IMPORT);
        put(&msg, work, "project");
        put(&msg, work, "title");
        put(&msg, work, "language");
        put(&msg, work, "author");
        work_post(work, &msg);
}

static void send_publish(struct task *task)
{
        struct work *work = (struct work *)task;
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_PUBLISH);
        put(&msg, work, "project");
        put(&msg, work, "as");
        put(&msg, work, "version");
        put(&msg, work, "visibility");
        work_post(work, &msg);
}

void command_import(struct client *client, const struct json *args, int fd)
{
        (void)work_start(client, args, fd, send_import);
}

void command_publish(struct client *client, const struct json *args, int fd)
{
        (void)work_start(client, args, fd, send_publish);
}

/* ---- export ---- */

static void send_export(struct task *task)
{
        struct work *work = (struct work *)task;
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_EXPORT);
        put(&msg, work, "portal");
        put(&msg, work, "project");
        message_put_u32(&msg, json_get_bool(work->args, "credentials"));
        message_put_u64(&msg, 0);
        work_post(work, &msg);
}

static void send_tidy(struct task *task)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_TIDY);
        message_put_u64(&msg, EXPORT_KEEP_SECONDS);
        message_put_u32(&msg, KEPT_IN_ALL);
        int r = channel_post(task->job, &msg, -1, NULL);

        (void)r;                /* a dead job is told of by the supervisor */
}

static void tidied(struct task *task, int code, struct str sentence, struct str json)
{
        (void)json;
        if (code < 0)
                service_log(LOG_WARNING, "portal=%llu may hold the rest of an export: %s",
                            (unsigned long long)task->portal, service_quote(sentence).text);
        task_end(task);
}

/* A job that was killed could not remove its copy of the database. */
static void tidy(uint64_t portal)
{
        struct task *task = task_new(sizeof *task, NULL, portal);

        task->job_open = send_tidy;
        task->job_done = tidied;
        task_start_job(task);
}

void command_export(struct client *client, const struct json *args, int fd)
{
        struct work *work = work_start(client, args, fd, send_export);

        if (work != NULL)
                work->failed = tidy;
}
