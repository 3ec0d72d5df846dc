/*
 * hashing.c -- one job for one password, one code or ten.
 */
#include "hashing.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "help.h"

enum { ANSWER_MS = 15000, TYPED_MAX = 200 };

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

/* ---- recovery codes ---- */

struct coding {
        hashing_codes_fn *answer;
        void *ctx;
};

static bool on_codes(void *ctx, struct message *msg)
{
        struct coding *coding = ctx;
        struct hashing_codes found = { .busy = msg == NULL };

        if (msg != NULL && msg->type != MSG_RECOVERY_ANSWER)
                return false;
        if (msg != NULL) {
                found.good = message_get_u32(msg) == 1;
                found.salt = message_get_str(msg);
                found.digests = message_get_str(msg);
                found.codes = message_get_str(msg);
        }
        coding->answer(coding->ctx, &found);
        free(coding);
        return true;
}

static void ask_codes(struct message *order, hashing_codes_fn *answer, void *ctx)
{
        struct coding *coding = xalloc(sizeof *coding);

        coding->answer = answer;
        coding->ctx = ctx;
        help_ask(order, 1, ANSWER_MS, on_codes, coding);
}

void hashing_find_code(struct str typed, const struct store_recovery *stored, hashing_codes_fn *answer,
                       void *ctx)
{
        struct message *order = xalloc(sizeof *order);

        if (typed.n > TYPED_MAX)
                typed.n = 0;            /* no code is so long: it costs the same as another wrong one */
        message_init(order, MSG_RECOVERY_FIND);
        message_put_bytes(order, typed.p, typed.n);
        message_put_bytes(order, stored->salt.p, stored->salt.n);
        message_put_bytes(order, stored->codes, stored->n * sizeof *stored->codes);
        ask_codes(order, answer, ctx);
}

void hashing_make_codes(hashing_codes_fn *answer, void *ctx)
{
        struct message *order = xalloc(sizeof *order);

        message_init(order, MSG_RECOVERY_MAKE);
        ask_codes(order, answer, ctx);
}
