/*
 * work.c -- a command that one job in the portal's container carries out: the order goes to it, its notes,
 * its progress and its result come back to whoever asked. Nothing of it is looked at here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "registry.h"

static void work_free(struct task *task)
{
        struct work *work = (struct work *)task;

        json_free(&work->args);
        fd_close(&work->fd);
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

static void refuse_and_end(struct work *work, int code, const char *sentence)
{
        if (work->task.client != NULL)
                client_refuse(work->task.client, code, sentence);
        task_end(&work->task);
}

void work_post(struct work *work, const struct message *msg)
{
        struct err err;
        int r = channel_post(work->task.job, msg, work->fd, &err);

        fd_close(&work->fd);
        if (r == ERR_LIMIT || r == ERR_DENIED)
                refuse_and_end(work, ERR_LIMIT, "a name or title is too long");
}

struct str work_address(const struct registry *reg, struct arena *arena, struct str host,
                        struct str path)
{
        struct str url = portal_url(reg, arena, host);

        return str_of(arena_printf(arena, "%.*s%.*s", (int)url.n - 1, url.p, STR_ARG(path)));
}

/* A path on the portal's host, as an address that can be handed to somebody. */
static void put_address(struct work *work, struct json *object)
{
        struct str path = json_get_text(object, "path");

        if (path.n > 0)
                json_put_text(object, "url",
                              work_address(work->task.reg, work->task.arena, work->host, path));
}

static void done(struct task *task, int code, struct str sentence, struct str json)
{
        struct work *work = (struct work *)task;
        struct json *answer CLEANUP_JSON = NULL;
        struct err err;

        if (code < 0 && work->failed != NULL)
                work->failed(task->portal);
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
        if (work->settle != NULL && (code = work->settle(work, answer, &err)) < 0) {
                refuse_and_end(work, code, err.text);
                return;
        }
        put_address(work, answer);
        for (size_t i = 0; i < json_length(json_get(answer, "people")); i++)
                put_address(work, json_at(json_get(answer, "people"), i));
        if (task->client != NULL)
                client_answer(task->client, answer);
        task_end(task);
}

struct work *work_start(struct client *client, const struct json *args, int fd,
                        void (*open)(struct task *task))
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        struct err err;

        if (portal_find_active(&registry, args, arena, &portal, &err) < 0) {
                fd_close(&fd);
                client_refuse(client, err.code, err.text);
                return NULL;
        }
        struct work *work = task_new(sizeof *work, client, (uint64_t)portal.id);

        work->verb = client->verb;
        work->fd = fd;
        work->args = copy(args);
        work->host = portal_host(&registry, work->task.arena, portal.name);
        work->task.free = work_free;
        work->task.job_open = open;
        work->task.job_done = done;
        task_start_job(&work->task);
        return work;
}
