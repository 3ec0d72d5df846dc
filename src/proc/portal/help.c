/*
 * help.c -- one job for one order.
 */
#include "help.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "portal.h"

struct help {
        struct help *next;
        uint64_t ticket;
        struct message *orders;
        size_t norders;
        struct channel *job;
        struct loop_timer limit;
        help_answer_fn *answer;
        void *ctx;
};

static struct help *helps;
static uint64_t next_ticket;

static void release(struct help *help)
{
        for (struct help **at = &helps; *at != NULL; at = &(*at)->next) {
                if (*at != help)
                        continue;
                *at = help->next;
                break;
        }
        loop_cancel_timer(&help->limit);
        for (size_t i = 0; i < help->norders; i++) {
                if (help->orders[i].own != NULL)
                        explicit_bzero(help->orders[i].own, help->orders[i].cap);
                message_free(&help->orders[i]);
        }
        free(help->orders);
        channel_free(&help->job);
        free(help);
}

static void give_up(struct help *help)
{
        (void)help->answer(help->ctx, NULL);
        release(help);
}

static void on_limit(void *ctx)
{
        give_up(ctx);
}

void help_ask(struct message *orders, size_t n, unsigned limit_ms, help_answer_fn *answer, void *ctx)
{
        struct help *help = xalloc(sizeof *help);
        struct message msg CLEANUP_MESSAGE;

        help->orders = orders;
        help->norders = n;
        help->answer = answer;
        help->ctx = ctx;
        help->ticket = ++next_ticket;
        help->next = helps;
        helps = help;
        loop_set_timer(portal_service()->loop, &help->limit, limit_ms, on_limit, help);
        message_init(&msg, MSG_HELP_ASK);
        message_put_u64(&msg, help->ticket);
        service_tell(portal_service(), &msg, -1);
}

static void on_job_message(void *ctx, struct message *msg, int fd)
{
        struct help *help = ctx;

        fd_close(&fd);
        if (help->answer(help->ctx, msg))
                release(help);
}

static void on_job_closed(void *ctx, const struct err *why)
{
        if (why->code != ERR_GONE)
                service_log(LOG_WARNING, "a job broke the protocol: %s", why->text);
        give_up(ctx);
}

static struct help *find(uint64_t ticket)
{
        for (struct help *h = helps; h != NULL; h = h->next)
                if (h->ticket == ticket)
                        return h;
        return NULL;
}

static int send_orders(struct help *help, struct err *err)
{
        int r = channel_watch(help->job, portal_service()->loop, on_job_message, on_job_closed, help, err);

        for (size_t i = 0; r == 0 && i < help->norders; i++)
                r = channel_post(help->job, &help->orders[i], -1, err);
        return r;
}

void help_on_message(struct message *msg, int fd)
{
        struct help *help = find(message_get_u64(msg));
        struct err err;

        if (help == NULL || help->job != NULL) {
                fd_close(&fd);
                return;
        }
        if (msg->type == MSG_HELP_REFUSED) {
                give_up(help);
                return;
        }
        help->job = channel_new(fd, PEER_PORTAL, PEER_JOB);
        if (send_orders(help, &err) < 0) {
                service_log(LOG_WARNING, "an order did not reach its job: %s", err.text);
                give_up(help);
        }
}
