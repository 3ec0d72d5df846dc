/*
 * asks.c -- what a portal's administrators order about their portal goes to the registry, and its answer back
 * to the worker that asked.
 *
 * A worker says what it wants, never which portal it is: that is known here, from its channel. So a
 * portal that was taken over can ask about itself and about nobody else.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "supervisor.h"

enum { OPEN_MAX = 256, OPEN_PER_PORTAL_MAX = 8, ANSWER_MS = 30000 };

struct ask {
        struct ask *next;
        uint64_t token;                 /* the registry's word for it */
        uint64_t portal;
        uint64_t worker;                /* the asking worker's token: it may be gone when the answer comes */
        uint64_t ticket;
        uint64_t until;
};

static struct ask *open_asks;
static uint64_t next_token;

static void answer(struct worker *worker, uint64_t ticket, uint32_t code, struct str sentence,
                   struct str json)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SELF_ANSWER);
        message_put_u64(&msg, ticket);
        message_put_u32(&msg, code);
        message_put_str(&msg, sentence);
        message_put_str(&msg, json);
        int r = channel_post(worker->channel, &msg, -1, NULL);

        (void)r;                        /* a worker that is gone needs no answer */
}

/* Those that the registry never answers go when their time is over. */
static void drop_old(void)
{
        uint64_t now = clock_ms();

        for (struct ask **at = &open_asks; *at != NULL;) {
                struct ask *ask = *at;

                if (ask->until > now) {
                        at = &ask->next;
                        continue;
                }
                *at = ask->next;
                free(ask);
        }
}

static bool has_room(uint64_t portal)
{
        unsigned all = 0, own = 0;

        drop_old();
        for (const struct ask *a = open_asks; a != NULL; a = a->next) {
                all++;
                own += a->portal == portal;
        }
        return all < OPEN_MAX && own < OPEN_PER_PORTAL_MAX;
}

static struct ask *open_ask(struct worker *asking, uint64_t ticket)
{
        if (!has_room(asking->portal)) {
                answer(asking, ticket, (uint32_t)-ERR_BUSY, STR("the host is busy; try again in a moment"),
                       STR(""));
                return NULL;
        }
        struct ask *ask = xalloc(sizeof *ask);

        *ask = (struct ask){
                .next = open_asks, .token = ++next_token, .portal = asking->portal,
                .worker = asking->token, .ticket = ticket, .until = clock_ms() + ANSWER_MS,
        };
        open_asks = ask;
        return ask;
}

static struct worker *find_worker(struct supervisor *sup, uint64_t token)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->token == token && w->kind == SPAWN_PORTAL)
                        return w;
        return NULL;
}

/* What it was told dies with it, and the next one knows nothing of it: nobody waits for that. */
void asks_registry_gone(struct supervisor *sup)
{
        while (open_asks != NULL) {
                struct ask *ask = open_asks;
                struct worker *worker = find_worker(sup, ask->worker);

                open_asks = ask->next;
                if (worker != NULL)
                        answer(worker, ask->ticket, (uint32_t)-ERR_AGAIN,
                               STR("a part of the host begins anew; try again in a moment"), STR(""));
                free(ask);
        }
}

void asks_take(struct worker *asking, struct message *msg)
{
        struct child *registry = &asking->sup->children[CHILD_REGISTRY];
        const struct ask *ask = open_ask(asking, message_get_u64(msg));
        struct message order CLEANUP_MESSAGE = { 0 };

        if (ask == NULL)
                return;
        if (registry->channel == NULL || !channel_is_open(registry->channel)) {
                asks_registry_gone(asking->sup);
                return;
        }
        message_init(&order, msg->type == MSG_SELF_TAKE   ? MSG_SELF_TAKE_ORDER
                             : msg->type == MSG_SELF_PART ? MSG_SELF_PART_ORDER
                                                          : MSG_SELF_ORDER);
        message_put_u64(&order, ask->token);
        message_put_u64(&order, ask->portal);
        if (msg->type == MSG_SELF_ASK)
                message_put_u32(&order, message_get_u32(msg));
        message_put_u64(&order, message_get_u64(msg));
        message_put_u64(&order, message_get_u64(msg));
        for (int words = msg->type == MSG_SELF_PART ? 2 : msg->type == MSG_SELF_TAKE; words > 0; words--)
                message_put_str(&order, message_get_str(msg));
        child_tell(registry, &order, -1);
}

void asks_told(struct supervisor *sup, struct message *msg)
{
        uint64_t token = message_get_u64(msg);
        uint32_t code = message_get_u32(msg);
        struct str sentence = message_get_str(msg);
        struct str json = message_get_str(msg);

        for (struct ask **at = &open_asks; *at != NULL; at = &(*at)->next) {
                struct ask *ask = *at;

                if (ask->token != token)
                        continue;
                struct worker *worker = find_worker(sup, ask->worker);

                *at = ask->next;
                if (worker != NULL)
                        answer(worker, ask->ticket, code, sentence, json);
                free(ask);
                return;
        }
}
