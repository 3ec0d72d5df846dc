/*
 * channel.c -- whole messages over a SOCK_SEQPACKET pair.
 *
 * A message without a descriptor leaves by write(2), so that a process which never passes descriptors
 * can be refused sendmsg(2) altogether.
 */
#include "wire/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fd.h"
#include "base/xalloc.h"

enum { QUEUE_MAX = 4 * 1024 * 1024, RECEIVED_PER_ROUND = 64 };

struct queued {
        struct queued *next;
        int fd;
        size_t n;
        uint8_t bytes[];
};

struct channel {
        int fd;
        enum peer me;
        enum peer far;
        struct queued *first;
        struct queued **last;
        size_t queued;
        struct loop_watch watch;
        channel_message_fn *message;
        channel_closed_fn *closed;
        void *ctx;
        bool closed_told;
        bool *freed;            /* set when the channel dies inside its own callback */
};

/* One process, one thread: every received message passes through here. */
static uint8_t inbox[MESSAGE_HEADER + MESSAGE_MAX];

union control {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
};

int channel_pair(int fds[static 2], struct err *err)
{
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
                return err_errno(err, "make a channel");
        return 0;
}

struct channel *channel_new(int fd, enum peer me, enum peer far)
{
        struct channel *ch = xalloc(sizeof *ch);

        ch->fd = fd;
        ch->me = me;
        ch->far = far;
        ch->last = &ch->first;
        return ch;
}

static void queue_drop(struct channel *ch)
{
        while (ch->first != NULL) {
                struct queued *q = ch->first;

                ch->first = q->next;
                fd_close(&q->fd);
                free(q);
        }
        ch->last = &ch->first;
        ch->queued = 0;
}

void channel_free(struct channel **ch)
{
        if (*ch == NULL)
                return;
        if ((*ch)->freed != NULL)
                *(*ch)->freed = true;
        loop_unwatch(&(*ch)->watch);
        queue_drop(*ch);
        fd_close(&(*ch)->fd);
        free(*ch);
        *ch = NULL;
}

int channel_fd(const struct channel *ch)
{
        return ch->fd;
}

bool channel_is_open(const struct channel *ch)
{
        return !ch->closed_told;
}

static int send_bytes(int sock, const uint8_t *bytes, size_t n, int fd, struct err *err)
{
        ssize_t sent;

        if (fd < 0) {
                sent = write(sock, bytes, n);
        } else {
                union control control = { .bytes = { 0 } };
                /* sendmsg(2) only reads, but its iovec is shared with recvmsg(2) and not const. */
                struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = n };
                struct msghdr header = {
                        .msg_iov = &part, .msg_iovlen = 1,
                        .msg_control = control.bytes, .msg_controllen = sizeof control.bytes,
                };
                struct cmsghdr *c = CMSG_FIRSTHDR(&header);

                c->cmsg_level = SOL_SOCKET;
                c->cmsg_type = SCM_RIGHTS;
                c->cmsg_len = CMSG_LEN(sizeof fd);
                memcpy(CMSG_DATA(c), &fd, sizeof fd);
                sent = sendmsg(sock, &header, MSG_NOSIGNAL);
        }
        if (sent == (ssize_t)n)
                return 0;
        if (sent < 0 && (errno == ECONNRESET || errno == EPIPE || errno == ECONNREFUSED))
                return err_set(err, ERR_GONE, "the far end of a channel has died");
        if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS))
                return err_set(err, ERR_AGAIN, "the far end of a channel is slow");
        return err_errno(err, "send on a channel");
}

static int may_send(const struct channel *ch, const struct message *msg, int fd, struct err *err)
{
        const struct message_row *row = message_row(msg->type);

        if ((row->from & 1u << ch->me) == 0 || (row->to & 1u << ch->far) == 0)
                return err_set(err, ERR_DENIED, "%s may not pass from %s to %s", row->name,
                               peer_name(ch->me), peer_name(ch->far));
        if (fd >= 0 ? row->fd == NO_FD : row->fd == ONE_FD)
                return err_set(err, ERR_DENIED, "%s %s a descriptor", row->name,
                               fd >= 0 ? "does not carry" : "needs");
        if (msg->over)
                return err_set(err, ERR_LIMIT, "%s is longer than %zu bytes", row->name, row->max);
        return 0;
}

int channel_send(struct channel *ch, const struct message *msg, int fd, struct err *err)
{
        int r = may_send(ch, msg, fd, err);

        if (r < 0)
                return r;
        if (ch->first != NULL)
                return err_set(err, ERR_AGAIN, "earlier messages still wait");
        return send_bytes(ch->fd, msg->own, MESSAGE_HEADER + msg->n, fd, err);
}

static int enqueue(struct channel *ch, const struct message *msg, int fd, struct err *err)
{
        size_t n = MESSAGE_HEADER + msg->n;

        if (ch->queued + n > QUEUE_MAX)
                return err_set(err, ERR_LIMIT, "%s does not read its channel", peer_name(ch->far));
        int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);

        if (fd >= 0 && copy < 0)
                return err_errno(err, "duplicate a descriptor");
        struct queued *q = xalloc(sizeof *q + n);

        q->fd = copy;
        q->n = n;
        memcpy(q->bytes, msg->own, n);
        *ch->last = q;
        ch->last = &q->next;
        ch->queued += n;
        loop_rewatch(&ch->watch, LOOP_READ | LOOP_WRITE);
        return 0;
}

int channel_post(struct channel *ch, const struct message *msg, int fd, struct err *err)
{
        int r = channel_send(ch, msg, fd, err);

        if (r != ERR_AGAIN)
                return r;
        if (ch->closed_told)            /* nothing would ever empty the queue */
                return err_set(err, ERR_GONE, "the channel to %s was given up", peer_name(ch->far));
        check(ch->watch.loop != NULL);
        return enqueue(ch, msg, fd, err);
}

static int flush(struct channel *ch, struct err *err)
{
        while (ch->first != NULL) {
                struct queued *q = ch->first;
                int r = send_bytes(ch->fd, q->bytes, q->n, q->fd, err);

                if (r == ERR_AGAIN)
                        return 0;
                if (r == ERR_GONE) {
                        /* Its last messages may still be unread: the reading side reports the end. */
                        queue_drop(ch);
                        break;
                }
                if (r < 0)
                        return r;
                ch->first = q->next;
                if (ch->first == NULL)
                        ch->last = &ch->first;
                ch->queued -= q->n;
                fd_close(&q->fd);
                free(q);
        }
        loop_rewatch(&ch->watch, LOOP_READ);
        return 0;
}

/* Every descriptor in the control data; more than one is a breach and all are closed. */
static int take_fd(struct msghdr *header, int *out)
{
        int found = -1, count = 0;

        for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
                        continue;
                for (size_t at = 0; at + sizeof(int) <= c->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
                        int fd;

                        memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
                        if (++count == 1)
                                found = fd;
                        else
                                close(fd);
                }
        }
        *out = found;
        return count <= 1 ? 0 : ERR_PROTOCOL;
}

int channel_receive(struct channel *ch, struct message *msg, int *fd, struct err *err)
{
        union control control;
        struct iovec part = { .iov_base = inbox, .iov_len = sizeof inbox };
        struct msghdr header = {
                .msg_iov = &part, .msg_iovlen = 1,
                .msg_control = control.bytes, .msg_controllen = sizeof control.bytes,
        };
        ssize_t n = recvmsg(ch->fd, &header, MSG_CMSG_CLOEXEC);

        /*
         * A far end that closes with unread messages of ours leaves this error in front of its own last
         * ones. It is reported once; what was sent is still there.
         */
        if (n < 0 && errno == ECONNRESET)
                n = recvmsg(ch->fd, &header, MSG_CMSG_CLOEXEC);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return err_set(err, ERR_AGAIN, "no message");
        if (n < 0 && errno == ECONNRESET)
                return err_set(err, ERR_GONE, "%s is gone", peer_name(ch->far));
        if (n < 0)
                return err_errno(err, "receive from %s", peer_name(ch->far));
        int got CLEANUP_FD = -1;
        int r = take_fd(&header, &got);

        if (n == 0 && got < 0)
                return err_set(err, ERR_GONE, "%s is gone", peer_name(ch->far));
        if (r < 0 || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
                return err_set(err, ERR_PROTOCOL, "a message from %s was cut short or had too many "
                               "descriptors", peer_name(ch->far));
        r = message_parse(msg, ch->far, ch->me, inbox, (size_t)n, got >= 0, err);
        if (r < 0)
                return r;
        *fd = got;
        got = -1;
        return 0;
}

int channel_await(struct channel *ch, int ms, struct message *msg, int *fd, struct err *err)
{
        struct pollfd p = { .fd = ch->fd, .events = POLLIN };
        int n;

        do
                n = poll(&p, 1, ms);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return err_errno(err, "wait for %s", peer_name(ch->far));
        if (n == 0)
                return err_set(err, ERR_AGAIN, "%s does not answer", peer_name(ch->far));
        return channel_receive(ch, msg, fd, err);
}

static void on_ready(void *ctx, unsigned events)
{
        struct channel *ch = ctx;
        struct err err = { 0 };
        bool freed = false;
        int r = 0;

        ch->freed = &freed;
        for (int i = 0; i < RECEIVED_PER_ROUND && (events & (LOOP_READ | LOOP_HANGUP)) != 0; i++) {
                struct message msg;
                int fd = -1;

                r = channel_receive(ch, &msg, &fd, &err);
                if (r < 0)
                        break;
                ch->message(ch->ctx, &msg, fd);
                if (freed)
                        return;
        }
        if (r == ERR_AGAIN)
                r = 0;
        if (r == 0 && (events & LOOP_WRITE) != 0)
                r = flush(ch, &err);
        ch->freed = NULL;
        if (r < 0) {
                loop_unwatch(&ch->watch);
                ch->closed_told = true;
                ch->closed(ch->ctx, &err);
        }
}

int channel_watch(struct channel *ch, struct loop *loop, channel_message_fn *message,
                  channel_closed_fn *closed, void *ctx, struct err *err)
{
        ch->message = message;
        ch->closed = closed;
        ch->ctx = ctx;
        return loop_watch(loop, &ch->watch, ch->fd, LOOP_READ, on_ready, ch, err);
}
