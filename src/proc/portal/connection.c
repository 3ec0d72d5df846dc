/*
 * connection.c -- one socket: TLS below, HTTP above, and the loop that moves bytes between them.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "portal.h"

/* 256 KiB each way at most before the other connections have their turn. */
enum { READS_PER_ROUND = 16, WRITES_PER_ROUND = 16, INPUT_BYTES = 16384 };

static const struct http_limits limits = { .idle_ms = 60000, .body_bytes = FORM_BODY_MAX };

static void on_late_answer(void *ctx);

static const struct http_callbacks callbacks = {
        .handle = routes_handle,
        .body_limit = routes_body_limit,
        .ready = on_late_answer,
};

static void on_timer(void *ctx);
static void on_ready(void *ctx, unsigned events);

void connection_free(struct conn *conn)
{
        struct portal *portal = conn->portal;

        *(conn->prev != NULL ? &conn->prev->next : &portal->conns) = conn->next;
        if (conn->next != NULL)
                conn->next->prev = conn->prev;
        portal->nconns--;
        tally_drop(portal->addresses, &conn->address);
        loop_cancel_timer(&conn->timer);
        /* Before close(2): the edge may still hold a duplicate, which would keep the registration alive. */
        loop_unwatch(&conn->watch);
        http_conn_free(&conn->http);
        tls_conn_free(&conn->tls);
        close(conn->fd);
        free(conn);
        portal_connection_ended(portal);
}

static void say_goodbye(struct conn *conn)
{
        struct err err;

        if (conn->state != CONN_GOODBYE) {
                conn->state = CONN_GOODBYE;
                loop_set_timer(conn->portal->service.loop, &conn->timer, GOODBYE_MS, on_timer, conn);
        }
        int r = tls_conn_shutdown(conn->tls, &err);

        if (r == TLS_WANT_READ)
                loop_rewatch(&conn->watch, LOOP_READ);
        else if (r == TLS_WANT_WRITE)
                loop_rewatch(&conn->watch, LOOP_WRITE);
        else
                connection_free(conn);
}

/* The timer may run early and look again: moving it at every request would cost more than that. */
static void arm_timer(struct conn *conn)
{
        uint64_t deadline = http_conn_deadline(conn->http);
        uint64_t now = clock_ms();

        if (deadline == UINT64_MAX) {
                loop_cancel_timer(&conn->timer);
                return;
        }
        if (conn->timer.loop != NULL && conn->timer.at <= deadline)
                return;
        loop_set_timer(conn->portal->service.loop, &conn->timer, deadline > now ? deadline - now : 0,
                       on_timer, conn);
}

enum pump { PUMP_ON, PUMP_DEAD };

/* Take what the socket has, until it has no more, the engine wants no more, or others should have a turn. */
static enum pump pump_in(struct conn *conn)
{
        static uint8_t input[INPUT_BYTES];      /* one connection at a time uses it */
        struct err err;

        for (int i = 0; i < READS_PER_ROUND && !conn->broken && http_conn_wants_input(conn->http); i++) {
                ssize_t n = tls_conn_read(conn->tls, input, sizeof input, &err);

                if (n == TLS_WANT_WRITE)        /* a key update's answer: rare, and it must leave first */
                        conn->wants_write = true;
                if (n == TLS_WANT_READ || n == TLS_WANT_WRITE)
                        return PUMP_ON;
                if (n == TLS_CLOSED) {
                        http_conn_input_ended(conn->http);
                        return PUMP_ON;
                }
                if (n < 0)
                        return PUMP_DEAD;
                if (http_conn_input(conn->http, input, (size_t)n, clock_ms(), &err) < 0)
                        conn->broken = true;
        }
        return PUMP_ON;
}

static enum pump pump_out(struct conn *conn)
{
        struct err err;
        struct str out;

        for (int i = 0; (out = http_conn_output(conn->http, clock_ms())).n > 0; i++) {
                if (i == WRITES_PER_ROUND) {    /* the socket has room: its turn comes in the next round */
                        conn->wants_write = true;
                        return PUMP_ON;
                }
                ssize_t n = tls_conn_write(conn->tls, out.p, out.n, &err);

                if (n == TLS_WANT_WRITE || n == TLS_WANT_READ) {
                        conn->wants_write = true;
                        return PUMP_ON;
                }
                if (n <= 0)
                        return PUMP_DEAD;
                http_conn_sent(conn->http, (size_t)n, clock_ms());
        }
        return PUMP_ON;
}

/* Decrypted bytes inside the TLS library wake nobody: come back by ourselves. */
static bool has_more_inside(const struct conn *conn)
{
        return !conn->broken && http_conn_wants_input(conn->http) && tls_conn_has_pending(conn->tls);
}

static void pump(struct conn *conn)
{
        conn->wants_write = false;
        if (pump_in(conn) == PUMP_DEAD || pump_out(conn) == PUMP_DEAD) {
                connection_free(conn);
                return;
        }
        if (!conn->wants_write && (conn->broken || http_conn_wants_close(conn->http))) {
                say_goodbye(conn);
                return;
        }
        bool reading = !conn->broken && http_conn_wants_input(conn->http);

        loop_rewatch(&conn->watch, (reading ? LOOP_READ : 0u) | (conn->wants_write ? LOOP_WRITE : 0u));
        if (has_more_inside(conn))
                loop_set_timer(conn->portal->service.loop, &conn->timer, 0, on_timer, conn);
        else
                arm_timer(conn);
}

static void handshake(struct conn *conn)
{
        struct err err;
        int r = tls_conn_accept(conn->tls, &err);

        if (r == TLS_WANT_READ || r == TLS_WANT_WRITE) {
                loop_rewatch(&conn->watch, r == TLS_WANT_READ ? LOOP_READ : LOOP_WRITE);
                return;
        }
        if (r < 0) {
                connection_free(conn);
                return;
        }
        conn->state = CONN_OPEN;
        conn->http = http_conn_new(tls_conn_alpn_is_h2(conn->tls), &limits, &callbacks, conn,
                                   clock_ms());
        loop_cancel_timer(&conn->timer);
        pump(conn);
}

static void on_ready(void *ctx, unsigned events)
{
        struct conn *conn = ctx;

        if ((events & LOOP_HANGUP) != 0 && (events & LOOP_READ) == 0) {
                connection_free(conn);
                return;
        }
        switch (conn->state) {
        case CONN_HANDSHAKE:
                handshake(conn);
                break;
        case CONN_OPEN:
                pump(conn);
                break;
        case CONN_GOODBYE:
                say_goodbye(conn);
                break;
        }
}

static void on_timer(void *ctx)
{
        struct conn *conn = ctx;
        struct err err;

        if (conn->state != CONN_OPEN) {
                connection_free(conn);
                return;
        }
        if (http_conn_deadline(conn->http) <= clock_ms() &&
            http_conn_timeout(conn->http, clock_ms(), &err) < 0) {
                connection_free(conn);
                return;
        }
        pump(conn);
}

static void on_late_answer(void *ctx)
{
        struct conn *conn = ctx;

        loop_set_timer(conn->portal->service.loop, &conn->timer, 0, on_timer, conn);
}

static struct tally_key address_of(int fd)
{
        struct sockaddr_storage from = { 0 };
        socklen_t n = sizeof from;

        if (getpeername(fd, (struct sockaddr *)&from, &n) < 0)
                from.ss_family = AF_UNSPEC;
        return tally_key_of(&from);
}

void connection_new(struct portal *portal, const struct host *host, int fd)
{
        struct tally_key address = address_of(fd);
        struct err err;

        if (portal->nconns >= CONNECTIONS_MAX ||
            !tally_add(portal->addresses, &address, CONNECTIONS_PER_ADDRESS)) {
                close(fd);
                return;
        }
        struct conn *conn = xalloc(sizeof *conn);

        conn->portal = portal;
        conn->host = host;
        conn->fd = fd;
        conn->address = address;
        conn->tls = tls_conn_new(host->tls, fd);
        conn->next = portal->conns;
        if (conn->next != NULL)
                conn->next->prev = conn;
        portal->conns = conn;
        portal->nconns++;
        loop_cancel_timer(&portal->idle);
        loop_cancel_timer(&portal->trim);
        if (loop_watch(portal->service.loop, &conn->watch, fd, LOOP_READ, on_ready, conn, &err) < 0) {
                connection_free(conn);
                return;
        }
        loop_set_timer(portal->service.loop, &conn->timer, HANDSHAKE_MS, on_timer, conn);
        handshake(conn);        /* the ClientHello is here already */
}

/* A connection that has asked for nothing yet will, at once: it has its one answer before it ends. */
void connections_drain(struct portal *portal)
{
        for (struct conn *c = portal->conns, *next; c != NULL; c = next) {
                next = c->next;
                if (c->state != CONN_OPEN || !c->asked)
                        continue;
                http_conn_shutdown(c->http);
                pump(c);
        }
}
