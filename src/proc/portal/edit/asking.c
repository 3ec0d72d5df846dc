/*
 * asking.c -- orders to the host, by ticket.
 */
#include "asking.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "proc/portal/portal.h"

enum { ANSWER_MS = 20000 };

struct open_ask {
        struct open_ask *next;
        uint64_t ticket;
        struct loop_timer limit;
        asking_answer_fn *answer;
        void *ctx;
};

static struct open_ask *all;
static uint64_t next_ticket;

static void finish(struct open_ask *ask, int code, struct str sentence, const struct json *result)
{
        for (struct open_ask **at = &all; *at != NULL; at = &(*at)->next) {
                if (*at != ask)
                        continue;
                *at = ask->next;
                break;
        }
        loop_cancel_timer(&ask->limit);
        ask->answer(ask->ctx, code, sentence, result);
        free(ask);
}

static void on_limit(void *ctx)
{
        finish(ctx, ERR_BUSY, STR("the host did not answer in time; look again in a moment"), NULL);
}

static uint64_t open_ask(asking_answer_fn *answer, void *ctx)
{
        struct open_ask *ask = xalloc(sizeof *ask);

        ask->ticket = ++next_ticket;
        ask->answer = answer;
        ask->ctx = ctx;
        ask->next = all;
        all = ask;
        loop_set_timer(portal_service()->loop, &ask->limit, ANSWER_MS, on_limit, ask);
        return ask->ticket;
}

void asking_ask(enum asking what, int64_t backup, int64_t actor, asking_answer_fn *answer, void *ctx)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SELF_ASK);
        message_put_u64(&msg, open_ask(answer, ctx));
        message_put_u32(&msg, (uint32_t)what);
        message_put_u64(&msg, (uint64_t)backup);
        message_put_u64(&msg, (uint64_t)actor);
        service_tell(portal_service(), &msg, -1);
}

void asking_ask_copy(int64_t backup, int64_t actor, struct str key, asking_answer_fn *answer, void *ctx)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SELF_TAKE);
        message_put_u64(&msg, open_ask(answer, ctx));
        message_put_u64(&msg, (uint64_t)backup);
        message_put_u64(&msg, (uint64_t)actor);
        message_put_str(&msg, key);
        service_tell(portal_service(), &msg, -1);
}

void asking_ask_part(int64_t backup, int64_t actor, const struct asking_part *part,
                     asking_answer_fn *answer, void *ctx)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SELF_PART);
        message_put_u64(&msg, open_ask(answer, ctx));
        message_put_u64(&msg, (uint64_t)backup);
        message_put_u64(&msg, (uint64_t)actor);
        message_put_str(&msg, part->project);
        message_put_str(&msg, part->topic);
        service_tell(portal_service(), &msg, -1);
}

void asking_on_message(struct message *msg)
{
        uint64_t ticket = message_get_u64(msg);
        uint32_t number = message_get_u32(msg);
        struct str sentence = message_get_str(msg);
        struct json *result CLEANUP_JSON = NULL;
        int code = number <= (uint32_t)-ERR_PROTOCOL ? -(int)number : ERR_IO;

        if (code == 0 && json_parse(message_get_str(msg), &result, NULL) < 0) {
                code = ERR_PROTOCOL;
                sentence = STR("the host's answer cannot be read");
        }
        for (struct open_ask *ask = all; ask != NULL; ask = ask->next)
                if (ask->ticket == ticket) {
                        finish(ask, code, sentence, result);
                        return;
                }
}
