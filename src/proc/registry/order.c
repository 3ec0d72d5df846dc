/*
 * order.c -- a job for a task that has other things to wait for: a task of its own, with a token of
 * its own, so that the end of one job is never taken for the next one's.
 */
#include <fcntl.h>

#include "backup.h"
#include "base/fd.h"

struct order {
        struct task task;
        struct message msg;
        struct message more;            /* goes behind it; type 0: nothing */
        int fd;
        order_done_fn *done;
};

static void order_free(struct task *task)
{
        struct order *order = (struct order *)task;

        message_free(&order->msg);
        message_free(&order->more);
        fd_close(&order->fd);
}

static void open_order(struct task *task)
{
        struct order *order = (struct order *)task;
        int r = channel_post(task->job, &order->msg, order->fd, NULL);

        if (order->more.type != 0 && channel_is_open(task->job))
                r = channel_post(task->job, &order->more, -1, NULL);
        (void)r;                /* a dead job is told of by the supervisor */
        fd_close(&order->fd);   /* or the other end of the pipe would never see its end */
}

static void done(struct task *task, int code, struct str sentence, struct str text)
{
        struct order *order = (struct order *)task;
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *answer CLEANUP_JSON = NULL;
        struct task *owner = task->owner;
        order_done_fn *tell = order->done;

        sentence = arena_str(arena, sentence);
        if (code == 0 && json_parse(text.n > 0 ? text : STR("{}"), &answer, NULL) < 0) {
                code = ERR_PROTOCOL;
                sentence = STR("the job's result cannot be read");
        }
        task_end(task);
        if (owner != NULL)
                tell(owner, code, sentence, answer);
}

void order_start(struct task *owner, uint64_t portal, struct message *msg, int fd, order_done_fn *tell)
{
        struct order *order = task_new(sizeof *order, NULL, portal);

        order->task.owner = owner;
        order->task.free = order_free;
        order->task.job_open = open_order;
        order->task.job_done = done;
        order->msg = *msg;
        *msg = (struct message){ 0 };
        order->fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
        order->done = tell;
        task_start_job(&order->task);
}

void order_add(const struct task *owner, struct message *msg)
{
        for (struct task *t = registry.tasks; t != NULL; t = t->next) {
                if (t->owner != owner || t->job_open != open_order)
                        continue;
                struct order *order = (struct order *)t;
                int r = t->job != NULL && channel_is_open(t->job) ? channel_post(t->job, msg, -1, NULL) : 0;

                (void)r;        /* as above */
                message_free(&order->more);
                if (t->job == NULL)
                        order->more = *msg;
                else
                        message_free(msg);
                *msg = (struct message){ 0 };
                return;
        }
}

void order_receive(struct task *owner, uint64_t portal, const struct vault_pipe *pipe, int fd,
                   order_done_fn *tell)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_RECEIVE);
        message_put_u64(&msg, pipe->bytes);
        message_put_u64(&msg, pipe->rows);
        message_put_text(&msg, pipe->content);
        order_start(owner, portal, &msg, fd, tell);
}
