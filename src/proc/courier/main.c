/*
 * main.c -- the courier: what it needs from the machine is read first, then it is confined to its spool and
 * the network.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "courier.h"
#include "json/json.h"
#include "sandbox/confine.h"
#include "service/arguments.h"

#include "../profiles.h"

enum { AUTHORITIES_MAX = 4 * 1024 * 1024 };

/* Debian's, and those of other systems, in the order they are tried. */
static const char *const system_authorities[] = {
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
};

struct courier courier;

static void tell_status(struct message *msg)
{
        struct buf json CLEANUP_BUF = { 0 };
        struct message reply CLEANUP_MESSAGE;

        courier_status(&courier, &json);
        message_init(&reply, MSG_STATUS_TELL);
        message_put_u64(&reply, message_get_u64(msg));
        message_put_str(&reply, buf_str(&json));
        int r = channel_post(courier.registry, &reply, -1, NULL);

        (void)r;                /* a registry that has gone asks again when it is back */
}

static void on_registry_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        fd_close(&fd);
        if (msg->type == MSG_STATUS_ASK)
                tell_status(msg);
        else
                allow_on_message(&courier, msg);
}

static void on_registry_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&courier.registry);
}

static void take_registry(int fd)
{
        struct err err;

        channel_free(&courier.registry);
        courier.registry = channel_new(fd, PEER_COURIER, PEER_REGISTRY);
        if (channel_watch(courier.registry, courier.service.loop, on_registry_message, on_registry_closed,
                          NULL, &err) < 0)
                service_die(&err, "channel to the registry");
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        switch (msg->type) {
        case MSG_PEER_CHANNEL:
                take_registry(fd);
                break;
        case MSG_PORTAL_CHANNEL:
                clients_add(&courier, message_get_u64(msg), fd);
                break;
        default:
                fd_close(&fd);
                break;
        }
}

/* ---- what is read before the walls go up ---- */

static void read_authorities(const char *path, struct buf *out)
{
        struct err err;
        int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
        int r = fd < 0 ? err_errno(&err, "open it") : fd_read_to_end(fd, AUTHORITIES_MAX, out, &err);

        if (r == 0) {
                buf_putc(out, '\n');
                return;
        }
        service_log(LOG_ERROR, "courier refuses to start: the authorities in %s: %s", path, err.text);
        _exit(1);
}

/* Without any, nobody is trusted: then every connection fails, and says why. */
static void read_system_authorities(struct buf *out)
{
        for (size_t i = 0; i < ARRAY_LEN(system_authorities); i++) {
                if (access(system_authorities[i], R_OK) != 0)
                        continue;
                read_authorities(system_authorities[i], out);
                return;
        }
}

static void open_outbound(int argc, char **argv, struct err *err)
{
        static struct buf fetch, mail;          /* the library borrows them for ever */
        const char *fetch_file = argument_text(argc, argv, "fetch_ca_file");
        const char *mail_file = argument_text(argc, argv, "mail_ca_file");
        struct outbound_settings settings = {
                .private_addresses = argument_number(argc, argv, "private", 1) == 1,
        };

        read_system_authorities(&fetch);
        if (mail_file[0] != '\0')
                read_authorities(mail_file, &mail);
        else
                buf_add_str(&mail, buf_str(&fetch));
        if (fetch_file[0] != '\0')
                read_authorities(fetch_file, &fetch);
        settings.fetch_authorities = buf_str(&fetch);
        settings.mail_authorities = buf_str(&mail);
        if (outbound_new(&settings, &courier.outbound, err) < 0)
                service_die(err, "courier refuses to start");
}

int main(int argc, char **argv)
{
        char folder[400];
        struct sandbox_place place = {
                .mode = (enum sandbox_mode)argument_number(argc, argv, "mode", 16),
                .folder = folder,
                .uid = (uid_t)argument_number(argc, argv, "uid", UINT32_MAX),
                .gid = (gid_t)argument_number(argc, argv, "uid", UINT32_MAX),
        };
        struct err err;

        service_prelude();
        json_prepare();
        snprintf(folder, sizeof folder, "%s/spool", argument_text(argc, argv, "data"));
        courier.allowed = map_new();
        courier.portals = map_new();
        open_outbound(argc, argv, &err);
        if (sandbox_enter(&courier_profile, &place, NULL, NULL, &err) < 0)
                service_die(&err, "courier refuses to start");
        if (service_start(&courier.service, PEER_COURIER, SERVICE_CHANNEL_FD, on_message, NULL, &err) < 0)
                service_die(&err, "courier refuses to start");
        outbound_start(courier.outbound, courier.service.loop);
        service_ready(&courier.service);
        if (loop_run(courier.service.loop, &err) < 0)
                service_die(&err, "courier ends");
        return EXIT_SUCCESS;
}
