/*
 * sso_check.c -- `carrel sso check`: a worker of the portal asks the provider as a login would, by the
 * courier and its list, and says how it went. Nothing of what the provider answers comes here.
 */
#include "registry.h"

enum { AGAIN_MS = 100, WAIT_MS = 30000 };
enum { ANSWERS = 1, NOT_READY = 3 };

struct check {
        struct task task;
        struct str name;
        struct loop_timer timer;        /* to ask again, or to give up */
        unsigned waited_ms;
};

static void check_free(struct task *task)
{
        loop_cancel_timer(&((struct check *)task)->timer);
}

static void give_up(void *ctx)
{
        struct check *check = ctx;

        if (check->task.client != NULL)
                client_refuse(check->task.client, ERR_AGAIN, "the portal did not say how it went; try again");
        task_end(&check->task);
}

static void ask(void *ctx)
{
        struct check *check = ctx;
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SSO_CHECK);
        message_put_u64(&msg, check->task.token);
        message_put_u64(&msg, check->task.portal);
        message_put_str(&msg, check->name);
        service_tell(&check->task.reg->service, &msg, -1);
        loop_set_timer(check->task.reg->service.loop, &check->timer, WAIT_MS, give_up, check);
}

static void on_checked(struct task *task, uint32_t state, struct str why)
{
        struct check *check = (struct check *)task;
        struct loop *loop = task->reg->service.loop;

        if (state == NOT_READY && check->waited_ms < WAIT_MS) {
                check->waited_ms += AGAIN_MS;
                loop_set_timer(loop, &check->timer, AGAIN_MS, ask, check);
                return;
        }
        struct json *answer CLEANUP_JSON = json_new_object();

        json_put_text(answer, "name", check->name);
        json_put_bool(answer, "answers", state == ANSWERS);
        json_put_text(answer, "why",
                      state == NOT_READY ? STR("the portal does not start; see its log") : why);
        if (task->client != NULL)
                client_answer(task->client, answer);
        task_end(task);
}

void command_sso_check(struct client *client, const struct json *args, int fd)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str name = json_get_text(args, "name");
        struct registry_portal portal;
        struct err err;

        (void)fd;
        if (portal_find_active(&registry, args, arena, &portal, &err) < 0) {
                client_refuse(client, err.code, err.text);
                return;
        }
        if (name.n == 0 || name.n > 32) {
                client_refuse(client, ERR_INVALID, "a provider's short name has 1 to 32 characters");
                return;
        }
        struct check *check = task_new(sizeof *check, client, (uint64_t)portal.id);

        check->name = arena_str(check->task.arena, name);
        check->task.free = check_free;
        check->task.checked = on_checked;
        ask(check);
}
