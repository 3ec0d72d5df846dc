/*
 * control.c -- the control socket: who is at the other end, one command, its answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "registry.h"

enum {
        CLIENTS_MAX = 64,
        PART_MAX = 60000,
        REMARKS_MAX = 3 * 1024 * 1024,  /* bytes; a channel queues 4 MiB, and the answer must fit behind */
        SENTENCE_MAX = 1800,
        REMARK_FILE_MAX = 3000,
        REMARK_TEXT_MAX = 5000,
};

static void client_free(struct client *client)
{
        if (client->task != NULL)
                client->task->client = NULL;    /* its work goes on; nobody waits for the answer */
        *client->prev = client->next;
        if (client->next != NULL)
                client->next->prev = client->prev;
        channel_free(&client->channel);
        free(client);
}

/* An answer that cannot be given would leave the other side waiting: end the connection instead. */
static void tell_with(struct client *client, const struct message *msg, int fd)
{
        struct err err;
        int r = channel_is_open(client->channel) ? channel_post(client->channel, msg, fd, &err) : ERR_GONE;

        if (r == 0 || r == ERR_GONE)
                return;
        service_log(LOG_WARNING, "the command line could not be told %s: %s",
                    message_row(msg->type)->name, err.text);
        shutdown(channel_fd(client->channel), SHUT_RDWR);       /* the loop notices, and frees it */
}

static void tell(struct client *client, const struct message *msg)
{
        tell_with(client, msg, -1);
}

void client_stream(struct client *client, int fd)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_STREAM);
        tell_with(client, &msg, fd);
}

/* Remarks are many and somebody else's words: they may be slow to read, and must not stop the answer. */
static void tell_remark(struct client *client, const struct message *msg)
{
        client->remarked += MESSAGE_HEADER + msg->n;
        if (client->remarked <= REMARKS_MAX)
                tell(client, msg);
        else
                client->left_out++;
}

/* As much of text as fits a part, never cutting a character. */
static size_t part_length(struct str text)
{
        size_t n = text.n < PART_MAX ? text.n : PART_MAX;

        while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
                n--;
        return n;
}

static void tell_left_out(struct client *client)
{
        struct message msg CLEANUP_MESSAGE = { 0 };
        char text[80];

        if (client->left_out == 0)
                return;
        snprintf(text, sizeof text, "%u more notes than can be shown here are left out", client->left_out);
        client->left_out = 0;
        message_init(&msg, MSG_REMARK);
        message_put_u32(&msg, 1);
        message_put_text(&msg, "");
        message_put_u32(&msg, 0);
        message_put_text(&msg, text);
        tell(client, &msg);
}

void client_answer_text(struct client *client, struct str json)
{
        client->answered = true;
        tell_left_out(client);
        do {
                struct message msg CLEANUP_MESSAGE;
                size_t n = part_length(json);

                message_init(&msg, MSG_ANSWER);
                message_put_u32(&msg, n == json.n);
                message_put_str(&msg, str_make(json.p, n));
                tell(client, &msg);
                json.p += n;
                json.n -= n;
        } while (json.n > 0);
}

void client_answer(struct client *client, const struct json *answer)
{
        struct buf text CLEANUP_BUF = { 0 };

        json_render(answer, false, &text);
        client_answer_text(client, buf_str(&text));
}

void client_refuse(struct client *client, int code, const char *sentence)
{
        struct message msg CLEANUP_MESSAGE;

        client->answered = true;
        tell_left_out(client);
        message_init(&msg, MSG_REFUSAL);
        message_put_u32(&msg, (uint32_t)-code);
        message_put_str(&msg, service_clip(str_of(sentence), SENTENCE_MAX));
        tell(client, &msg);
}

void client_remark(struct client *client, uint32_t severity, struct str file, uint32_t line,
                   struct str text)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_REMARK);
        message_put_u32(&msg, severity);
        message_put_str(&msg, service_clip(file, REMARK_FILE_MAX));
        message_put_u32(&msg, line);
        message_put_str(&msg, service_clip(text, REMARK_TEXT_MAX));
        tell_remark(client, &msg);
}

void client_progress(struct client *client, struct str stage, uint64_t done, uint64_t total)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_PROGRESS);
        message_put_str(&msg, stage);
        message_put_u64(&msg, done);
        message_put_u64(&msg, total);
        if (client->remarked <= REMARKS_MAX)    /* nobody misses a step that is not shown */
                tell(client, &msg);
        client->remarked += MESSAGE_HEADER + msg.n;
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        struct client *client = ctx;

        if (msg->type != MSG_COMMAND || client->task != NULL || client->answered) {
                fd_close(&fd);
                client_refuse(client, ERR_PROTOCOL, "one command at a time; this connection had its one");
                return;
        }
        /* The command may send messages, and those use the memory this one lies in. */
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str verb = arena_str(arena, message_get_str(msg));

        commands_run(client, verb, arena_str(arena, message_get_str(msg)), fd);
}

static void on_closed(void *ctx, const struct err *why)
{
        (void)why;
        client_free(ctx);
}

/* The socket's mode keeps others out; this says the same again, from the kernel's own knowledge. */
static bool may_command(int fd)
{
        struct ucred peer;
        socklen_t n = sizeof peer;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
                return false;
        /* Seen from a user namespace that maps only the owner, the owner is this process's own user. */
        return peer.uid == 0 || peer.uid == registry.owner || peer.uid == geteuid();
}

static unsigned count_clients(void)
{
        unsigned n = 0;

        for (const struct client *c = registry.clients; c != NULL; c = c->next)
                n++;
        return n;
}

static void admit(int fd)
{
        struct err err;

        if (!may_command(fd) || count_clients() >= CLIENTS_MAX) {
                service_log(LOG_WARNING, "control connection refused");
                fd_close(&fd);
                return;
        }
        struct client *client = xalloc(sizeof *client);

        client->reg = &registry;
        client->channel = channel_new(fd, PEER_REGISTRY, PEER_CLI);
        client->next = registry.clients;
        client->prev = &registry.clients;
        if (client->next != NULL)
                client->next->prev = &client->next;
        registry.clients = client;
        if (channel_watch(client->channel, registry.service.loop, on_message, on_closed, client,
                          &err) < 0)
                client_free(client);
}

void control_accept(void *ctx, unsigned events)
{
        (void)ctx;
        (void)events;
        for (;;) {
                int fd = accept4(registry.control_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

                if (fd < 0)
                        return;
                admit(fd);
        }
}
