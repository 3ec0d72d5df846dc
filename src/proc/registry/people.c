/*
 * people.c -- accounts, groups and rights: the order goes as it came to a job in the portal's container. A
 * password comes on a descriptor of its own and is handed on unread, so it is never in this process.
 */
#include "registry.h"

void people_send_order(struct task *task)
{
        struct work *work = (struct work *)task;
        struct buf text CLEANUP_BUF = { 0 };
        struct message msg CLEANUP_MESSAGE;

        json_render(work->args, false, &text);
        message_init(&msg, MSG_JOB_PEOPLE);
        message_put_text(&msg, work->verb);
        message_put_str(&msg, buf_str(&text));
        work_post(work, &msg);
}

void command_people(struct client *client, const struct json *args, int fd)
{
        (void)work_start(client, args, fd, people_send_order);
}
