/*
 * main.c -- the registry: the list of portals, the local authority, the operator's commands.
 */
#include <stdlib.h>

#include "alarm_mail.h"
#include "alarms.h"
#include "base/clock.h"
#include "base/fd.h"
#include "backup.h"
#include "errand.h"
#include "scrub.h"
#include "sandbox/confine.h"
#include "service/arguments.h"
#include "tls/server.h"

#include "../profiles.h"

struct registry registry = { .control_fd = -1 };

static void on_edge_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        if (msg->type == MSG_STATUS_TELL)
                task_on_message(&registry, PEER_EDGE, msg, fd);
        else
                fd_close(&fd);
}

static void on_edge_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&registry.edge);
        status_peer_gone(PEER_EDGE);
}

static void take_edge(int fd)
{
        struct err err;

        channel_free(&registry.edge);
        registry.edge = channel_new(fd, PEER_REGISTRY, PEER_EDGE);
        if (channel_watch(registry.edge, registry.service.loop, on_edge_message, on_edge_closed, NULL,
                          &err) < 0)
                service_die(&err, "channel to the edge");
        routes_send_all(&registry);
}

static void on_courier_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        if (msg->type == MSG_STATUS_TELL)
                task_on_message(&registry, PEER_COURIER, msg, fd);
        else
                fd_close(&fd);
        if (msg->type == MSG_ALARM_ANSWER)      /* it brings no descriptor */
                alarm_mail_take_answer(msg);
}

static void on_courier_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&registry.courier);
        status_peer_gone(PEER_COURIER);
}

static void take_courier(int fd)
{
        struct err err;

        channel_free(&registry.courier);
        registry.courier = channel_new(fd, PEER_REGISTRY, PEER_COURIER);
        if (channel_watch(registry.courier, registry.service.loop, on_courier_message, on_courier_closed,
                          NULL, &err) < 0)
                service_die(&err, "channel to the courier");
        allow_send_all(&registry);
        alarm_mail_courier_open();
}

static void take_peer(uint32_t peer, int fd)
{
        if (peer == PEER_COURIER)
                take_courier(fd);
        else if (peer == PEER_VAULT)
                vault_take(fd);
        else
                take_edge(fd);
}

static void take_listener(int fd)
{
        struct err err;

        loop_unwatch(&registry.control);
        fd_close(&registry.control_fd);
        registry.control_fd = fd;
        if (loop_watch(registry.service.loop, &registry.control, fd, LOOP_READ, control_accept, NULL,
                       &err) < 0)
                service_die(&err, "control socket");
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        switch (msg->type) {
        case MSG_LISTENER:
                take_listener(fd);
                break;
        case MSG_PEER_CHANNEL:
                take_peer(message_get_u32(msg), fd);
                break;
        case MSG_SELF_ORDER:
                fd_close(&fd);
                self_take(msg);
                break;
        case MSG_SELF_PART_ORDER:
                fd_close(&fd);
                self_take_part(msg);
                break;
        case MSG_SELF_TAKE_ORDER:
                fd_close(&fd);
                self_take_copy(msg);
                break;
        default:
                task_on_message(&registry, PEER_SUPERVISOR, msg, fd);
                break;
        }
}

static void sweep(void *ctx)
{
        (void)ctx;
        certificates_sweep(&registry);
        if (agenda_has_keys())  /* else when it has: their backups' keys go with the portals */
                portals_purge(&registry, clock_unix());
        loop_set_timer(registry.service.loop, &registry.sweep, SWEEP_SECONDS * 1000, sweep, NULL);
}

static void start(struct err *err)
{
        if (service_start(&registry.service, PEER_REGISTRY, SERVICE_CHANNEL_FD, on_message, NULL, err) < 0)
                service_die(err, "registry refuses to start");
        if (registry_open("registry.db", &registry.store, err) < 0 ||
            certificates_open(&registry, err) < 0)
                service_die(err, "registry refuses to start");
        if (scrub_load(err) < 0 || alarms_load(err) < 0 || errands_load(err) < 0)
                service_die(err, "registry refuses to start");
        creation_undo_unfinished(&registry);
        service_ready(&registry.service);
        sweep(NULL);
        agenda_start();
}

int main(int argc, char **argv)
{
        char folder[ARGUMENT_FOLDER_MAX];
        struct sandbox_place place = argument_place(argc, argv, "registry", folder);
        struct err err;

        service_prelude();
        json_prepare();
        registry.owner = (uid_t)argument_number(argc, argv, "owner", UINT32_MAX);
        registry.host = argument_text(argc, argv, "host");
        registry.port = (unsigned)argument_number(argc, argv, "port", 65535);
        alarm_mail_setup(argument_number(argc, argv, "alarms", 1) == 1,
                         argument_number(argc, argv, "mail", 1) == 1);
        registry.self_restores = argument_number(argc, argv, "restores", 1) == 1;
        if (tls_prepare(&err) < 0 || store_prepare(&err) < 0 ||
            sandbox_enter(&registry_profile, &place, NULL, NULL, &err) < 0)
                service_die(&err, "registry refuses to start");
        start(&err);
        if (loop_run(registry.service.loop, &err) < 0)
                service_die(&err, "registry ends");
        return EXIT_SUCCESS;
}
