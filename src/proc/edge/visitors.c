/*
 * visitors.c -- accepted connections from accept(2) to the moment they leave: limits and deadlines.
 *
 * All deadlines are the same length, so the queue of visitors is also the queue of deadlines; when there
 * are too many, the oldest goes: it has had the most time, and a flood pushes out its own first.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "edge.h"

enum { ACCEPT_PER_ROUND = 64, SWEEP_MS = 100, RESUME_MS = 50, DRAIN_MAX = 64 * 1024 };

static void queue_remove(struct visitor *v)
{
        struct edge *edge = v->edge;

        *(v->older != NULL ? &v->older->newer : &edge->oldest) = v->newer;
        *(v->newer != NULL ? &v->newer->older : &edge->newest) = v->older;
        edge->nvisitors--;
}

int visitor_release(struct visitor *visitor)
{
        int fd = visitor->fd;

        handoff_forget(visitor);
        queue_remove(visitor);
        tally_drop(visitor->edge->addresses, &visitor->address);
        loop_unwatch(&visitor->watch);
        free(visitor);
        return fd;
}

void visitor_end(struct visitor *visitor)
{
        close(visitor_release(visitor));
}

/* Peeking does not show the end of a stream that has bytes in it, and nothing will wake us again. */
void visitor_wait(struct visitor *visitor)
{
        struct pollfd ended = { .fd = visitor->fd, .events = POLLRDHUP };

        if (poll(&ended, 1, 0) == 1)
                visitor_end(visitor);
        else
                visitor_watch(visitor);
}

/* Closing with unread bytes would send a reset, which can destroy the answer on its way: drain first. */
void visitor_answer(struct visitor *visitor, const void *p, size_t n)
{
        char junk[4096];
        size_t drained = 0;
        ssize_t got;
        int fd = visitor_release(visitor);

        while (drained < DRAIN_MAX && (got = recv(fd, junk, sizeof junk, MSG_DONTWAIT)) > 0)
                drained += (size_t)got;
        ssize_t sent = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

        (void)sent;             /* who does not read its alert does not get one */
        shutdown(fd, SHUT_WR);
        close(fd);
}

void visitor_alert(struct visitor *visitor, enum tls_alert alert)
{
        uint8_t record[TLS_ALERT_LEN];

        clienthello_alert(alert, record);
        visitor_answer(visitor, record, sizeof record);
}

void visitor_answer_plain(struct visitor *visitor, const char *status, const char *text)
{
        char answer[512];
        int n = snprintf(answer, sizeof answer,
                         "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                         "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                         status, strlen(text), text);

        visitor_answer(visitor, answer, (size_t)n);
}

static void sweep(void *ctx)
{
        struct edge *edge = ctx;
        uint64_t now = clock_ms();

        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): visitor_end() unlinks what it frees */
        while (edge->oldest != NULL && edge->oldest->deadline <= now) {
                edge->counters.late++;
                if (edge->oldest->state == VISITOR_WAITING)
                        visitor_alert(edge->oldest, TLS_ALERT_INTERNAL_ERROR);
                else
                        visitor_end(edge->oldest);
        }
        if (edge->oldest != NULL)
                loop_set_timer(edge->service.loop, &edge->sweep, SWEEP_MS, sweep, edge);
}

static void on_ready(void *ctx, unsigned events)
{
        struct visitor *visitor = ctx;

        if ((events & LOOP_HANGUP) != 0) {
                visitor_end(visitor);
                return;
        }
        switch (visitor->state) {
        case VISITOR_HELLO:
                hello_ready(visitor);
                break;
        case VISITOR_PLAIN:
                plain_ready(visitor);
                break;
        case VISITOR_WAITING:
                break;          /* its bytes are for the portal */
        }
}

void visitor_watch(struct visitor *visitor)
{
        struct err err;

        /* Edge-triggered: a half-read hello must not wake us again until more of it comes. */
        if (visitor->watch.loop == NULL &&
            loop_watch(visitor->edge->service.loop, &visitor->watch, visitor->fd, LOOP_READ | LOOP_EDGE,
                       on_ready, visitor, &err) < 0)
                visitor_end(visitor);
}

static void admit(struct edge *edge, int fd, const struct sockaddr_storage *from,
                  enum visitor_state state)
{
        struct visitor *visitor = xalloc(sizeof *visitor);

        visitor->edge = edge;
        visitor->fd = fd;
        visitor->state = state;
        visitor->deadline = clock_ms() + HELLO_DEADLINE_MS;
        visitor->address = tally_key_of(from);
        if (!tally_add(edge->addresses, &visitor->address, edge->per_address_max)) {
                edge->counters.refused_address++;
                close(fd);
                free(visitor);
                return;
        }
        visitor->older = edge->newest;
        *(edge->newest != NULL ? &edge->newest->newer : &edge->oldest) = visitor;
        edge->newest = visitor;
        if (edge->nvisitors++ == 0)
                loop_set_timer(edge->service.loop, &edge->sweep, SWEEP_MS, sweep, edge);
        if (edge->nvisitors > edge->visitors_max) {
                edge->counters.evicted++;
                visitor_end(edge->oldest);
        }
        /* The kernel tells of a connection when its first bytes are here: most need no second look. */
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): visitors_max > 0, so the oldest is another */
        on_ready(visitor, LOOP_READ);
}

static void on_resume(void *ctx)
{
        struct edge *edge = ctx;

        loop_rewatch(&edge->https, LOOP_READ);
        loop_rewatch(&edge->http, LOOP_READ);
}

void visitors_accept(struct edge *edge, int listener, enum visitor_state state)
{
        for (int i = 0; i < ACCEPT_PER_ROUND; i++) {
                struct sockaddr_storage from;
                socklen_t n = sizeof from;
                int fd = accept4(listener, (struct sockaddr *)&from, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

                if (fd >= 0) {
                        edge->counters.accepted++;
                        admit(edge, fd, &from, state);
                        continue;
                }
                if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                        /* Spinning on a listener that cannot be served would stop everybody. */
                        loop_rewatch(&edge->https, 0);
                        loop_rewatch(&edge->http, 0);
                        loop_set_timer(edge->service.loop, &edge->resume, RESUME_MS, on_resume, edge);
                }
                if (errno != ECONNABORTED && errno != EINTR)
                        return;
        }
}
