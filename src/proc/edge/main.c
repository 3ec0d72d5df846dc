/*
 * main.c -- the edge: accept, find the name, pass the socket on.
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "edge.h"
#include "json/json.h"
#include "sandbox/confine.h"
#include "service/arguments.h"

#include "../profiles.h"

static struct edge edge = { .https_fd = -1, .http_fd = -1 };

static void on_https(void *ctx, unsigned events)
{
        (void)events;
        visitors_accept(ctx, edge.https_fd, VISITOR_HELLO);
}

static void on_http(void *ctx, unsigned events)
{
        (void)events;
        visitors_accept(ctx, edge.http_fd, VISITOR_PLAIN);
}

/* Only when the names are known: before that every visitor would be told that there is no such host. */
static void start_accepting(void)
{
        struct err err;

        if (edge.accepting || edge.https_fd < 0 || edge.http_fd < 0)
                return;
        if (loop_watch(edge.service.loop, &edge.https, edge.https_fd, LOOP_READ, on_https, &edge,
                       &err) < 0 ||
            loop_watch(edge.service.loop, &edge.http, edge.http_fd, LOOP_READ, on_http, &edge, &err) < 0)
                service_die(&err, "accept");
        edge.accepting = true;
        service_ready(&edge.service);
}

static void tell_status(struct message *msg)
{
        struct buf json CLEANUP_BUF = { 0 };
        struct message reply CLEANUP_MESSAGE;

        edge_status(&edge, &json);
        message_init(&reply, MSG_STATUS_TELL);
        message_put_u64(&reply, message_get_u64(msg));
        message_put_str(&reply, buf_str(&json));
        int r = channel_post(edge.registry, &reply, -1, NULL);

        (void)r;                /* a registry that has gone asks again when it is back */
}

static void on_registry_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        fd_close(&fd);
        if (msg->type == MSG_STATUS_ASK) {
                tell_status(msg);
                return;
        }
        routes_on_message(&edge, msg);
        if (msg->type == MSG_ROUTES_END)
                start_accepting();
}

static void on_registry_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&edge.registry);
}

static void take_registry(int fd)
{
        struct err err;

        channel_free(&edge.registry);
        edge.registry = channel_new(fd, PEER_EDGE, PEER_REGISTRY);
        if (channel_watch(edge.registry, edge.service.loop, on_registry_message, on_registry_closed, NULL,
                          &err) < 0)
                service_die(&err, "channel to the registry");
}

static void take_listener(uint32_t kind, int fd)
{
        int *place = kind == 1 ? &edge.https_fd : &edge.http_fd;

        fd_close(place);
        *place = fd;
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        uint64_t id;

        (void)ctx;
        switch (msg->type) {
        case MSG_LISTENER:
                take_listener(message_get_u32(msg), fd);
                return;
        case MSG_PEER_CHANNEL:
                take_registry(fd);
                return;
        case MSG_PORTAL_CHANNEL:
                handoff_add_channel(&edge, message_get_u64(msg), fd);
                return;
        case MSG_PORTAL_DETACH:
                handoff_detach(&edge, message_get_u64(msg));
                break;
        case MSG_PORTAL_DOWN:
                id = message_get_u64(msg);
                handoff_down(&edge, id, message_get_u32(msg));
                break;
        default:
                break;
        }
        fd_close(&fd);
}

/*
 * Strangers may hold three of four descriptors at most. The rest is for channels: a message whose
 * descriptor finds no room would end this process.
 */
static size_t most_visitors(size_t wanted)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur / 4 * 3 > wanted)
                return wanted;
        return limit.rlim_cur / 4 * 3;
}

int main(int argc, char **argv)
{
        struct sandbox_place place = argument_place(argc, argv, NULL, NULL);
        struct err err;

        service_prelude();
        edge.https_port = (unsigned)argument_number(argc, argv, "port", 65535);
        edge.per_address_max = argument_number(argc, argv, "address", UINT32_MAX);
        edge.visitors_max = argument_number(argc, argv, "waiting", UINT32_MAX);
        json_prepare();
        edge.hosts = map_new();
        edge.portals = map_new();
        edge.addresses = tally_new();
        if (sandbox_enter(&edge_profile, &place, NULL, NULL, &err) < 0)
                service_die(&err, "edge refuses to start");
        edge.visitors_max = most_visitors(edge.visitors_max);
        if (service_start(&edge.service, PEER_EDGE, SERVICE_CHANNEL_FD, on_message, NULL, &err) < 0)
                service_die(&err, "edge refuses to start");
        if (loop_run(edge.service.loop, &err) < 0)
                service_die(&err, "edge ends");
        return EXIT_SUCCESS;
}
