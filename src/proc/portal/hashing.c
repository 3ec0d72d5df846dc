/*
 * hashing.c -- one job for one password.
 */
#include "hashing.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "portal.h"

enum { ANSWER_MS = 15000 };

struct help {
        struct help *next;
        uint64_t ticket;
        struct message order;
        struct channel *job;
        struct loop_timer limit;
        hashing_answer_fn *answer;
        void *ctx;
};

static struct help *helps;
static uint64_t next_ticket;

/* The order holds a password: it is wiped before its memory goes back. */
static void finish(struct help *help, bool good, struct str hash, struct str sentence)
{
        for (struct help **at = &helps; *at != NULL; at = &(*at)->next) {
                if (*at != help)
                        continue;
                *at = help->next;
                break;
        }
        loop_cancel_timer(&help->limit);
        help->answer(help->ctx, good, hash, sentence);
        if (help->order.own != NULL)
                explicit_bzero(help->order.own, help->order.cap);
        message_free(&help->order);
        channel_free(&help->job);
        free(help);
}

static void on_limit(void *ctx)
{
        finish(ctx, false, STR(""), STR("busy"));
}

static void ask(struct help *help)
{
        struct message msg CLEANUP_MESSAGE;

        help->ticket = ++next_ticket;
        help->next = helps;
        helps = help;
        loop_set_timer(portal_service()->loop, &help->limit, ANSWER_MS, on_limit, help);
        message_init(&msg, MSG_HELP_ASK);
        message_put_u64(&msg, help->ticket);
        service_tell(portal_service(), &msg, -1);
}

static struct help *help_new(enum message_type order, hashing_answer_fn *answer, void *ctx)
{
        struct help *help = xalloc(sizeof *help);

        help->answer = answer;
        help->ctx = ctx;
        message_init(&help->order, order);
        return help;
}

void hashing_verify(struct str password, struct str stored, hashing_answer_fn *answer, void *ctx)
{
        struct help *help = help_new(MSG_PASSWORD_VERIFY, answer, ctx);

        message_put_bytes(&help->order, password.p, password.n);
        message_put_str(&help->order, stored);
        ask(help);
}

void hashing_make(struct str password, int64_t person, hashing_answer_fn *answer, void *ctx)
{
        struct help *help = help_new(MSG_PASSWORD_MAKE, answer, ctx);

        message_put_bytes(&help->order, password.p, password.n);
        message_put_u64(&help->order, (uint64_t)person);
        ask(help);
}

static void on_job_message(void *ctx, struct message *msg, int fd)
{
        struct help *help = ctx;

        fd_close(&fd);
        if (msg->type != MSG_PASSWORD_ANSWER)
                return;
        bool good = message_get_u32(msg) == 1;
        struct str hash = message_get_str(msg);

        finish(help, good, hash, message_get_str(msg));
}

static void on_job_closed(void *ctx, const struct err *why)
{
        (void)why;
        finish(ctx, false, STR(""), STR("busy"));
}

static struct help *find(uint64_t ticket)
{
        for (struct help *h = helps; h != NULL; h = h->next)
                if (h->ticket == ticket)
                        return h;
        return NULL;
}

void hashing_on_message(struct message *msg, int fd)
{
        struct help *help = find(message_get_u64(msg));
        struct err err;

        if (help == NULL || help->job != NULL) {
                fd_close(&fd);
                return;
        }
        if (msg->type == MSG_HELP_REFUSED) {
                finish(help, false, STR(""), STR("busy"));
                return;
        }
        help->job = channel_new(fd, PEER_PORTAL, PEER_JOB);
        if (channel_watch(help->job, portal_service()->loop, on_job_message, on_job_closed, help,
                          &err) < 0 ||
            channel_post(help->job, &help->order, -1, &err) < 0)
                finish(help, false, STR(""), STR("busy"));
}
