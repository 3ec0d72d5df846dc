/*
 * service.c -- the common frame of the host's processes.
 */
#include "service/service.h"

#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

/* The one log channel of this process. */
static struct channel *log_channel;

/* Lines of this second; none is dropped before there is a channel, for then the process only starts. */
static struct {
        uint64_t second;
        unsigned lines;
} spoken;

void service_prelude(void)
{
        signal(SIGPIPE, SIG_IGN);
        umask(077);
        setlocale(LC_ALL, "C");
        /* A confined process cannot read /etc/localtime; nothing of ours wants local time. */
        setenv("TZ", "UTC0", 1);
}

static void supervisor_gone(void *ctx, const struct err *why)
{
        (void)ctx;
        if (why->code != ERR_GONE)      /* such as a descriptor that finds no room here */
                service_log(LOG_ERROR, "channel to the supervisor: %s", why->text);
        _exit(0);
}

int service_start(struct service *service, enum peer me, int fd, channel_message_fn *message,
                  void *ctx, struct err *err)
{
        service->me = me;
        int r = loop_new(&service->loop, err);

        if (r < 0)
                return r;
        service->supervisor = channel_new(fd, me, PEER_SUPERVISOR);
        r = channel_watch(service->supervisor, service->loop, message, supervisor_gone, ctx, err);
        if (r < 0)
                return r;
        log_channel = service->supervisor;
        return 0;
}

void service_tell(struct service *service, const struct message *msg, int fd)
{
        struct err err;

        if (channel_post(service->supervisor, msg, fd, &err) < 0) {
                service_log(LOG_ERROR, "cannot tell the supervisor: %s", err.text);
                _exit(1);
        }
}

void service_ready(struct service *service)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_READY);
        service_tell(service, &msg, -1);
}

static bool may_speak(void)
{
        uint64_t second = clock_ms() / 1000;

        if (spoken.second != second) {
                spoken.second = second;
                spoken.lines = 0;
        }
        if (spoken.lines == SERVICE_LINES_PER_SECOND)
                return false;
        spoken.lines++;
        return true;
}

struct str service_clip(struct str text, size_t max)
{
        struct str whole = str_make(text.p, text.n < max ? text.n : max);

        for (int i = 0; i < 4; i++) {   /* a character has at most four bytes */
                if (str_is_utf8(whole))
                        return whole;
                if (whole.n > 0)
                        whole.n--;
        }
        return STR("(text that is not UTF-8)");
}

void service_log(enum log_level level, const char *fmt, ...)
{
        char text[1024];
        va_list args;

        va_start(args, fmt);
        int n = vsnprintf(text, sizeof text, fmt, args);

        va_end(args);
        if (n < 0)
                return;
        size_t len = strnlen(text, sizeof text);

        if (log_channel == NULL) {
                text[len < sizeof text - 1 ? len : sizeof text - 2] = '\n';
                ssize_t w = write(STDERR_FILENO, text, len < sizeof text - 1 ? len + 1 : len);

                (void)w;
                return;
        }
        if (!may_speak())
                return;
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_LOG);
        message_put_u32(&msg, (uint32_t)level);
        message_put_str(&msg, service_clip(str_make(text, len), len));
        int r = channel_send(log_channel, &msg, -1, NULL);

        (void)r;        /* a lost line must not stop the work */
}

struct service_quoted service_quote(struct str bytes)
{
        struct service_quoted q;
        size_t at = 0, shown = bytes.n < 200 ? bytes.n : 200;

        q.text[at++] = '"';
        for (size_t i = 0; i < shown && at < sizeof q.text - 8; i++) {
                unsigned char c = (unsigned char)bytes.p[i];

                if (c == '"' || c == '\\') {
                        q.text[at++] = '\\';
                        q.text[at++] = (char)c;
                } else if (c < 0x20 || c >= 0x7f) {
                        at += (size_t)snprintf(q.text + at, 5, "\\x%02x", c);
                } else {
                        q.text[at++] = (char)c;
                }
        }
        q.text[at++] = '"';
        q.text[at] = '\0';
        return q;
}

void service_die(const struct err *err, const char *what)
{
        service_log(LOG_ERROR, "%s: %s", what, err->text);
        _exit(1);
}
