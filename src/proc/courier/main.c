/*
 * main.c -- the courier: what it needs from the machine is read first, then it is confined to its spool and
 * the network.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "config/config.h"
#include "courier.h"
#include "json/json.h"
#include "sandbox/confine.h"
#include "service/arguments.h"

#include "../profiles.h"

enum {
        AUTHORITIES_MAX = 4 * 1024 * 1024,
        PASSWORD_MAX = 1024,
        DEAF_MAX = 5,
        DEAF_CHECK_MS = 5 * 60 * 1000,
};

/* Debian's, and those of other systems, in the order they are tried. */
static const char *const system_authorities[] = {
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
};

struct courier courier;
static struct loop_timer deaf_timer;

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

/* The first line of the file: what editors put behind it is not part of the password. */
static struct str read_password(const char *path)
{
        static char password[PASSWORD_MAX + 1];
        struct err err;
        struct buf text CLEANUP_BUF = { 0 };
        int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
        int r = fd < 0 ? err_errno(&err, "open it") : fd_read_to_end(fd, PASSWORD_MAX, &text, &err);

        if (r < 0) {
                service_log(LOG_ERROR, "courier refuses to start: the password in %s: %s", path, err.text);
                _exit(1);
        }
        struct str rest = buf_str(&text), line = str_trim(str_cut(&rest, '\n'));

        snprintf(password, sizeof password, "%.*s", STR_ARG(line));
        if (text.p != NULL)
                explicit_bzero(text.p, text.n);
        if (mlock(password, sizeof password) < 0)
                service_log(LOG_WARNING, "the mail password's page is not locked in memory");
        return str_of(password);
}

static void read_mail(int argc, char **argv)
{
        static char host[CONFIG_HOST_MAX + 1];
        struct mail *mail = &courier.mail;
        const char *server = argument_text(argc, argv, "server");
        const char *user = argument_text(argc, argv, "user");
        struct err err;

        courier.host = argument_text(argc, argv, "host");
        mail->on = server[0] != '\0';
        mail->from = argument_text(argc, argv, "from");
        mail->retry_seconds = (unsigned)argument_number(argc, argv, "retry", UINT32_MAX);
        mail->letters_per_hour = (unsigned)argument_number(argc, argv, "letters", UINT32_MAX);
        if (!mail->on)
                return;
        if (config_split_server(server, host, &mail->relay.port, &err) < 0)
                service_die(&err, "courier refuses to start");
        mail->relay.host = host;
        mail->relay.implicit = argument_number(argc, argv, "implicit", 1) == 1;
        mail->relay.helo = courier.host;
        mail->relay.user = str_of(user);
        if (user[0] != '\0')
                mail->relay.password = read_password(argument_text(argc, argv, "password_file"));
}

/*
 * The name servers are those of the start. When none of them answers any more, they may have changed, and
 * only a new courier can read the file again; letters wait on disk meanwhile.
 */
static void on_deaf_check(void *ctx)
{
        (void)ctx;
        if (outbound_deaf(courier.outbound) >= DEAF_MAX) {
                service_log(LOG_WARNING, "no name server answers; starting anew to read /etc/resolv.conf");
                _exit(0);
        }
        loop_set_timer(courier.service.loop, &deaf_timer, DEAF_CHECK_MS, on_deaf_check, NULL);
}

int main(int argc, char **argv)
{
        char folder[ARGUMENT_FOLDER_MAX];
        struct sandbox_place place = argument_place(argc, argv, "spool", folder);
        struct err err;

        service_prelude();
        json_prepare();
        courier.allowed = map_new();
        courier.portals = map_new();
        read_mail(argc, argv);
        open_outbound(argc, argv, &err);
        if (sandbox_enter(&courier_profile, &place, NULL, NULL, &err) < 0)
                service_die(&err, "courier refuses to start");
        if (service_start(&courier.service, PEER_COURIER, SERVICE_CHANNEL_FD, on_message, NULL, &err) < 0)
                service_die(&err, "courier refuses to start");
        outbound_start(courier.outbound, courier.service.loop);
        if (queue_open(&courier, &err) < 0)
                service_die(&err, "courier refuses to start");
        loop_set_timer(courier.service.loop, &deaf_timer, DEAF_CHECK_MS, on_deaf_check, NULL);
        service_ready(&courier.service);
        if (loop_run(courier.service.loop, &err) < 0)
                service_die(&err, "courier ends");
        return EXIT_SUCCESS;
}
