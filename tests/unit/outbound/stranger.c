/*
 * stranger.c -- what is out there, in the worst case.
 */
#include "stranger.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "tls/authority.h"
#include "tls/conn.h"
#include "tls/key.h"

enum { REQUEST_MAX = 64 * 1024, LONG = 300 * 1024 };

static void await(int fd, int r)
{
        struct pollfd p = { .fd = fd, .events = r == TLS_WANT_WRITE ? POLLOUT : POLLIN };

        poll(&p, 1, 2000);
}

static bool say(struct tls_conn *tls, int fd, struct str text)
{
        while (text.n > 0) {
                ssize_t n = tls_conn_write(tls, text.p, text.n < TLS_WRITE_MAX ? text.n : TLS_WRITE_MAX, NULL);

                if (n == TLS_WANT_READ || n == TLS_WANT_WRITE) {
                        await(fd, (int)n);
                        continue;
                }
                if (n <= 0)
                        return false;
                text = str_make(text.p + n, text.n - (size_t)n);
        }
        return true;
}

/* The head, and as much of a body as it promises. */
static bool is_whole(struct str request)
{
        ptrdiff_t end = str_find_str(request, STR("\r\n\r\n"));
        ptrdiff_t length = str_find_str(request, STR("Content-Length: "));

        if (end < 0)
                return false;
        return length < 0 || request.n >= (size_t)end + 4 + strtoul(request.p + length + 16, NULL, 10);
}

static bool hear(struct tls_conn *tls, int fd, struct buf *request)
{
        char part[4096];

        while (!is_whole(buf_str(request)) && request->n < REQUEST_MAX) {
                ssize_t n = tls_conn_read(tls, part, sizeof part, NULL);

                if (n == TLS_WANT_READ || n == TLS_WANT_WRITE)
                        await(fd, (int)n);
                else if (n <= 0)
                        return false;
                else
                        buf_add(request, part, (size_t)n);
                buf_putc(request, '\0');        /* for strtoul() */
                request->n--;
        }
        return true;
}

static void answer(struct tls_conn *tls, int fd, struct str request)
{
        struct buf out CLEANUP_BUF = { 0 };

        if (str_find_str(request, STR(" /long")) >= 0) {
                buf_printf(&out, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LONG);
                for (int i = 0; i < LONG; i++)
                        buf_putc(&out, 'x');
        } else if (str_find_str(request, STR(" /heads")) >= 0) {
                buf_puts(&out, "HTTP/1.1 200 OK\r\n");
                for (int i = 0; i < 4000; i++)
                        buf_printf(&out, "X-%d: %064d\r\n", i, i);
                buf_puts(&out, "Content-Length: 0\r\n\r\n");
        } else if (str_find_str(request, STR(" /away")) >= 0) {
                buf_puts(&out, "HTTP/1.1 302 Found\r\nLocation: https://login.localhost/echo\r\n"
                               "Content-Length: 0\r\n\r\n");
        } else if (str_find_str(request, STR(" /cut")) >= 0) {
                buf_puts(&out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
        } else if (str_find_str(request, STR(" /garbage")) >= 0) {
                buf_puts(&out, "\x01\x02 what\r\n\r\n");
        } else {
                buf_printf(&out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                 "Content-Length: %zu\r\n\r\n%.*s", request.n, STR_ARG(request));
        }
        if (say(tls, fd, buf_str(&out)))
                while (tls_conn_shutdown(tls, NULL) == TLS_WANT_WRITE)
                        await(fd, TLS_WANT_WRITE);
}

static void serve_one(struct tls_server *server, int fd)
{
        struct tls_conn *tls CLEANUP_TLS_CONN = tls_conn_new(server, fd);
        struct buf request CLEANUP_BUF = { 0 };
        int r;

        while ((r = tls_conn_accept(tls, NULL)) == TLS_WANT_READ || r == TLS_WANT_WRITE)
                await(fd, r);
        if (r < 0 || !hear(tls, fd, &request))
                return;
        if (str_find_str(buf_str(&request), STR(" /slow")) >= 0)
                pause();
        answer(tls, fd, buf_str(&request));
}

NORETURN static void serve(struct tls_server *server, int listener, unsigned *connections)
{
        signal(SIGPIPE, SIG_IGN);
        signal(SIGCHLD, SIG_IGN);
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        for (;;) {
                int fd = accept(listener, NULL, NULL);

                ++*connections;
                if (fork() == 0) {
                        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
                        alarm(20);
                        assert_int_equal(fd_set_nonblocking(fd, NULL), 0);
                        serve_one(server, fd);
                        _exit(0);
                }
                close(fd);
        }
}

/* ---- names (RFC 1035, 4.1) ---- */

static const struct {
        const char *name;
        uint16_t type;                  /* 1: A, 28: AAAA */
        const char *bytes;
} records[] = {
        { "private.test", 1, "\x7f\0\0\1" },
        { "mixed.test", 1, "\xc0\xa8\1\1" },
        { "mixed.test", 1, "\x0a\0\0\1" },
        { "wrapped.test", 28, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1" },
        { "login.localhost", 1, "\x7f\0\0\1" },
        { "other.localhost", 1, "\x7f\0\0\1" },
};

/* The name of the only question; its end. */
static size_t read_name(const uint8_t *p, size_t n, char *out, size_t size)
{
        size_t at = 12, used = 0;

        while (at < n && p[at] != 0 && at + 1 + p[at] < n && used + p[at] + 2 < size) {
                if (used > 0)
                        out[used++] = '.';
                memcpy(out + used, p + at + 1, p[at]);
                used += p[at];
                at += 1u + p[at];
        }
        out[used] = '\0';
        return at + 1;
}

static size_t reply(const uint8_t *ask, size_t n, uint8_t *out)
{
        char name[256];
        size_t end = read_name(ask, n, name, sizeof name);
        unsigned type = (unsigned)ask[end] << 8 | ask[end + 1];
        size_t at = end + 4;
        bool known = false;
        uint8_t found = 0;

        memcpy(out, ask, at);
        for (size_t i = 0; i < ARRAY_LEN(records); i++) {
                size_t bytes = records[i].type == 1 ? 4 : 16;
                const uint8_t head[] = { 0xc0, 12, 0, (uint8_t)records[i].type, 0, 1, 0, 0, 0, 60, 0,
                                         (uint8_t)bytes };

                known |= strcasecmp(name, records[i].name) == 0;
                if (strcasecmp(name, records[i].name) != 0 || records[i].type != type)
                        continue;
                memcpy(out + at, head, sizeof head);
                memcpy(out + at + sizeof head, records[i].bytes, bytes);
                at += sizeof head + bytes;
                found++;
        }
        out[2] = 0x81;                  /* an answer */
        out[3] = known ? 0x80 : 0x83;   /* 3: there is no such name */
        memcpy(out + 4, (uint8_t[]){ 0, 1, 0, found, 0, 0, 0, 0 }, 8);
        return at;
}

NORETURN static void answer_names(int fd)
{
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        for (;;) {
                uint8_t ask[512], out[1024];
                struct sockaddr_in from;
                socklen_t len = sizeof from;
                ssize_t n = recvfrom(fd, ask, sizeof ask, 0, (struct sockaddr *)&from, &len);

                if (n > 16)
                        sendto(fd, out, reply(ask, (size_t)n, out), 0, (struct sockaddr *)&from, len);
        }
}

/* ---- start and end ---- */

static int bound(int type, uint16_t *port)
{
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
        socklen_t len = sizeof at;
        int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
        *port = ntohs(at.sin_port);
        return fd;
}

static struct tls_server *make_server(struct buf *authority)
{
        struct tls_authority *a CLEANUP_TLS_AUTHORITY = NULL;
        struct buf ca_key CLEANUP_BUF = { 0 }, key CLEANUP_BUF = { 0 }, spki CLEANUP_BUF = { 0 };
        struct buf chain CLEANUP_BUF = { 0 };
        struct tls_server *server = NULL;

        assert_int_equal(tls_prepare(NULL), 0);
        assert_int_equal(tls_authority_new(STR("localhost"), &a, NULL), 0);
        assert_int_equal(tls_authority_save(a, &ca_key, authority, NULL), 0);
        assert_int_equal(tls_key_new(&key, NULL), 0);
        assert_int_equal(tls_key_public(buf_str(&key), &spki, NULL), 0);
        assert_int_equal(tls_authority_issue(a, STR("login.localhost"), buf_str(&spki), &chain, NULL), 0);
        assert_int_equal(tls_server_new(buf_str(&key), buf_str(&chain), &server, NULL), 0);
        return server;
}

void stranger_begin(struct stranger *s)
{
        uint16_t port;

        *s = (struct stranger){ .port = 0 };
        s->connections = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_true(s->connections != MAP_FAILED);
        struct tls_server *server = make_server(&s->authority);
        int listener = bound(SOCK_STREAM, &s->port), names = bound(SOCK_DGRAM, &port);

        assert_int_equal(listen(listener, 16), 0);
        snprintf(s->name_servers, sizeof s->name_servers, "127.0.0.1:%u", port);
        s->server = fork();
        if (s->server == 0)
                serve(server, listener, s->connections);
        s->name_server = fork();
        if (s->name_server == 0)
                answer_names(names);
        close(listener);
        close(names);
        tls_server_free(&server);
}

void stranger_end(struct stranger *s)
{
        const pid_t children[] = { s->server, s->name_server };

        for (size_t i = 0; i < ARRAY_LEN(children); i++) {
                kill(children[i], SIGKILL);
                waitpid(children[i], NULL, 0);
        }
        munmap(s->connections, 4096);
        buf_free(&s->authority);
}
