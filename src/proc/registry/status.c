/*
 * status.c -- one answer from four processes: the supervisor's processes and layers, the edge's counters,
 * the courier's letters, and the portals this process knows.
 */
#include "alarms.h"
#include "backup.h"

enum { ANSWER_MS = 2000 };

struct status {
        struct task task;
        struct json *supervisor;
        struct json *edge;
        struct json *courier;
        struct loop_timer limit;
        bool awaits_supervisor, awaits_edge, awaits_courier;
};

static void status_free(struct task *task)
{
        struct status *status = (struct status *)task;

        loop_cancel_timer(&status->limit);
        json_free(&status->supervisor);
        json_free(&status->edge);
        json_free(&status->courier);
}

static void count_portals(struct json *answer)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals;
        size_t n, count[4] = { 0 };
        struct json *o = json_new_object();

        json_put(answer, "portals", o);
        if (registry_portal_list(registry.store, arena, &portals, &n, NULL) < 0)
                return;
        for (size_t i = 0; i < n; i++)
                if ((size_t)portals[i].state < ARRAY_LEN(count))
                        count[portals[i].state]++;
        for (unsigned i = 1; i < ARRAY_LEN(count); i++)
                json_put_int(o, registry_state_name((enum registry_state)i), (int64_t)count[i]);
}

static void answer(struct status *status)
{
        struct json *o = status->supervisor != NULL ? status->supervisor : json_new_object();

        status->supervisor = NULL;
        json_put_text(o, "host", str_of(registry.host));
        json_put_int(o, "https_port", registry.port);
        count_portals(o);
        agenda_status(o);
        alarms_status(o);
        if (status->edge != NULL)
                json_put(o, "edge", status->edge);
        status->edge = NULL;
        if (status->courier != NULL)
                json_put(o, "courier", status->courier);
        status->courier = NULL;
        if (status->task.client != NULL)
                client_answer(status->task.client, o);
        json_free(&o);
        task_end(&status->task);
}

/* Whoever does not answer in time is shown as missing, which is what the operator wants to know. */
static void on_limit(void *ctx)
{
        answer(ctx);
}

static bool *awaited(struct status *status, enum peer from)
{
        return from == PEER_EDGE ? &status->awaits_edge
               : from == PEER_COURIER ? &status->awaits_courier : &status->awaits_supervisor;
}

static void settle(struct status *status, enum peer from)
{
        *awaited(status, from) = false;
        if (!status->awaits_supervisor && !status->awaits_edge && !status->awaits_courier)
                answer(status);
}

static void told(struct task *task, enum peer from, struct str text)
{
        struct status *status = (struct status *)task;
        /* Who says it is where it came from: none of them may speak for another. */
        struct json **part = from == PEER_EDGE ? &status->edge
                             : from == PEER_COURIER ? &status->courier : &status->supervisor;

        if (*awaited(status, from) && json_parse(text, part, NULL) == 0)
                settle(status, from);
}

void status_peer_gone(enum peer peer)
{
        for (struct task *task = registry.tasks, *next; task != NULL; task = next) {
                next = task->next;      /* an answer ends this task and no other */
                if (task->told == told && *awaited((struct status *)task, peer))
                        settle((struct status *)task, peer);
        }
}

void command_status(struct client *client, const struct json *args, int fd)
{
        struct status *status = task_new(sizeof *status, client, 0);
        struct message msg CLEANUP_MESSAGE;

        (void)args;
        (void)fd;
        status->task.told = told;
        status->task.free = status_free;
        status->awaits_supervisor = true;
        message_init(&msg, MSG_STATUS_ASK);
        message_put_u64(&msg, status->task.token);
        service_tell(&registry.service, &msg, -1);
        status->awaits_edge = registry.edge != NULL && channel_post(registry.edge, &msg, -1, NULL) == 0;
        status->awaits_courier =
                registry.courier != NULL && channel_post(registry.courier, &msg, -1, NULL) == 0;
        loop_set_timer(registry.service.loop, &status->limit, ANSWER_MS, on_limit, status);
}
