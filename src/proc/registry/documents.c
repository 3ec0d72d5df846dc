/*
 * documents.c -- import and publish: the archive and the order go to a job in the portal's container; its
 * notes, its progress and its result come back to whoever asked. Nothing of it is looked at here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "registry.h"

struct work {
        struct task task;
        struct json *args;              /* a copy: the command's own is freed when it returns */
        int archive;                    /* or -1 */
        struct str host;
};

static void work_free(struct task *task)
{
        struct work *work = (struct work *)task;

        json_free(&work->args);
        fd_close(&work->archive);
}

static struct json *copy(const struct json *value)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct json *out = NULL;

        json_render(value, false, &text);
        int r = json_parse(buf_str(&text), &out, NULL);

        (void)r;                /* what was rendered can be parsed; a NULL reads as no arguments */
        return out;
}

static void put(struct message *msg, const struct work *work, const char *key)
{
        message_put_str(msg, json_get_text(work->args, key));
}

static void refuse_and_end(struct work *work, int code, const char *sentence)
{
        if (work->task.client != NULL)
                client_refuse(work->task.client, code, sentence);
        task_end(&work->task);
}

static void post(struct work *work, const struct message *msg, int fd)
{
        struct err err;
        int r = channel_post(work->task.job, msg, fd, &err);

        if (r == ERR_LIMIT || r == ERR_DENIED)
                refuse_and_end(work, ERR_LIMIT, "a name or title is too long");
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
        post(work, &msg, work->archive);
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
        post(work, &msg, -1);
}

static void work_done(struct task *task, int code, struct str sentence, struct str json)
{
        struct work *work = (struct work *)task;
        struct json *answer CLEANUP_JSON = NULL;
        struct err err;

        if (code < 0) {
                char *text = str_dup(sentence);

                refuse_and_end(work, code, text);
                free(text);
                return;
        }
        if (json_parse(json.n > 0 ? json : STR("{}"), &answer, &err) < 0) {
                refuse_and_end(work, ERR_PROTOCOL, "the job's result cannot be read");
                return;
        }
        struct str path = json_get_text(answer, "path");

        if (path.n > 0) {
                struct str url = portal_url(task->reg, task->arena, work->host);

                json_put_text(answer, "url", str_of(arena_printf(task->arena, "%.*s%.*s",
                                                                 (int)url.n - 1, url.p, STR_ARG(path))));
        }
        if (task->client != NULL)
                client_answer(task->client, answer);
        task_end(task);
}

static void run(struct client *client, const struct json *args, int fd,
                void (*open)(struct task *task))
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        struct err err;

        if (portal_find_active(&registry, args, arena, &portal, &err) < 0) {
                fd_close(&fd);
                client_refuse(client, err.code, err.text);
                return;
        }
        struct work *work = task_new(sizeof *work, client, (uint64_t)portal.id);

        work->archive = fd;
        work->args = copy(args);
        work->host = portal_host(&registry, work->task.arena, portal.name);
        work->task.free = work_free;
        work->task.job_open = open;
        work->task.job_done = work_done;
        task_start_job(&work->task);
}

void command_import(struct client *client, const struct json *args, int fd)
{
        run(client, args, fd, send_import);
}

void command_publish(struct client *client, const struct json *args, int fd)
{
        run(client, args, fd, send_publish);
}
