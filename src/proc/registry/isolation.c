/*
 * isolation.c -- `carrel isolation verify`: a hostile probe beside a canary portal, on the running host.
 *
 * Two throw-away portals are made like any other. The canary is started and left running; then, one
 * process per action, the probe runs inside the other one's real walls and tries to break out or to reach
 * the canary. What it says is held against how its process ended.
 */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/clock.h"
#include "probe/probe.h"
#include "registry.h"

enum { CANARY_WAIT_MS = 10000, CANARY_POLL_MS = 20 };

struct verify {
        struct task task;
        int64_t canary, prison;         /* the two portals; 0: not made yet */
        pid_t canary_pid;
        uint64_t canary_deadline;
        struct loop_timer poll;
        unsigned next;                  /* the action being tried */
        unsigned refused, succeeded, broken, controls, controls_good;
        struct json *breaches;
};

static struct verify *verify_of(struct task *task)
{
        return (struct verify *)task;
}

static void verify_free(struct task *task)
{
        struct verify *v = verify_of(task);

        loop_cancel_timer(&v->poll);
        json_free(&v->breaches);
        if (v->canary > 0)
                removal_start(task->reg, v->canary);
        if (v->prison > 0)
                removal_start(task->reg, v->prison);
}

static void give_up(struct verify *v, int code, const char *sentence)
{
        if (v->task.client != NULL)
                client_refuse(v->task.client, code, sentence);
        task_end(&v->task);
}

static void answer(struct verify *v)
{
        struct json *o CLEANUP_JSON = json_new_object();

        json_put_int(o, "tried", v->next);
        json_put_int(o, "refused", v->refused);
        json_put_int(o, "succeeded", v->succeeded);
        json_put_int(o, "unclear", v->broken);
        json_put_int(o, "controls", v->controls);
        json_put_int(o, "controls_good", v->controls_good);
        json_put_bool(o, "isolated", v->succeeded == 0 && v->broken == 0 &&
                                             v->controls_good == v->controls && v->refused >= 60);
        json_put(o, "breaches", v->breaches);
        v->breaches = NULL;
        if (v->task.client != NULL)
                client_answer(v->task.client, o);
        task_end(&v->task);
}

static void tell(struct verify *v, const struct probe_result *result)
{
        static const char *const words[] = { "?", "refused", "refused", "SUCCEEDED", "unclear" };
        char text[400];

        snprintf(text, sizeof text, "%s: %s (%s)%s", probe_describe(v->next), words[result->outcome],
                 result->detail, probe_is_control(v->next) ? " [control: must succeed]" : "");
        if (v->task.client != NULL)
                client_remark(v->task.client, result->good ? 0 : 3, str_of(probe_group(v->next)), 0,
                              str_of(text));
}

static void count(struct verify *v, const struct probe_result *result)
{
        if (probe_is_control(v->next)) {
                v->controls++;
                v->controls_good += result->good;
                return;
        }
        switch (result->outcome) {
        case PROBE_REFUSED:
        case PROBE_KILLED:
                v->refused++;
                break;
        case PROBE_SUCCEEDED:
                v->succeeded++;
                json_append_text(v->breaches, str_of(probe_describe(v->next)));
                break;
        case PROBE_BROKEN:
                v->broken++;
                break;
        }
}

static void try_next(struct verify *v)
{
        uint64_t argument = (uint64_t)v->next | (uint64_t)(v->canary_pid & 0xffffff) << 8 |
                            (uint64_t)v->canary << 32;

        if (v->next >= probe_count()) {
                answer(v);
                return;
        }
        v->task.portal = (uint64_t)v->prison;
        task_start_probe(&v->task, argument);
}

static void probe_ended(struct task *task, int status)
{
        struct verify *v = verify_of(task);
        struct probe_result result;
        char line[PROBE_LINE_MAX];
        ssize_t n = task->raw >= 0 ? recv(task->raw, line, sizeof line, MSG_DONTWAIT) : -1;

        probe_judge(v->next, status, line, n > 0 ? (size_t)n : 0, &result);
        tell(v, &result);
        count(v, &result);
        v->next++;
        try_next(v);
}

static void ask_canary(void *ctx)
{
        struct verify *v = ctx;

        v->task.portal = (uint64_t)v->canary;
        task_watch_portal(&v->task);
}

static void canary_watched(struct task *task, pid_t pid, struct str why)
{
        struct verify *v = verify_of(task);
        char sentence[200];

        if (pid > 0) {
                v->canary_pid = pid;
                try_next(v);
                return;
        }
        if (clock_ms() > v->canary_deadline) {
                snprintf(sentence, sizeof sentence, "the canary portal does not start: %.*s", STR_ARG(why));
                give_up(v, ERR_IO, sentence);
                return;
        }
        loop_set_timer(task->reg->service.loop, &v->poll, CANARY_POLL_MS, ask_canary, v);
}

static void make_portal(struct verify *v, const char *role, created_fn *created)
{
        uint32_t random;
        char name[64];

        check(getrandom(&random, sizeof random, 0) == (ssize_t)sizeof random);
        snprintf(name, sizeof name, "isolation-%s-%08x", role, random);
        const struct registry_portal portal = {
                .name = str_of(name), .title = STR("Isolation check"), .language = STR("en"),
                .owner = STR(""), .created = clock_unix(),
        };

        creation_start(&v->task, &portal, false, -1, created);
}

static void prison_made(struct task *owner, int64_t id, const struct json *answer,
                        const struct err *why)
{
        struct verify *v = verify_of(owner);

        (void)answer;
        if (why != NULL) {
                give_up(v, why->code, why->text);
                return;
        }
        v->prison = id;
        v->canary_deadline = clock_ms() + CANARY_WAIT_MS;
        ask_canary(v);
}

static void canary_made(struct task *owner, int64_t id, const struct json *answer,
                        const struct err *why)
{
        struct verify *v = verify_of(owner);

        (void)answer;
        if (why != NULL) {
                give_up(v, why->code, why->text);
                return;
        }
        v->canary = id;
        make_portal(v, "probe", prison_made);
}

void command_isolation_verify(struct client *client, const struct json *args, int fd)
{
        struct verify *v = task_new(sizeof *v, client, 0);

        (void)args;
        (void)fd;
        v->breaches = json_new_array();
        v->task.free = verify_free;
        v->task.probe_ended = probe_ended;
        v->task.watched = canary_watched;
        make_portal(v, "canary", canary_made);
}
