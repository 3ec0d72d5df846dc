/*
 * hello.c -- peek at a ClientHello until it names its host; leave every byte in the socket, so the portal's
 * TLS library sees the connection from its first byte and nothing is replayed.
 */
#include <errno.h>
#include <sys/socket.h>

#include "edge.h"

/* One hello at a time is looked at, so one buffer does. */
static uint8_t hello[CLIENTHELLO_MAX];

static void refuse(struct visitor *visitor, int result)
{
        struct edge_counters *counters = &visitor->edge->counters;

        if (result == ERR_UNSUPPORTED) {
                counters->not_tls++;
                visitor_answer_plain(visitor, "400 Bad Request",
                                     "This port speaks TLS only. Use an https:// address here.\n");
                return;
        }
        if (result == ERR_NOT_FOUND)
                counters->no_name++;
        else
                counters->bad_hello++;
        visitor_alert(visitor, clienthello_alert_for(result));
}

void hello_ready(struct visitor *visitor)
{
        struct err err;
        size_t need = 0;
        ssize_t n = recv(visitor->fd, hello, sizeof hello, MSG_PEEK | MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
                visitor_watch(visitor);
                return;
        }
        if (n <= 0) {
                visitor_end(visitor);
                return;
        }
        if ((size_t)n < visitor->need) {
                visitor_wait(visitor);
                return;
        }
        int r = clienthello_sni(hello, (size_t)n, &need, &visitor->host, &err);

        if (r == ERR_AGAIN) {
                visitor->need = need;
                visitor_wait(visitor);
                return;
        }
        if (r < 0) {
                refuse(visitor, r);
                return;
        }
        struct edge_portal *portal = routes_find(visitor->edge, &visitor->host);

        if (portal == NULL) {
                visitor->edge->counters.unknown_name++;
                visitor_alert(visitor, TLS_ALERT_UNRECOGNIZED_NAME);
                return;
        }
        handoff(visitor, portal);
}
