/*
 * fetching.c -- questions to the courier, by ticket.
 *
 * One that was sent when the channel broke is not sent again: it may have been carried out, and a code of a
 * login works once. One that was not sent waits for the next channel, as long as its time lasts.
 */
#include "fetching.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "courier.h"
#include "portal.h"

enum { ANSWER_MS = 15000, BODY_MAX = 256 * 1024, WAITING_MAX = 64 };

struct fetching {
        struct fetching *next;
        uint64_t ticket;
        struct message order;
        bool sent;
        struct buf body;
        struct loop_timer limit;
        fetching_answer_fn *answer;
        void *ctx;
};

static struct fetching *all;
static unsigned nall;
static uint64_t next_ticket;

static void finish(struct fetching *f, unsigned status, struct str type, struct str why)
{
        struct fetching_answer answer = { .status = status, .type = type, .body = buf_str(&f->body),
                                          .why = why };

        for (struct fetching **at = &all; *at != NULL; at = &(*at)->next) {
                if (*at != f)
                        continue;
                *at = f->next;
                nall--;
                break;
        }
        loop_cancel_timer(&f->limit);
        f->answer(f->ctx, &answer);
        if (f->order.own != NULL)
                explicit_bzero(f->order.own, f->order.cap);
        if (f->body.p != NULL)
                explicit_bzero(f->body.p, f->body.cap);
        message_free(&f->order);
        buf_free(&f->body);
        free(f);
}

static void on_limit(void *ctx)
{
        struct fetching *f = ctx;

        finish(f, 0, STR(""), f->sent ? STR("the courier did not answer in time")
                                      : STR("the question was refused: it is too long, or too many wait"));
}

static void start(struct str url, struct str authorization, struct str form, fetching_answer_fn *answer,
                  void *ctx)
{
        struct fetching *f = xalloc(sizeof *f);

        f->answer = answer;
        f->ctx = ctx;
        f->ticket = ++next_ticket;
        f->body.max = BODY_MAX;
        f->next = all;
        all = f;
        message_init(&f->order, MSG_FETCH);
        message_put_u64(&f->order, f->ticket);
        message_put_str(&f->order, url);
        message_put_str(&f->order, authorization);
        message_put_str(&f->order, form);
        bool fits = !f->order.over && nall < WAITING_MAX;

        nall++;

        /* Also a refusal comes later: whoever asks has not returned yet. */
        loop_set_timer(portal_service()->loop, &f->limit, fits ? ANSWER_MS : 0, on_limit, f);
        f->sent = fits && courier_send(&f->order);
}

void fetching_get(struct str url, struct str authorization, fetching_answer_fn *answer, void *ctx)
{
        start(url, authorization, STR(""), answer, ctx);
}

void fetching_post(struct str url, struct str authorization, struct str form, fetching_answer_fn *answer,
                   void *ctx)
{
        check(form.n > 0);
        start(url, authorization, form, answer, ctx);
}

static struct fetching *find(uint64_t ticket)
{
        for (struct fetching *f = all; f != NULL; f = f->next)
                if (f->ticket == ticket && f->sent)
                        return f;
        return NULL;
}

void fetching_on_message(struct message *msg)
{
        struct fetching *f = find(message_get_u64(msg));

        if (f == NULL)
                return;                 /* its time was over */
        if (msg->type == MSG_FETCH_PART) {
                buf_add_str(&f->body, message_get_str(msg));
                return;
        }
        unsigned status = message_get_u32(msg);
        struct str type = message_get_str(msg);

        if (f->body.over)
                finish(f, 0, STR(""), STR("the answer is too long"));
        else
                finish(f, status, type, message_get_str(msg));
}

void fetching_courier_open(void)
{
        for (struct fetching *f = all; f != NULL; f = f->next)
                if (!f->sent && !f->order.over)
                        f->sent = courier_send(&f->order);
}

static struct fetching *first_sent(void)
{
        for (struct fetching *f = all; f != NULL; f = f->next)
                if (f->sent)
                        return f;
        return NULL;
}

void fetching_courier_gone(void)
{
        for (struct fetching *f; (f = first_sent()) != NULL;)
                finish(f, 0, STR(""), STR("the courier ended meanwhile; try again"));
        for (const struct fetching *f = all; f != NULL; f = f->next)
                if (!f->order.over && courier_send(&f->order))
                        break;          /* it is only asked for here: nothing is open yet */
}
