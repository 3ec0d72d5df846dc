/*
 * transfer.c -- libcurl's sockets and timers on our loop, and the one way from a host's name to a
 * connection: our own question, our own check, then the check of the socket's address again.
 */
#include "outbound/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "outbound/address.h"

enum { CONNECT_MS = 30000, RESOLVE_MAX = HOSTNAME_MAX + 16 + NAMES_ADDRESSES_MAX * (INET6_ADDRSTRLEN + 3) };

static void wipe(struct buf *b)
{
        if (b->p != NULL)
                explicit_bzero(b->p, b->cap);
        buf_free(b);
}

void transfer_free(struct outbound_transfer *t)
{
        for (struct outbound_transfer **at = &t->outbound->transfers; *at != NULL; at = &(*at)->next) {
                if (*at != t)
                        continue;
                *at = t->next;
                break;
        }
        names_forget(&t->question);
        loop_cancel_timer(&t->limit);
        if (t->talk.loop != NULL) {
                int fd = t->talk.fd;

                loop_unwatch(&t->talk);
                /* libcurl would say QUIT and wait for the answer; over a closed connection it cannot. */
                shutdown(fd, SHUT_RDWR);
        }
        if (t->added)
                curl_multi_remove_handle(t->outbound->multi, t->easy);
        curl_easy_cleanup(t->easy);
        curl_slist_free_all(t->resolve);
        curl_slist_free_all(t->headers);
        /* They may hold secrets: a link, a code, a client's password. */
        wipe(&t->body);
        wipe(&t->form);
        wipe(&t->message);
        wipe(&t->out);
        wipe(&t->in);
        free(t);
}

static void finish(struct outbound_transfer *t, CURLcode result)
{
        t->done(t, result);
        transfer_free(t);
}

void outbound_cancel(struct outbound_transfer **transfer)
{
        if (*transfer != NULL)
                transfer_free(*transfer);
        *transfer = NULL;
}

/* ---- libcurl on the loop ---- */

struct place {
        struct outbound *outbound;
        struct loop_watch watch;
};

static void gather_ended(struct outbound *outbound)
{
        int left;

        for (CURLMsg *msg; (msg = curl_multi_info_read(outbound->multi, &left)) != NULL;) {
                struct outbound_transfer *t = NULL;
                CURLcode result = msg->data.result;

                if (msg->msg != CURLMSG_DONE)
                        continue;
                curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
                if (result != CURLE_OK || t->connected == NULL || !t->connected(t))
                        finish(t, result);
        }
}

static void act(struct outbound *outbound, curl_socket_t fd, int events)
{
        int running;

        curl_multi_socket_action(outbound->multi, fd, events, &running);
        gather_ended(outbound);
}

static void on_ready(void *ctx, unsigned events)
{
        const struct place *place = ctx;

        act(place->outbound, place->watch.fd,
            ((events & (LOOP_READ | LOOP_HANGUP)) != 0 ? CURL_CSELECT_IN : 0) |
                    ((events & LOOP_WRITE) != 0 ? CURL_CSELECT_OUT : 0));
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
        struct outbound *outbound = ctx;
        struct place *place = known;
        unsigned events = (what & CURL_POLL_IN ? (unsigned)LOOP_READ : 0u) |
                          (what & CURL_POLL_OUT ? (unsigned)LOOP_WRITE : 0u);

        (void)easy;
        if (what == CURL_POLL_REMOVE) {
                if (place != NULL)
                        loop_unwatch(&place->watch);
                free(place);
                curl_multi_assign(outbound->multi, fd, NULL);
                return 0;
        }
        if (place != NULL) {
                loop_rewatch(&place->watch, events);
                return 0;
        }
        place = xalloc(sizeof *place);
        place->outbound = outbound;
        if (loop_watch(outbound->loop, &place->watch, fd, events, on_ready, place, NULL) < 0) {
                free(place);
                return -1;              /* libcurl ends all its transfers then */
        }
        curl_multi_assign(outbound->multi, fd, place);
        return 0;
}

static void on_timer(void *ctx)
{
        act(ctx, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timeout(CURLM *multi, long ms, void *ctx)
{
        struct outbound *outbound = ctx;

        (void)multi;
        if (ms < 0)
                loop_cancel_timer(&outbound->timer);
        else
                loop_set_timer(outbound->loop, &outbound->timer, (uint64_t)ms, on_timer, outbound);
        return 0;
}

/* ---- one transfer ---- */

static void refuse_private(struct outbound_transfer *t)
{
        int r = err_set(&t->why, ERR_DENIED, "%s leads to an address of a private network; set "
                        "private_addresses in [fetch] if it is meant", t->host);

        (void)r;
}

/* The last word on where a connection goes: this very address, whatever any name was said to lead to. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
        struct outbound_transfer *t = ctx;

        if (purpose != CURLSOCKTYPE_IPCXN || (t->public_only && !address_is_public(&address->addr))) {
                refuse_private(t);
                return CURL_SOCKET_BAD;
        }
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_common(struct outbound_transfer *t, struct str authorities)
{
        struct curl_blob trusted = {
                .data = (void *)(uintptr_t)authorities.p, .len = authorities.n, .flags = CURL_BLOB_NOCOPY,
        };

        curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
        curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(t->easy, CURLOPT_PROXY, "");
        curl_easy_setopt(t->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
        curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
        curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
        curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        curl_easy_setopt(t->easy, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
        curl_easy_setopt(t->easy, CURLOPT_CAINFO_BLOB, &trusted);
}

struct outbound_transfer *transfer_new(struct outbound *outbound, const char *host, uint16_t port,
                                       struct str authorities)
{
        struct outbound_transfer *t = xalloc(sizeof *t);

        t->outbound = outbound;
        t->easy = curl_easy_init();
        check(t->easy != NULL);         /* it only fails without memory */
        t->port = port;
        snprintf(t->host, sizeof t->host, "%s", host);
        t->next = outbound->transfers;
        outbound->transfers = t;
        set_common(t, authorities);
        return t;
}

/* ---- HTTPS, for whoever asks ---- */

size_t transfer_head(char *p, size_t size, size_t n, void *ctx)
{
        struct outbound_transfer *t = ctx;

        (void)p;
        t->head += size * n;
        if (t->head <= OUTBOUND_HEAD_MAX)
                return size * n;
        int r = err_set(&t->why, ERR_LIMIT, "%s sent a header of more than %d KiB", t->host,
                        OUTBOUND_HEAD_MAX / 1024);

        (void)r;
        return 0;
}

void transfer_set_request(struct outbound_transfer *t, struct str url)
{
        char *text = str_dup(url);

        curl_easy_setopt(t->easy, CURLOPT_URL, text);
        free(text);
        curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "https");
        curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "Carrel");
        curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
        /* No connection is shared: not between portals, and not with an address that was checked before. */
        curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, transfer_head);
        curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
}

static void on_limit(void *ctx)
{
        struct outbound_transfer *t = ctx;

        if (t->why.code == 0) {
                int r = err_set(&t->why, ERR_AGAIN, "%s did not answer in time", t->host);

                (void)r;
        }
        finish(t, CURLE_OPERATION_TIMEDOUT);
}

/* Never from inside the call that started it: whoever called has no pointer to it yet. */
static void fail_soon(struct outbound_transfer *t)
{
        loop_set_timer(t->outbound->loop, &t->limit, 0, on_limit, t);
}

/* "HOST:PORT:ADDRESS,ADDRESS": libcurl asks nobody then. An address needs no such line. */
static void pin(struct outbound_transfer *t, const struct names_address *list, size_t n)
{
        char line[RESOLVE_MAX];
        int at = snprintf(line, sizeof line, "%s:%u:", t->host, t->port);

        for (size_t i = 0; i < n && at > 0 && (size_t)at < sizeof line; i++) {
                bool v6 = list[i].socket.ss_family == AF_INET6;

                at += snprintf(line + at, sizeof line - (size_t)at, "%s%s%s%s", i > 0 ? "," : "",
                               v6 ? "[" : "", list[i].text, v6 ? "]" : "");
        }
        check(at > 0 && (size_t)at < sizeof line);
        t->resolve = curl_slist_append(NULL, line);
        curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->resolve);
}

static size_t keep_allowed(const struct outbound_transfer *t, const struct names_address *list, size_t n,
                           struct names_address out[static NAMES_ADDRESSES_MAX])
{
        size_t kept = 0;

        for (size_t i = 0; i < n && i < NAMES_ADDRESSES_MAX; i++)
                if (!t->public_only || address_is_public((const struct sockaddr *)&list[i].socket))
                        out[kept++] = list[i];
        return kept;
}

static void on_addresses(void *ctx, const struct names_address *list, size_t n, const struct err *why)
{
        struct outbound_transfer *t = ctx;
        struct names_address allowed[NAMES_ADDRESSES_MAX];

        t->question = NULL;
        size_t kept = why == NULL ? keep_allowed(t, list, n, allowed) : 0;

        if (why != NULL)
                t->why = *why;
        else if (kept == 0)
                refuse_private(t);
        if (kept == 0) {
                fail_soon(t);
                return;
        }
        pin(t, allowed, kept);
        t->added = curl_multi_add_handle(t->outbound->multi, t->easy) == CURLM_OK;
        if (!t->added)
                fail_soon(t);
}

void transfer_start(struct outbound_transfer *t, uint64_t ms)
{
        loop_set_timer(t->outbound->loop, &t->limit, ms, on_limit, t);
        t->question = names_ask(t->outbound->names, t->host, on_addresses, t);
}

/* ---- start and end ---- */

int outbound_new(const struct outbound_settings *settings, struct outbound **out, struct err *err)
{
        struct outbound *outbound CLEANUP(outbound_free) = xalloc(sizeof *outbound);

        outbound->settings = *settings;
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
            (outbound->multi = curl_multi_init()) == NULL)
                return err_set(err, ERR_UNSUPPORTED, "libcurl does not work on this machine");
        curl_multi_setopt(outbound->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
        curl_multi_setopt(outbound->multi, CURLMOPT_SOCKETDATA, outbound);
        curl_multi_setopt(outbound->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
        curl_multi_setopt(outbound->multi, CURLMOPT_TIMERDATA, outbound);
        int r = names_new(settings->name_servers, &outbound->names, err);

        if (r < 0)
                return r;
        *out = outbound;
        outbound = NULL;
        return 0;
}

void outbound_start(struct outbound *outbound, struct loop *loop)
{
        outbound->loop = loop;
        names_start(outbound->names, loop);
}

void outbound_free(struct outbound **outbound)
{
        struct outbound *o = *outbound;

        if (o == NULL)
                return;
        for (struct outbound_transfer *t = o->transfers, *next; t != NULL; t = next) {
                next = t->next;
                transfer_free(t);
        }
        if (o->multi != NULL)
                curl_multi_cleanup(o->multi);
        loop_cancel_timer(&o->timer);
        names_free(&o->names);
        free(o);
        *outbound = NULL;
}

unsigned outbound_deaf(const struct outbound *outbound)
{
        return names_deaf(outbound->names);
}
