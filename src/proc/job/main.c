/*
 * main.c -- a job: one order from the registry, carried out in one portal's container.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "job.h"
#include "orders.h"
#include "service/service.h"

enum { ORDER_WAIT_MS = 30000, NOTE_TEXT_MAX = 4000, PART_MAX = 30000 };

void job_tell(struct job *job, const struct message *msg)
{
        struct err err;
        int r;

        while ((r = channel_send(job->registry, msg, -1, &err)) == ERR_AGAIN) {
                struct pollfd p = { .fd = channel_fd(job->registry), .events = POLLOUT };

                if (poll(&p, 1, -1) < 0 && errno != EINTR)
                        break;
        }
        if (r < 0)
                _exit(1);       /* nobody is left to work for */
}

int job_await(struct job *job, struct message *msg, int *fd, struct err *err)
{
        return channel_await(job->registry, ORDER_WAIT_MS, msg, fd, err);
}

static struct str shortened(struct str text)
{
        if (text.n <= NOTE_TEXT_MAX)
                return text;
        text.n = NOTE_TEXT_MAX;
        while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
                text.n--;       /* not in the middle of a character */
        return text;
}

void job_note(struct job *job, unsigned severity, struct str file, unsigned line, struct str text)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_NOTE);
        message_put_u32(&msg, severity);
        message_put_str(&msg, str_is_utf8(file) ? shortened(file) : STR("?"));
        message_put_u32(&msg, line);
        message_put_str(&msg, str_is_utf8(text) ? shortened(text) : STR("?"));
        job_tell(job, &msg);
}

void job_progress(struct job *job, const char *stage, uint64_t done, uint64_t total)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_PROGRESS);
        message_put_text(&msg, stage);
        message_put_u64(&msg, done);
        message_put_u64(&msg, total);
        job_tell(job, &msg);
}

static order_fn *order_for(enum message_type type)
{
        switch (type) {
        case MSG_JOB_SETUP:
                return order_setup;
        case MSG_JOB_RENEW:
                return order_renew;
        case MSG_JOB_IMPORT:
                return order_import;
        case MSG_JOB_PUBLISH:
                return order_publish;
        case MSG_JOB_EXPORT:
                return order_export;
        case MSG_JOB_MEASURE:
                return order_measure;
        case MSG_JOB_TIDY:
                return order_tidy;
        case MSG_JOB_KEEP:
                return order_keep;
        case MSG_JOB_RECORD:
                return order_record;
        case MSG_JOB_PEOPLE:
                return order_people;
        case MSG_JOB_SUMMARY:
                return order_summary;
        case MSG_JOB_SNAPSHOT:
                return order_snapshot;
        case MSG_JOB_RECEIVE:
                return order_receive;
        case MSG_JOB_RESTORE:
                return order_restore;
        case MSG_JOB_BRING_BACK:
                return order_bring_back;
        case MSG_JOB_LOOK:
                return order_look;
        case MSG_JOB_SCRUB:
                return order_scrub;
        case MSG_JOB_ALARM:
                return order_alarm;
        default:
                return NULL;
        }
}

/* Send the beginning of a long result and return its end, which JOB_DONE has room for. */
static struct str tell_parts(struct job *job, struct str json)
{
        while (json.n > PART_MAX) {
                struct message msg CLEANUP_MESSAGE;
                size_t n = PART_MAX;

                while (((unsigned char)json.p[n] & 0xc0) == 0x80)
                        n--;    /* not in the middle of a character */
                message_init(&msg, MSG_JOB_PART);
                message_put_str(&msg, str_make(json.p, n));
                job_tell(job, &msg);
                json = str_make(json.p + n, json.n - n);
        }
        return json;
}

static void tell_done(struct job *job, int result, const struct err *err)
{
        struct message msg CLEANUP_MESSAGE;
        struct str json = result < 0 ? STR("") : tell_parts(job, buf_str(&job->json));

        message_init(&msg, MSG_JOB_DONE);
        message_put_u32(&msg, (uint32_t)-result);
        message_put_str(&msg, result < 0 ? service_clip(str_of(err->text), ERR_TEXT_MAX) : STR(""));
        message_put_str(&msg, json);
        job_tell(job, &msg);
}

void job_main(int channel, enum peer orderer, const struct password_cost *cost, bool mail)
{
        struct job job = { .registry = channel_new(channel, PEER_JOB, orderer), .cost = *cost, .mail = mail };
        struct err err = { 0 };
        struct message msg;
        int fd CLEANUP_FD = -1;
        int r = job_await(&job, &msg, &fd, &err);

        if (r < 0)
                _exit(1);
        order_fn *order = order_for(msg.type);

        if (orderer == PEER_PORTAL && (msg.type == MSG_RECOVERY_FIND || msg.type == MSG_RECOVERY_MAKE)) {
                recovery_order(&job, &msg);
                _exit(0);
        }
        if (orderer == PEER_PORTAL && (msg.type == MSG_PASSWORD_VERIFY || msg.type == MSG_PASSWORD_MAKE)) {
                password_order(&job, &msg);
                _exit(0);
        }
        if (orderer == PEER_PORTAL)
                order = order_of_portal;
        r = order != NULL ? order(&job, &msg, fd, &err)
                          : err_set(&err, ERR_PROTOCOL, "a job cannot do %s", message_row(msg.type)->name);
        tell_done(&job, r, &err);
        _exit(0);
}
