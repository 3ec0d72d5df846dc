/*
 * hashing.c -- one job for one password.
 */
#include "hashing.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "help.h"

enum { ANSWER_MS = 15000 };

struct hashing {
        hashing_answer_fn *answer;
        void *ctx;
};

static bool on_answer(void *ctx, struct message *msg)
{
        struct hashing *hashing = ctx;

        if (msg == NULL) {
                hashing->answer(hashing->ctx, false, STR(""), STR("busy"));
                free(hashing);
                return true;
        }
        if (msg->type != MSG_PASSWORD_ANSWER)
                return false;
        bool good = message_get_u32(msg) == 1;
        struct str hash = message_get_str(msg);

        hashing->answer(hashing->ctx, good, hash, message_get_str(msg));
        free(hashing);
        return true;
}

static void ask(struct message *order, hashing_answer_fn *answer, void *ctx)
{
        struct hashing *hashing = xalloc(sizeof *hashing);

        hashing->answer = answer;
        hashing->ctx = ctx;
        help_ask(order, 1, ANSWER_MS, on_answer, hashing);
}

void hashing_verify(struct str password, struct str stored, hashing_answer_fn *answer, void *ctx)
{
        struct message *order = xalloc(sizeof *order);

        message_init(order, MSG_PASSWORD_VERIFY);
        message_put_bytes(order, password.p, password.n);
        message_put_str(order, stored);
        ask(order, answer, ctx);
}

void hashing_make(struct str password, int64_t person, hashing_answer_fn *answer, void *ctx)
{
        struct message *order = xalloc(sizeof *order);

        message_init(order, MSG_PASSWORD_MAKE);
        message_put_bytes(order, password.p, password.n);
        message_put_u64(order, (uint64_t)person);
        ask(order, answer, ctx);
}
