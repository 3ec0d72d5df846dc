/*
 * workers.c -- processes that the zygote forks: workers of portals, jobs and probes.
 *
 * The zygote forks with CLONE_PARENT, so that they are this process's own children: their end is known
 * by waitpid(2), and the zygote may die without taking any of them along.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "supervisor.h"

static void unlink_worker(struct supervisor *sup, struct worker *worker)
{
        for (struct worker **at = &sup->workers; *at != NULL; at = &(*at)->next) {
                if (*at != worker)
                        continue;
                *at = worker->next;
                break;
        }
        channel_free(&worker->channel);
        free(worker);
}

struct worker *workers_spawn(struct supervisor *sup, uint64_t portal, enum spawn_kind kind,
                             uint64_t argument, int channel_fd)
{
        struct worker *worker = xalloc(sizeof *worker);
        struct message msg CLEANUP_MESSAGE;

        worker->sup = sup;
        worker->token = ++sup->next_token;
        worker->portal = portal;
        worker->kind = kind;
        worker->started = clock_ms();
        worker->next = sup->workers;
        sup->workers = worker;
        message_init(&msg, MSG_SPAWN);
        message_put_u64(&msg, worker->token);
        message_put_u64(&msg, portal);
        message_put_u32(&msg, (uint32_t)kind);
        message_put_u64(&msg, argument);
        child_tell(&sup->children[CHILD_ZYGOTE], &msg, channel_fd);
        return worker;
}

unsigned workers_count(const struct supervisor *sup, uint64_t portal, enum spawn_kind kind)
{
        unsigned n = 0;

        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                n += w->portal == portal && w->kind == kind && !w->retiring;
        return n;
}

static void tell_job_ended(struct supervisor *sup, const struct worker *worker, int status,
                           const char *why)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_ENDED);
        message_put_u64(&msg, worker->registry_token);
        message_put_u32(&msg, (uint32_t)status);
        message_put_text(&msg, why);
        child_tell(&sup->children[CHILD_REGISTRY], &msg, -1);
}

static void ended(struct supervisor *sup, struct worker *worker, int status, const char *why)
{
        struct worker last = *worker;

        unlink_worker(sup, worker);
        last.channel = NULL;
        if (last.kind == SPAWN_PORTAL)
                portals_worker_ended(sup, &last, status);
        else if (last.kind == SPAWN_HELP)
                helpers_ended(sup);
        else
                tell_job_ended(sup, &last, status, why);
}

void workers_on_spawned(struct supervisor *sup, struct message *msg)
{
        uint64_t token = message_get_u64(msg);
        pid_t pid = (pid_t)message_get_u32(msg);
        struct str why = message_get_str(msg);

        for (struct worker *w = sup->workers; w != NULL; w = w->next) {
                if (w->token != token)
                        continue;
                if (pid <= 0) {
                        char text[300];

                        snprintf(text, sizeof text, "%.*s", STR_ARG(why));
                        log_line(PEER_ZYGOTE, 0, w->portal, 1, why);
                        ended(sup, w, 1 << 8, text);
                        return;
                }
                w->pid = pid;
                for (unsigned i = 0; i < sup->ndead; i++) {
                        if (sup->dead[i].pid != pid)
                                continue;
                        int status = sup->dead[i].status;

                        sup->dead[i] = sup->dead[--sup->ndead];
                        ended(sup, w, status, "");
                        return;
                }
                return;
        }
}

bool workers_reap(struct supervisor *sup, pid_t pid, int status)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next) {
                if (w->pid != pid)
                        continue;
                ended(sup, w, status, "");
                return true;
        }
        /* A process can end before the zygote's word of it arrives. */
        if (sup->ndead == DEAD_MAX)
                memmove(&sup->dead[0], &sup->dead[1], sizeof sup->dead[0] * --sup->ndead);
        sup->dead[sup->ndead].pid = pid;
        sup->dead[sup->ndead++].status = status;
        return false;
}

/* What the dead zygote had not forked yet will never come. */
void workers_zygote_gone(struct supervisor *sup)
{
        for (struct worker *w = sup->workers, *next; w != NULL; w = next) {
                next = w->next;
                if (w->pid == 0)
                        ended(sup, w, 0, "the zygote died; try again");
        }
}

void workers_start_job(struct supervisor *sup, struct message *msg)
{
        uint64_t token = message_get_u64(msg);
        uint64_t portal = message_get_u64(msg);
        uint32_t kind = message_get_u32(msg);
        uint64_t argument = message_get_u64(msg);
        int pair[2];
        struct err err;

        if ((kind != SPAWN_JOB && kind != SPAWN_PROBE) || portal == 0 ||
            channel_pair(pair, &err) < 0) {
                struct worker none = { .registry_token = token };

                tell_job_ended(sup, &none, 1 << 8, "no job can be started");
                return;
        }
        struct worker *worker = workers_spawn(sup, portal, (enum spawn_kind)kind, argument, pair[1]);
        struct message reply CLEANUP_MESSAGE;

        worker->registry_token = token;
        message_init(&reply, MSG_JOB_CHANNEL);
        message_put_u64(&reply, token);
        child_tell(&sup->children[CHILD_REGISTRY], &reply, pair[0]);
        fd_close(&pair[0]);
        fd_close(&pair[1]);
}
