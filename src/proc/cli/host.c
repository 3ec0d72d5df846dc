/*
 * host.c -- a COMMAND, then REMARK, PROGRESS and perhaps a STREAM until ANSWER or REFUSAL.
 */
#include "proc/cli/host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "wire/channel.h"

enum { ANSWER_MAX = 8 * 1024 * 1024, SEND_TRIES = 100, SEND_WAIT_MS = 50 };

struct host {
        struct channel *channel;
};

/* The socket's address; a path too long for one goes by way of the folder's descriptor. */
static int control_address(const char *data, int dirfd, struct sockaddr_un *out, struct err *err)
{
        int n = snprintf(out->sun_path, sizeof out->sun_path, "%s/control.sock", data);

        out->sun_family = AF_UNIX;
        if (n < 0)
                return err_set(err, ERR_INVALID, "%s is not a path", data);
        if ((size_t)n >= sizeof out->sun_path)
                snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/control.sock", dirfd);
        return 0;
}

static int connect_failed(const char *data, struct err *err)
{
        switch (errno) {
        case ENOENT:
        case ECONNREFUSED:
                return err_set(err, ERR_GONE, "no host is running on %s; start one with 'carrel serve "
                               "--data %s'", data, data);
        case EACCES:
        case EPERM:
                return err_set(err, ERR_DENIED, "you may not command the host of %s; run this as root "
                               "or as the user who started it", data);
        case EAGAIN:
                return err_set(err, ERR_AGAIN, "the host of %s is busy with other commands; try again",
                               data);
        default:
                return err_errno(err, "connect to %s/control.sock", data);
        }
}

int host_open(const char *data, struct host **out, struct err *err)
{
        struct sockaddr_un address = { 0 };
        int dirfd CLEANUP_FD = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (dirfd < 0 && errno == ENOTDIR)
                return err_set(err, ERR_INVALID, "%s is not a folder; --data names the host's data "
                               "directory", data);
        if (dirfd < 0)
                return connect_failed(data, err);
        int r = control_address(data, dirfd, &address, err);

        if (r < 0)
                return r;
        int sock CLEANUP_FD = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        if (sock < 0)
                return err_errno(err, "make a socket");
        if (connect(sock, (const struct sockaddr *)&address, sizeof address) < 0)
                return connect_failed(data, err);
        struct host *host = xalloc(sizeof *host);

        host->channel = channel_new(sock, PEER_CLI, PEER_REGISTRY);
        sock = -1;
        *out = host;
        return 0;
}

void host_close(struct host **host)
{
        if (*host == NULL)
                return;
        channel_free(&(*host)->channel);
        free(*host);
        *host = NULL;
}

int host_fd(const struct host *host)
{
        return channel_fd(host->channel);
}

static int send_command(struct host *host, const char *verb, const struct json *arguments, int fd,
                        struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct message msg CLEANUP_MESSAGE = { 0 };

        json_render(arguments, false, &text);
        message_init(&msg, MSG_COMMAND);
        message_put_text(&msg, verb);
        message_put_str(&msg, buf_str(&text));
        int r = channel_send(host->channel, &msg, fd, err);

        /* Where all processes have one user, a portal that is flooded with connections can use up what the
         * user may have in flight; it gets fewer as its queue is read or given up. */
        for (int tries = 0; r == ERR_AGAIN && tries < SEND_TRIES; tries++) {
                poll(NULL, 0, SEND_WAIT_MS);
                r = channel_send(host->channel, &msg, fd, err);
        }
        if (r == ERR_AGAIN)
                return err_set(err, r, "the host is too busy to take the command; try again");
        if (r == ERR_LIMIT)
                return err_set(err, r, "the arguments are too long; shorten them");
        return r == ERR_GONE ? err_set(err, r, "the host ended before it took the command") : r;
}

static void hear_remark(const struct host_listener *to, struct message *msg)
{
        uint32_t severity = message_get_u32(msg);
        struct str file = message_get_str(msg);
        uint32_t line = message_get_u32(msg);
        struct str text = message_get_str(msg);

        if (severity > SEVERITY_ERROR)
                severity = SEVERITY_ERROR;
        if (to != NULL && to->remark != NULL)
                to->remark(to->ctx, (enum severity)severity, file, line, text);
}

static void hear_progress(const struct host_listener *to, struct message *msg)
{
        struct str stage = message_get_str(msg);
        uint64_t done = message_get_u64(msg);
        uint64_t total = message_get_u64(msg);

        if (to != NULL && to->progress != NULL)
                to->progress(to->ctx, stage, done, total);
}

static int hear_stream(const struct host_listener *to, int pipe, struct err *err)
{
        int fd CLEANUP_FD = pipe;

        if (to == NULL || to->stream == NULL)
                return err_set(err, ERR_PROTOCOL, "the host sent a file that was not asked for");
        return to->stream(to->ctx, fd, err);
}

static int hear_refusal(struct message *msg, struct err *err)
{
        uint32_t code = message_get_u32(msg);
        struct str sentence = message_get_str(msg);

        return err_set(err, code >= 1 && code <= -ERR_PROTOCOL ? -(int)code : ERR_DENIED, "%.*s",
                       STR_ARG(sentence));
}

/* One message: 1 when the answer is complete. */
static int hear(struct host *host, int ms, const struct host_listener *to, struct buf *answer,
                struct err *err)
{
        struct message msg;
        int fd = -1;
        int r = channel_await(host->channel, ms > 0 ? ms : -1, &msg, &fd, err);

        if (r == ERR_GONE)
                return err_set(err, r, "the host ended before it answered; look at its log, then try "
                               "again");
        if (r == ERR_AGAIN && ms > 0)
                return err_set(err, r, "the host did not answer in time; look at its log, then try "
                               "again");
        if (r < 0)
                return r == ERR_AGAIN ? 0 : r;
        bool last = false;

        switch (msg.type) {
        case MSG_REMARK:
                hear_remark(to, &msg);
                break;
        case MSG_PROGRESS:
                hear_progress(to, &msg);
                break;
        case MSG_STREAM:
                return hear_stream(to, fd, err);
        case MSG_REFUSAL:
                return hear_refusal(&msg, err);
        case MSG_ANSWER:
                last = message_get_u32(&msg) != 0;
                buf_add_str(answer, message_get_str(&msg));
                break;
        default:
                return err_set(err, ERR_PROTOCOL, "the host sent %s, which this program does not know; "
                               "install the same version of both", message_row(msg.type)->name);
        }
        return last;
}

int host_ask(struct host *host, const char *verb, const struct json *arguments, int fd, int ms,
             const struct host_listener *listener, struct json **answer, struct err *err)
{
        struct buf text CLEANUP_BUF = { .max = ANSWER_MAX };
        int r = send_command(host, verb, arguments, fd, err);

        while (r == 0) {
                r = hear(host, ms, listener, &text, err);
                if (text.over)
                        return err_set(err, ERR_LIMIT, "the answer is longer than 8 MiB");
        }
        if (r < 0)
                return r;
        r = json_parse(buf_str(&text), answer, err);
        return r < 0 ? err_wrap(err, r, "the host's answer") : 0;
}
