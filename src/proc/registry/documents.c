/*
 * documents.c -- import and publish: the archive and the order go to a job in the portal's container.
 */
#include "registry.h"

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
        work_start(client, args, fd, send_import);
}

void command_publish(struct client *client, const struct json *args, int fd)
{
        work_start(client, args, fd, send_publish);
}
