/*
 * vault.c -- the channel to the vault: questions with a task's token, answers back to that task;
 * and whose turn it is, for the vault seals and opens one backup at a time.
 */
#include <stdio.h>
#include <string.h>

#include "backup.h"
#include "base/fd.h"

static struct loop_timer next_turn;

/* ---- turns ---- */

static void give_turn(void *ctx)
{
        struct task *first = NULL;

        (void)ctx;
        if (registry.vault_user != NULL)
                return;
        for (struct task *t = registry.tasks; t != NULL; t = t->next)
                if (t->turn != NULL && (first == NULL || t->token < first->token))
                        first = t;
        if (first == NULL)
                return;
        void (*turn)(struct task *task) = first->turn;

        first->turn = NULL;
        registry.vault_user = first;
        turn(first);
}

void vault_queue(struct task *task, void (*turn)(struct task *task))
{
        task->turn = turn;
        give_turn(NULL);
}

void vault_leave(const struct task *task)
{
        if (registry.vault_user != task)
                return;
        registry.vault_user = NULL;
        /* Not at once: whoever leaves is in the middle of ending. */
        loop_set_timer(registry.service.loop, &next_turn, 0, give_turn, NULL);
}

bool vault_is_busy(void)
{
        return registry.vault_user != NULL;
}

/* ---- questions ---- */

static void deliver(struct task *task, int code, struct str sentence, struct str text)
{
        struct json *json CLEANUP_JSON = NULL;
        struct err err;

        task->awaits_vault = false;
        if (code == 0 && text.n > 0 && json_parse(text, &json, &err) < 0) {
                code = err.code;
                sentence = STR("the vault's answer cannot be read");
        }
        task->vault_done(task, code, sentence, json);
}

void vault_ask(struct task *task, const struct message *msg, int fd)
{
        struct err err;
        int r = registry.vault != NULL ? channel_post(registry.vault, msg, fd, &err) : ERR_GONE;

        task->awaits_vault = true;
        if (r < 0)
                deliver(task, ERR_AGAIN, STR("the vault is not there at the moment; try again"), STR(""));
}

void vault_ask_about(struct task *task, enum message_type type, uint64_t portal, uint64_t seq)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, type);
        message_put_u64(&msg, task->token);
        message_put_u64(&msg, portal);
        if (type != MSG_VAULT_LIST && type != MSG_VAULT_FORGET)
                message_put_u64(&msg, seq);
        vault_ask(task, &msg, -1);
}

void vault_abort(struct task *task)
{
        struct message msg CLEANUP_MESSAGE;

        if (registry.vault == NULL)
                return;
        message_init(&msg, MSG_VAULT_ABORT);
        message_put_u64(&msg, task->token);
        int r = channel_post(registry.vault, &msg, -1, NULL);

        (void)r;                /* a vault that has gone has given it up already */
}

void vault_mark(const struct registry_portal *portal)
{
        struct message msg CLEANUP_MESSAGE;

        if (registry.vault == NULL || portal->state == PORTAL_CREATING)
                return;
        message_init(&msg, MSG_VAULT_MARK);
        message_put_u64(&msg, (uint64_t)portal->id);
        message_put_u32(&msg, portal->state);
        message_put_u64(&msg, (uint64_t)portal->delete_after);
        int r = channel_post(registry.vault, &msg, -1, NULL);

        (void)r;                /* a vault that has gone is told again when it is back */
}

/* ---- answers ---- */

static void on_pipe(struct message *msg, int fd)
{
        struct task *task = task_find(&registry, message_get_u64(msg));
        struct vault_pipe pipe = { .seq = message_get_u64(msg) };

        pipe.bytes = message_get_u64(msg);
        pipe.rows = message_get_u64(msg);
        struct str content = message_get_str(msg);

        snprintf(pipe.content, sizeof pipe.content, "%.*s", STR_ARG(content));
        if (task != NULL && task->awaits_vault && task->vault_piped != NULL)
                task->vault_piped(task, &pipe, fd);
        fd_close(&fd);
}

static void on_done(struct message *msg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct task *task = task_find(&registry, message_get_u64(msg));
        uint32_t number = message_get_u32(msg);
        struct str sentence = arena_str(arena, message_get_str(msg));
        struct str text = arena_str(arena, message_get_str(msg));

        if (task != NULL && task->awaits_vault)
                deliver(task, number <= (uint32_t)-ERR_PROTOCOL ? -(int)number : ERR_IO, sentence, text);
}

static void on_fetching(struct message *msg)
{
        struct task *task = task_find(&registry, message_get_u64(msg));
        uint64_t done = message_get_u64(msg);

        if (task != NULL && task->awaits_vault && task->vault_fetching != NULL)
                task->vault_fetching(task, done, message_get_u64(msg));
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        switch (msg->type) {
        case MSG_VAULT_PIPE:
                on_pipe(msg, fd);
                return;
        case MSG_VAULT_DONE:
                on_done(msg);
                break;
        case MSG_VAULT_FETCHING:
                on_fetching(msg);
                break;
        case MSG_VAULT_STATE:
                agenda_take_state(msg);
                break;
        case MSG_VAULT_AGE:
                agenda_take_age(msg);
                break;
        case MSG_VAULT_OFFSITE:
                agenda_take_offsite(msg);
                break;
        default:
                break;
        }
        fd_close(&fd);
}

/* Every question it has not answered is answered now. */
static void on_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&registry.vault);
        agenda_forget_state();
        for (struct task *t = registry.tasks; t != NULL;) {
                if (!t->awaits_vault) {
                        t = t->next;
                        continue;
                }
                deliver(t, ERR_GONE, STR("the vault ended; try again"), STR(""));
                t = registry.tasks;     /* it may have ended others with it */
        }
}

void vault_take(int fd)
{
        struct err err;

        if (registry.vault != NULL)
                on_closed(NULL, NULL);
        registry.vault = channel_new(fd, PEER_REGISTRY, PEER_VAULT);
        if (channel_watch(registry.vault, registry.service.loop, on_message, on_closed, NULL, &err) < 0)
                service_die(&err, "channel to the vault");
}
