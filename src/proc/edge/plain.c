/*
 * plain.c -- port 80: the address of a page is answered with where it really is, everything else with
 * 403. No page, no cookie and no password ever travels here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "edge.h"

enum { REQUEST_MAX = 8192, PATH_MAX_BYTES = 4096 };

static char request[REQUEST_MAX];

static bool is_page_path(struct str path)
{
        if (path.n == 0 || path.n > PATH_MAX_BYTES || path.p[0] != '/' ||
            (path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\')))
                return false;
        for (size_t i = 0; i < path.n; i++)
                if (path.p[i] <= 0x20 || path.p[i] > 0x7e)
                        return false;
        return true;
}

/* The value of the one Host line; two of them, or none, is no request we answer. */
static bool find_host(struct str headers, struct hostname *out)
{
        bool found = false;

        while (headers.n > 0) {
                struct str line = str_cut(&headers, '\n');
                struct str name = str_cut(&line, ':');

                if (!str_eq_nocase(name, STR("host")))
                        continue;
                struct str host = str_trim(line);
                ptrdiff_t colon = str_find(host, ':');

                if (found || hostname_parse(colon < 0 ? host : str_make(host.p, (size_t)colon), out,
                                            NULL) < 0)
                        return false;
                found = true;
        }
        return found;
}

static bool parse(struct str head, struct str *path, struct hostname *host)
{
        struct str line = str_cut(&head, '\n');
        struct str method = str_cut(&line, ' ');

        *path = str_cut(&line, ' ');
        if (!str_is(method, "GET") && !str_is(method, "HEAD"))
                return false;
        if (!str_is(line, "HTTP/1.1\r") && !str_is(line, "HTTP/1.0\r"))
                return false;
        return is_page_path(*path) && find_host(head, host);
}

static void redirect(struct visitor *visitor, struct str path, const struct hostname *host)
{
        char answer[PATH_MAX_BYTES + 1024], port[8] = "";

        if (visitor->edge->https_port != 443)
                snprintf(port, sizeof port, ":%u", visitor->edge->https_port);
        int n = snprintf(answer, sizeof answer,
                         "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://%s%s%.*s\r\n"
                         "Content-Length: 0\r\nConnection: close\r\n\r\n",
                         host->text, port, STR_ARG(path));

        visitor->edge->counters.redirected++;
        visitor_answer(visitor, answer, (size_t)n);
}

void plain_ready(struct visitor *visitor)
{
        struct hostname host;
        struct str path;
        ssize_t n = recv(visitor->fd, request, sizeof request, MSG_PEEK | MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
                visitor_watch(visitor);
                return;
        }
        if (n <= 0) {
                visitor_end(visitor);
                return;
        }
        ptrdiff_t end = str_find_str(str_make(request, (size_t)n), STR("\r\n\r\n"));

        if (end < 0 && n < REQUEST_MAX) {
                visitor_wait(visitor);
                return;
        }
        visitor->edge->counters.plain++;
        if (end >= 0 && parse(str_make(request, (size_t)end + 2), &path, &host) &&
            routes_find(visitor->edge, &host) != NULL)
                redirect(visitor, path, &host);
        else
                visitor_answer_plain(visitor, "403 Forbidden", "Nothing is served without encryption. "
                                     "Use an https:// address.\n");
}
