/*
 * workers.c -- processes that the zygote forks: workers of portals, jobs and probes.
 *
 * The zygote forks with CLONE_PARENT, so that they are this process's own children: their end is known
 * by waitpid(2), and the zygote may die without taking any of them along. A process id is believed only
 * when the kernel says that it is a child of ours; until we wait for it, nobody else can get its number.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "service/service.h"
#include "supervisor.h"

enum {
        JOBS_MAX = 64,                  /* jobs and probes of all portals at once */
        JOBS_PER_PORTAL_MAX = 8,
        JOB_MS = 6 * 3600 * 1000,       /* the longest import we can think of, and then some */
        PROBE_MS = 60 * 1000,
        WHY_MAX = 300,
};

void workers_kill(struct worker *worker)
{
        worker->doomed = true;
        if (worker->pid > 0)
                kill(worker->pid, SIGKILL);
}

static void on_limit(void *ctx)
{
        static const char *const kinds[] = { "?", "worker", "job", "probe" };
        struct worker *worker = ctx;

        log_own(2, "a %s of portal=%llu is ended: it had time enough", kinds[worker->kind],
                (unsigned long long)worker->portal);
        workers_kill(worker);
}

void workers_limit(struct worker *worker, uint64_t ms)
{
        if (worker->limit.loop == NULL || worker->limit.at > clock_ms() + ms)
                loop_set_timer(worker->sup->loop, &worker->limit, ms, on_limit, worker);
}

static void unlink_worker(struct supervisor *sup, struct worker *worker)
{
        for (struct worker **at = &sup->workers; *at != NULL; at = &(*at)->next) {
                if (*at != worker)
                        continue;
                *at = worker->next;
                break;
        }
        loop_cancel_timer(&worker->limit);
        channel_free(&worker->channel);
        fd_close(&worker->spawn_fd);
        free(worker);
}

/* While no zygote is there, the worker keeps its descriptor and waits for the next one. */
static void send_spawn(struct worker *worker)
{
        struct child *zygote = &worker->sup->children[CHILD_ZYGOTE];
        struct message msg CLEANUP_MESSAGE = { 0 };

        if (zygote->channel == NULL)
                return;
        message_init(&msg, MSG_SPAWN);
        message_put_u64(&msg, worker->token);
        message_put_u64(&msg, worker->portal);
        message_put_u32(&msg, (uint32_t)worker->kind);
        message_put_u64(&msg, worker->argument);
        child_tell(zygote, &msg, worker->spawn_fd);
        fd_close(&worker->spawn_fd);
}

struct worker *workers_spawn(struct supervisor *sup, uint64_t portal, enum spawn_kind kind,
                             uint64_t argument, int channel_fd)
{
        struct worker *worker = xalloc(sizeof *worker);

        worker->sup = sup;
        worker->token = ++sup->next_token;
        worker->portal = portal;
        worker->kind = kind;
        worker->argument = argument;
        worker->spawn_fd = channel_fd;
        worker->started = clock_ms();
        worker->next = sup->workers;
        sup->workers = worker;
        send_spawn(worker);
        return worker;
}

void workers_zygote_back(struct supervisor *sup)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->spawn_fd >= 0)
                        send_spawn(w);
}

unsigned workers_count(const struct supervisor *sup, uint64_t portal, enum spawn_kind kind)
{
        unsigned n = 0;

        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                n += w->portal == portal && w->kind == kind && !w->retiring;
        return n;
}

static void tell_job_ended(struct supervisor *sup, const struct worker *worker, int status,
                           struct str why)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_ENDED);
        message_put_u64(&msg, worker->registry_token);
        message_put_u32(&msg, (uint32_t)status);
        message_put_str(&msg, service_clip(why, WHY_MAX));
        registry_tell(sup, worker->registry_life, &msg, -1);
}

static void ended(struct supervisor *sup, struct worker *worker, int status, struct str why)
{
        struct worker last = *worker;

        unlink_worker(sup, worker);
        if (last.kind == SPAWN_PORTAL)
                portals_worker_ended(sup, &last, status);
        else if (last.kind == SPAWN_HELP)
                errands_ended(sup);
        else
                tell_job_ended(sup, &last, status, why);
        if (last.kind == SPAWN_JOB || last.kind == SPAWN_HELP)
                outbox_look(sup, last.portal);
        portals_removal_goes_on(sup, last.portal);
}

/* ---- process ids ---- */

/* Somebody whose process id the zygote has still to tell. */
static bool is_anyone_asked(const struct supervisor *sup)
{
        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->pid == 0 && w->spawn_fd < 0)
                        return true;
        return false;
}

/* A process that ended before the zygote's word of it arrived; true takes it off the list. */
static bool take_dead(struct supervisor *sup, pid_t pid, int *status)
{
        for (unsigned i = 0; i < sup->ndead; i++) {
                if (sup->dead[i].pid != pid)
                        continue;
                *status = sup->dead[i].status;
                sup->dead[i] = sup->dead[--sup->ndead];
                return true;
        }
        return false;
}

/* A living child of ours (or one not yet waited for) that is nobody else in our lists. */
static bool is_new_child(const struct supervisor *sup, pid_t pid)
{
        siginfo_t info;

        for (size_t i = 0; i < CHILDREN; i++)
                if (sup->children[i].pid == pid)
                        return false;
        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->pid == pid)
                        return false;
        return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

static struct worker *find_asked(struct supervisor *sup, uint64_t token)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->token == token && w->pid == 0 && w->spawn_fd < 0)
                        return w;
        return NULL;
}

static void on_pid(struct supervisor *sup, struct worker *worker, pid_t pid, struct str why)
{
        int status = 1 << 8;

        if (pid <= 0) {
                log_line(PEER_ZYGOTE, 0, worker->portal, 1, why);
                ended(sup, worker, status, why);
        } else if (is_new_child(sup, pid)) {
                worker->pid = pid;
                if (worker->doomed || portals_is_removing(sup, worker->portal))
                        workers_kill(worker);
        } else if (take_dead(sup, pid, &status)) {
                worker->pid = pid;      /* for the log */
                ended(sup, worker, status, STR(""));
        } else {
                log_own(1, "the zygote named process %d for portal=%llu, which is none of ours", pid,
                        (unsigned long long)worker->portal);
                ended(sup, worker, status, STR("its process could not be found"));
        }
}

void workers_on_spawned(struct supervisor *sup, struct message *msg)
{
        struct worker *worker = find_asked(sup, message_get_u64(msg));
        uint32_t pid = message_get_u32(msg);
        struct str why = service_clip(message_get_str(msg), WHY_MAX);

        if (worker != NULL)             /* else it was asked for once, and answered */
                on_pid(sup, worker, pid <= INT32_MAX ? (pid_t)pid : 0, why);
        if (!is_anyone_asked(sup))
                sup->ndead = 0;         /* a number is used again one day */
}

bool workers_reap(struct supervisor *sup, pid_t pid, int status)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next) {
                if (w->pid != pid)
                        continue;
                ended(sup, w, status, STR(""));
                return true;
        }
        if (!is_anyone_asked(sup))
                return false;
        if (sup->ndead == DEAD_MAX)
                memmove(&sup->dead[0], &sup->dead[1], sizeof sup->dead[0] * --sup->ndead);
        sup->dead[sup->ndead].pid = pid;
        sup->dead[sup->ndead++].status = status;
        return false;
}

/* What it was asked for and has not forked will never come; what nobody asked it for waits for the next. */
void workers_zygote_gone(struct supervisor *sup)
{
        for (struct worker *w; (w = sup->workers) != NULL;) {
                while (w != NULL && (w->pid != 0 || w->spawn_fd >= 0))
                        w = w->next;
                if (w == NULL)
                        break;
                ended(sup, w, 0, STR("the zygote died; try again"));
        }
        sup->ndead = 0;
}

/* ---- jobs ---- */

static unsigned count_jobs(const struct supervisor *sup, uint64_t portal)
{
        unsigned n = 0;

        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                n += w->kind != SPAWN_PORTAL && (portal == 0 || w->portal == portal);
        return n;
}

static int check_job(const struct supervisor *sup, uint64_t portal, uint32_t kind, struct err *err)
{
        if (kind != SPAWN_JOB && kind != SPAWN_PROBE)
                return err_set(err, ERR_INVALID, "there is no such kind of job");
        if (!data_dir_has_container(sup, portal))
                return err_set(err, ERR_NOT_FOUND, "the portal has no container");
        if (sup->stopping || portals_is_removing(sup, portal))
                return err_set(err, ERR_DENIED, "the portal is being ended; no job is started in it");
        if (count_jobs(sup, 0) >= JOBS_MAX || count_jobs(sup, portal) >= JOBS_PER_PORTAL_MAX)
                return err_set(err, ERR_BUSY, "too many jobs run already; try again when one has ended");
        return 0;
}

void workers_start_job(struct supervisor *sup, struct message *msg)
{
        struct worker none = { .registry_token = message_get_u64(msg),
                               .registry_life = sup->children[CHILD_REGISTRY].restarts };
        uint64_t portal = message_get_u64(msg);
        uint32_t kind = message_get_u32(msg);
        uint64_t argument = message_get_u64(msg);
        int pair[2];
        struct err err;

        if (check_job(sup, portal, kind, &err) < 0 || channel_pair(pair, &err) < 0) {
                tell_job_ended(sup, &none, 1 << 8, str_of(err.text));
                return;
        }
        struct worker *worker = workers_spawn(sup, portal, (enum spawn_kind)kind, argument, pair[1]);
        struct message reply CLEANUP_MESSAGE;

        worker->registry_token = none.registry_token;
        worker->registry_life = none.registry_life;
        workers_limit(worker, kind == SPAWN_PROBE ? PROBE_MS : JOB_MS);
        message_init(&reply, MSG_JOB_CHANNEL);
        message_put_u64(&reply, worker->registry_token);
        registry_tell(sup, worker->registry_life, &reply, pair[0]);
        fd_close(&pair[0]);
}
