/*
 * names.c -- name servers, asked by c-ares on this process's own loop.
 */
#include "outbound/names.h"

#include <ares.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/fd.h"
#include "base/xalloc.h"

enum { SOCKETS_MAX = 64, HOSTS_BYTES_MAX = 1024 * 1024, TIMEOUT_MS = 2000, TRIES = 3 };

struct names_socket {
        struct names *names;
        struct loop_watch watch;
};

struct names {
        ares_channel channel;
        struct loop *loop;
        struct loop_timer timer;
        struct names_socket sockets[SOCKETS_MAX];
        struct buf hosts;               /* the text of /etc/hosts */
        unsigned deaf;
};

struct names_question {
        struct names *names;
        names_answer_fn *answer;        /* NULL: forgotten */
        void *ctx;
        char host[256];
        bool asking;                    /* names_ask() has not returned yet */
        bool answered;                  /* and the answer came before it did */
};

/* ---- the sockets of c-ares on our loop ---- */

static void set_timer(struct names *names);

static void on_timer(void *ctx)
{
        struct names *names = ctx;

        ares_process_fd(names->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        set_timer(names);
}

static void set_timer(struct names *names)
{
        struct timeval most = { .tv_sec = 10 }, left;
        const struct timeval *t = ares_timeout(names->channel, &most, &left);

        loop_cancel_timer(&names->timer);
        if (t == NULL)
                return;
        uint64_t ms = (uint64_t)t->tv_sec * 1000 + (uint64_t)t->tv_usec / 1000 + 1;

        loop_set_timer(names->loop, &names->timer, ms, on_timer, names);
}

static void on_ready(void *ctx, unsigned events)
{
        struct names_socket *s = ctx;
        struct names *names = s->names;
        int fd = s->watch.fd;
        bool in = (events & (LOOP_READ | LOOP_HANGUP)) != 0;

        ares_process_fd(names->channel, in ? fd : ARES_SOCKET_BAD,
                        (events & LOOP_WRITE) != 0 ? fd : ARES_SOCKET_BAD);
        set_timer(names);
}

static struct names_socket *find_socket(struct names *names, int fd)
{
        struct names_socket *idle = NULL;

        for (size_t i = 0; i < SOCKETS_MAX; i++) {
                struct names_socket *s = &names->sockets[i];

                if (s->watch.loop != NULL && s->watch.fd == fd)
                        return s;
                if (s->watch.loop == NULL && idle == NULL)
                        idle = s;
        }
        return idle;
}

/* A socket that finds no place is not watched: its question runs into its time limit. */
static void on_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
        struct names *names = ctx;
        struct names_socket *s = find_socket(names, fd);
        unsigned events = (readable ? (unsigned)LOOP_READ : 0u) | (writable ? (unsigned)LOOP_WRITE : 0u);

        if (s == NULL || names->loop == NULL)
                return;
        if (events == 0) {
                loop_unwatch(&s->watch);
                return;
        }
        s->names = names;
        if (s->watch.loop != NULL) {
                loop_rewatch(&s->watch, events);
                return;
        }
        if (loop_watch(names->loop, &s->watch, fd, events, on_ready, s, NULL) < 0)
                return;
}

/* ---- /etc/hosts ---- */

static bool to_address(const char *text, struct names_address *out)
{
        struct sockaddr_in v4 = { .sin_family = AF_INET };
        struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

        *out = (struct names_address){ .text = "" };
        if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
                memcpy(&out->socket, &v4, sizeof v4);
                return inet_ntop(AF_INET, &v4.sin_addr, out->text, sizeof out->text) != NULL;
        }
        if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
                memcpy(&out->socket, &v6, sizeof v6);
                return inet_ntop(AF_INET6, &v6.sin6_addr, out->text, sizeof out->text) != NULL;
        }
        return false;
}

static struct str next_word(struct str *rest)
{
        size_t n = 0, skip = 0;

        while (skip < rest->n && (rest->p[skip] == ' ' || rest->p[skip] == '\t'))
                skip++;
        *rest = str_make(rest->p + skip, rest->n - skip);
        while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t' && rest->p[n] != '\r')
                n++;
        struct str word = str_make(rest->p, n);

        *rest = str_make(rest->p + n, rest->n - n);
        return word;
}

static bool line_has(struct str line, struct str host)
{
        for (struct str word = next_word(&line); word.n > 0; word = next_word(&line))
                if (str_eq_nocase(word, host))
                        return true;
        return false;
}

/* hosts(5): "ADDRESS NAME NAME ...", '#' to the end of the line. */
static size_t look_in_hosts(const struct names *names, struct str host,
                            struct names_address list[static NAMES_ADDRESSES_MAX])
{
        struct str rest = buf_str(&names->hosts);
        size_t n = 0;

        while (rest.n > 0 && n < NAMES_ADDRESSES_MAX) {
                struct str line = str_cut(&rest, '\n');
                struct str text = str_cut(&line, '#');
                struct str address = next_word(&text);
                char word[INET6_ADDRSTRLEN];

                if (address.n == 0 || address.n >= sizeof word || !line_has(text, host))
                        continue;
                snprintf(word, sizeof word, "%.*s", STR_ARG(address));
                n += to_address(word, &list[n]);
        }
        return n;
}

/* ---- asking ---- */

static void give(struct names_question *q, const struct names_address *list, size_t n,
                 const struct err *why)
{
        names_answer_fn *answer = q->answer;
        void *ctx = q->ctx;

        if (q->asking)
                q->answered = true;     /* names_ask() frees it */
        else
                free(q);
        if (answer != NULL)
                answer(ctx, list, n, why);
}

static size_t gather(const struct ares_addrinfo *result, struct names_address *list)
{
        size_t n = 0;

        for (const struct ares_addrinfo_node *a = result->nodes; a != NULL && n < NAMES_ADDRESSES_MAX;
             a = a->ai_next) {
                char text[INET6_ADDRSTRLEN];
                const void *bytes = a->ai_family == AF_INET6
                        ? (const void *)&((const struct sockaddr_in6 *)(const void *)a->ai_addr)->sin6_addr
                        : (const void *)&((const struct sockaddr_in *)(const void *)a->ai_addr)->sin_addr;

                if ((a->ai_family == AF_INET || a->ai_family == AF_INET6) &&
                    inet_ntop(a->ai_family, bytes, text, sizeof text) != NULL)
                        n += to_address(text, &list[n]);
        }
        return n;
}

static void on_answer(void *ctx, int status, int timeouts, struct ares_addrinfo *result)
{
        struct names_question *q = ctx;
        struct names_address list[NAMES_ADDRESSES_MAX];
        size_t n = status == ARES_SUCCESS && result != NULL ? gather(result, list) : 0;
        bool silent = status == ARES_ETIMEOUT || status == ARES_ECONNREFUSED;
        struct err why = { 0 };

        (void)timeouts;
        if (result != NULL)
                ares_freeaddrinfo(result);
        q->names->deaf = silent ? q->names->deaf + 1 : 0;
        if (n == 0) {
                int r = silent ? err_set(&why, ERR_AGAIN, "no name server answered the question for %s; look "
                                         "at /etc/resolv.conf", q->host)
                               : err_set(&why, ERR_NOT_FOUND, "the name %s leads nowhere (%s)", q->host,
                                         ares_strerror(status));

                (void)r;
        }
        give(q, list, n, n > 0 ? NULL : &why);
}

struct names_question *names_ask(struct names *names, const char *host, names_answer_fn *answer, void *ctx)
{
        static const struct ares_addrinfo_hints hints = {
                .ai_flags = ARES_AI_NOSORT, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
        };
        struct names_address list[NAMES_ADDRESSES_MAX];
        size_t n = to_address(host, &list[0]) ? 1 : look_in_hosts(names, str_of(host), list);

        if (n > 0) {
                answer(ctx, list, n, NULL);
                return NULL;
        }
        struct names_question *q = xalloc(sizeof *q);

        q->names = names;
        q->answer = answer;
        q->ctx = ctx;
        q->asking = true;
        snprintf(q->host, sizeof q->host, "%s", host);
        ares_getaddrinfo(names->channel, q->host, NULL, &hints, on_answer, q);
        set_timer(names);
        q->asking = false;
        if (!q->answered)
                return q;
        free(q);
        return NULL;
}

void names_forget(struct names_question **question)
{
        if (*question != NULL)
                (*question)->answer = NULL;
        *question = NULL;
}

unsigned names_deaf(const struct names *names)
{
        return names->deaf;
}

/* ---- start and end ---- */

static int open_channel(struct names *names, struct str servers, struct err *err)
{
        char lookups[] = "b";           /* name servers only: we have read the file ourselves */
        struct ares_options options = {
                .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS,
                .timeout = TIMEOUT_MS,
                .tries = TRIES,
                .ednspsz = 1232,
                .lookups = lookups,
                .sock_state_cb = on_state,
                .sock_state_cb_data = names,
        };
        int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                   ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
        int status = ares_library_init(ARES_LIB_INIT_ALL);

        if (status == ARES_SUCCESS)
                status = ares_init_options(&names->channel, &options, mask);
        if (status == ARES_SUCCESS && servers.n > 0) {
                char *csv = str_dup(servers);

                status = ares_set_servers_ports_csv(names->channel, csv);
                free(csv);
        }
        return status == ARES_SUCCESS ? 0 : err_set(err, ERR_IO, "name servers: %s", ares_strerror(status));
}

int names_new(struct str servers, struct names **out, struct err *err)
{
        struct names *names CLEANUP(names_free) = xalloc(sizeof *names);
        int r = open_channel(names, servers, err);

        if (r < 0)
                return r;
        int fd CLEANUP_FD = open("/etc/hosts", O_RDONLY | O_CLOEXEC);

        if (fd >= 0)
                r = fd_read_to_end(fd, HOSTS_BYTES_MAX, &names->hosts, err);
        if (r < 0)
                return err_wrap(err, r, "read /etc/hosts");
        *out = names;
        names = NULL;
        return 0;
}

void names_start(struct names *names, struct loop *loop)
{
        names->loop = loop;
}

void names_free(struct names **names)
{
        if (*names == NULL)
                return;
        if ((*names)->channel != NULL)
                ares_destroy((*names)->channel);
        loop_cancel_timer(&(*names)->timer);
        buf_free(&(*names)->hosts);
        free(*names);
        *names = NULL;
}
