/*
 * main.c -- the courier: what it needs from the machine is read first, then it is confined to its spool and
 * the network.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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
        else if (msg->type == MSG_ALARM_LETTER)
                letters_take_alarm(msg);
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
                if (message_get_u32(msg) == PEER_VAULT)
                        offsite_take_vault(fd);
                else
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

struct password {
        char text[PASSWORD_MAX + 1];
};

/* A file with a secret; private: nobody but its owner may have been able to read it. */
static int open_password(const char *path, bool private, struct buf *text, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "open it");
        if (private && (st.st_mode & 077) != 0)
                return err_set(err, ERR_DENIED, "others may read it; 'chmod 600' it, and change the "
                               "secret where it was made");
        return fd_read_to_end(fd, PASSWORD_MAX, text, err);
}

/* The first line of the file: what editors put behind it is not part of the password. */
static struct str read_password(const char *path, const char *what, bool private, struct password *out)
{
        struct err err;
        struct buf text CLEANUP_BUF = { 0 };

        if (open_password(path, private, &text, &err) < 0) {
                service_log(LOG_ERROR, "courier refuses to start: the %s in %s: %s", what, path, err.text);
                _exit(1);
        }
        struct str rest = buf_str(&text), line = str_trim(str_cut(&rest, '\n'));

        snprintf(out->text, sizeof out->text, "%.*s", STR_ARG(line));
        if (text.p != NULL)
                explicit_bzero(text.p, text.n);
        if (mlock(out, sizeof *out) < 0)
                service_log(LOG_WARNING, "the page of the %s is not locked in memory", what);
        return str_of(out->text);
}

static void read_offsite(int argc, char **argv)
{
        static struct password secret;
        static struct buf authorities;          /* the library borrows them for ever */
        struct offsite *offsite = &courier.offsite;
        const char *ca_file = argument_text(argc, argv, "offsite_ca_file");
        struct str path;
        struct err err;

        offsite->bucket.url = argument_text(argc, argv, "offsite");
        offsite->on = offsite->bucket.url[0] != '\0';
        if (!offsite->on)
                return;
        offsite->removes = argument_number(argc, argv, "offsite_remove", 1) == 1;
        offsite->retry_seconds = (unsigned)argument_number(argc, argv, "offsite_retry", 3600);
        offsite->recheck_days = (unsigned)argument_number(argc, argv, "offsite_recheck", 365);
        offsite->bucket.stall_seconds = (unsigned)argument_number(argc, argv, "offsite_stall", 3600);
        offsite->bucket.region = argument_text(argc, argv, "offsite_region");
        offsite->bucket.key_id = argument_text(argc, argv, "offsite_key_id");
        offsite->bucket.secret = read_password(argument_text(argc, argv, "offsite_secret_file"),
                                               "secret of the off-site storage", true, &secret).p;
        if (origin_of_url(str_of(offsite->bucket.url), &offsite->bucket.origin, &path, &err) < 0)
                service_die(&err, "courier refuses to start");
        if (ca_file[0] != '\0')
                read_authorities(ca_file, &authorities);
        else
                read_system_authorities(&authorities);
        offsite->bucket.authorities = buf_str(&authorities);
}

static void read_mail(int argc, char **argv)
{
        static char host[CONFIG_HOST_MAX + 1];
        static struct password password;
        struct mail *mail = &courier.mail;
        const char *server = argument_text(argc, argv, "server");
        const char *user = argument_text(argc, argv, "user");
        struct err err;

        courier.host = argument_text(argc, argv, "host");
        mail->on = server[0] != '\0';
        mail->from = argument_text(argc, argv, "from");
        mail->retry_seconds = (unsigned)argument_number(argc, argv, "retry", UINT32_MAX);
        mail->letters_per_hour = (unsigned)argument_number(argc, argv, "letters", UINT32_MAX);
        mail->alarms = argument_text(argc, argv, "alarms");
        if (!mail->on)
                return;
        if (config_split_server(server, host, &mail->relay.port, &err) < 0)
                service_die(&err, "courier refuses to start");
        mail->relay.host = host;
        mail->relay.implicit = argument_number(argc, argv, "implicit", 1) == 1;
        mail->relay.helo = courier.host;
        mail->relay.user = str_of(user);
        if (user[0] != '\0')
                mail->relay.password = read_password(argument_text(argc, argv, "password_file"),
                                                     "mail password", false, &password);
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
        read_offsite(argc, argv);
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
