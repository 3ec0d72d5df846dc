/*
 * portals.c -- workers of portals: started by the first connection, retired when idle, replaced when
 * they die, held back when they die again and again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "service/service.h"
#include "supervisor.h"

enum {
        QUICK_DEATH_MS = 2000,  /* a worker that lived longer has shown that it can work */
        QUICK_DEATHS_FREE = 4,  /* so many in a row are replaced at once */
        REST_FIRST_MS = 1000,   /* then it rests, each time twice as long */
        REST_MAX_MS = 60000,
        IDLE_VALID_MS = 90000,  /* a worker repeats IDLE every minute while it is */
        LOG_LINES_PER_SECOND = 10,
        MESSAGES_PER_SECOND = 500,      /* an honest worker sends one in a minute, and its log lines */
        WORKERS_PER_PORTAL_MAX = 48,    /* three generations of the 16 that may be configured */
        RETIRE_MS = 45000,              /* a worker ends by itself 30 s after RETIRE */
        DEAF_MS = 5000,                 /* it closed its channel: it must be ending */
};

bool portals_is_id(const struct supervisor *sup, uint64_t id)
{
        return id > 0 && id <= PORTAL_ID_MAX &&
               (uint64_t)sup->config.uid_base + UID_PORTAL_FIRST + id < UINT32_MAX;
}

uint32_t portals_uid(const struct supervisor *sup, uint64_t id)
{
        return sup->config.uid_base + UID_PORTAL_FIRST + (uint32_t)id;
}

static struct str portal_key(char key[static 24], uint64_t id)
{
        int n = snprintf(key, 24, "%llu", (unsigned long long)id);

        return str_make(key, (size_t)n);
}

/* Only for ids that have a container or a worker: whoever names others must not make this grow. */
struct portal *portals_get(struct supervisor *sup, uint64_t id)
{
        char key[24];
        struct str name = portal_key(key, id);
        struct portal *portal = map_get(sup->portals, name);

        if (portal == NULL) {
                portal = xalloc(sizeof *portal);
                portal->id = id;
                map_put(sup->portals, name, portal);
        }
        return portal;
}

unsigned portals_alive(const struct supervisor *sup)
{
        unsigned n = 0;

        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                n += w->kind == SPAWN_PORTAL;
        return n;
}

static void tell_down(struct supervisor *sup, uint64_t id, uint64_t ms)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_PORTAL_DOWN);
        message_put_u64(&msg, id);
        message_put_u32(&msg, (uint32_t)ms);
        child_tell(&sup->children[CHILD_EDGE], &msg, -1);
}

enum connected { CONNECTED, WORKER_GONE, WORKER_STUCK };

/*
 * A fresh pair between the edge and this worker. Sent, never queued: a worker that leaves hundreds of
 * messages unread would else make us keep a descriptor for each.
 */
static enum connected connect_edge(struct supervisor *sup, struct worker *worker)
{
        int pair[2];
        struct err err;
        struct message to_worker CLEANUP_MESSAGE, to_edge CLEANUP_MESSAGE;

        message_init(&to_worker, MSG_EDGE_CHANNEL);
        message_init(&to_edge, MSG_PORTAL_CHANNEL);
        message_put_u64(&to_edge, worker->portal);
        if (channel_pair(pair, &err) < 0) {
                log_own(1, "cannot make a channel to portal=%llu: %s",
                        (unsigned long long)worker->portal, err.text);
                return WORKER_STUCK;
        }
        int r = channel_send(worker->channel, &to_worker, pair[1], &err);

        if (r == 0)
                child_tell(&sup->children[CHILD_EDGE], &to_edge, pair[0]);
        fd_close(&pair[0]);
        fd_close(&pair[1]);
        if (r == ERR_AGAIN && worker->pid > 0) {
                log_own(1, "a worker of portal=%llu does not read its channel and is ended",
                        (unsigned long long)worker->portal);
                workers_kill(worker);
        }
        return r == 0 ? CONNECTED : r == ERR_AGAIN ? WORKER_STUCK : WORKER_GONE;
}

static void take_log(struct worker *worker, struct message *msg)
{
        uint32_t level = message_get_u32(msg);

        if (!log_allows(&worker->meter, LOG_LINES_PER_SECOND))
                return;         /* one portal must not drown the others' lines */
        log_line(PEER_PORTAL, worker->pid, worker->portal, level, message_get_str(msg));
}

static void retire_worker(struct worker *worker)
{
        struct message msg CLEANUP_MESSAGE = { 0 };
        struct err err;

        if (worker->retiring)
                return;
        worker->retiring = true;
        workers_limit(worker, RETIRE_MS);
        if (!channel_is_open(worker->channel))
                return;
        message_init(&msg, MSG_RETIRE);
        int r = channel_post(worker->channel, &msg, -1, &err);

        if (r < 0 && r != ERR_GONE)
                log_own(2, "cannot retire a worker of portal=%llu: %s",
                        (unsigned long long)worker->portal, err.text);
}

/* When all workers of a portal have been idle, all of them may go: the edge lets go first. */
static void on_idle(struct worker *worker)
{
        struct supervisor *sup = worker->sup;
        uint64_t now = clock_ms();

        if (worker->retiring)
                return;         /* it has been told; asking again must not make us tell the edge again */
        worker->idle_at = now;
        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->portal == worker->portal && w->kind == SPAWN_PORTAL && !w->retiring &&
                    (w->idle_at == 0 || w->idle_at + IDLE_VALID_MS < now))
                        return;
        portals_retire(sup, worker->portal);
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        struct worker *worker = ctx;

        fd_close(&fd);
        if (worker->doomed)
                return;
        if (!log_allows(&worker->messages, MESSAGES_PER_SECOND)) {
                log_own(1, "portal=%llu floods the supervisor and is ended",
                        (unsigned long long)worker->portal);
                workers_kill(worker);
                return;
        }
        switch (msg->type) {
        case MSG_LOG:
                take_log(worker, msg);
                break;
        case MSG_READY:
                worker->ready = true;
                break;
        case MSG_IDLE:
                on_idle(worker);
                break;
        case MSG_HELP_ASK:
                errands_ask(worker, message_get_u64(msg));
                break;
        case MSG_SELF_ASK:
        case MSG_SELF_TAKE:
        case MSG_SELF_PART:
                asks_take(worker, msg);
                break;
        case MSG_COURIER_ASK:
                outbox_connect(worker);
                break;
        case MSG_SSO_CHECKED:
                portals_checked_sso(worker, msg);
                break;
        default:
                break;
        }
}

/* End of file: the process is ending and waitpid(2) will tell. Anything else: end it. */
static void on_closed(void *ctx, const struct err *why)
{
        struct worker *worker = ctx;

        if (why->code == ERR_GONE) {
                workers_limit(worker, DEAF_MS);
                return;
        }
        log_own(1, "portal=%llu broke the protocol and is ended: %s",
                (unsigned long long)worker->portal, why->text);
        workers_kill(worker);
}

static bool start_worker(struct supervisor *sup, uint64_t id)
{
        int pair[2];
        struct err err;

        if (channel_pair(pair, &err) < 0) {
                log_own(1, "cannot start portal=%llu: %s", (unsigned long long)id, err.text);
                return false;
        }
        struct worker *worker = workers_spawn(sup, id, SPAWN_PORTAL, 0, pair[1]);

        worker->channel = channel_new(pair[0], PEER_SUPERVISOR, PEER_PORTAL);
        int r = channel_watch(worker->channel, sup->loop, on_message, on_closed, worker, &err);

        if (r == 0 && connect_edge(sup, worker) == CONNECTED)
                return true;
        workers_kill(worker);   /* nobody could reach it */
        return false;
}

static unsigned count_all(const struct supervisor *sup, uint64_t id)
{
        unsigned n = 0;

        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                n += w->portal == id && w->kind == SPAWN_PORTAL;
        return n;
}

/* A channel to each worker that is there. CONNECTED: to one at least; WORKER_GONE: there is none. */
static enum connected connect_living(struct supervisor *sup, uint64_t id)
{
        enum connected best = WORKER_GONE;

        for (struct worker *w = sup->workers; w != NULL; w = w->next) {
                if (w->portal != id || w->kind != SPAWN_PORTAL || w->retiring || w->doomed)
                        continue;
                enum connected c = connect_edge(sup, w);

                if (c == CONNECTED || best == WORKER_GONE)
                        best = c;
        }
        return best;
}

/* Whoever asks is told in every case, or would wait for ever. */
void portals_wake(struct supervisor *sup, uint64_t id)
{
        uint64_t now = clock_ms();

        if (sup->stopping || !data_dir_has_container(sup, id)) {
                tell_down(sup, id, REST_FIRST_MS);
                return;
        }
        const struct portal *portal = portals_get(sup, id);

        if (portal->removing || portal->down_until > now) {
                tell_down(sup, id, portal->removing ? REST_FIRST_MS : portal->down_until - now);
                return;
        }
        enum connected living = connect_living(sup, id);

        if (living == CONNECTED)
                return;
        if (living == WORKER_STUCK || count_all(sup, id) >= WORKERS_PER_PORTAL_MAX) {
                tell_down(sup, id, REST_FIRST_MS);
                return;
        }
        for (uint32_t i = 0; i < sup->config.workers; i++)
                if (!start_worker(sup, id))
                        tell_down(sup, id, REST_FIRST_MS);
}

/* A new edge: every living worker gets a channel to it. */
void portals_attach_edge(struct supervisor *sup)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->kind == SPAWN_PORTAL && !w->retiring && !w->doomed)
                        connect_edge(sup, w);
}

void portals_retire(struct supervisor *sup, uint64_t id)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_PORTAL_DETACH);
        message_put_u64(&msg, id);
        child_tell(&sup->children[CHILD_EDGE], &msg, -1);
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->portal == id && w->kind == SPAWN_PORTAL)
                        retire_worker(w);
}

static void tell_removed(struct supervisor *sup, unsigned life, uint64_t token, struct str why)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_CONTAINER_DONE);
        message_put_u64(&msg, token);
        message_put_str(&msg, service_clip(why, ERR_TEXT_MAX));
        registry_tell(sup, life, &msg, -1);
}

bool portals_is_removing(const struct supervisor *sup, uint64_t id)
{
        char key[24];
        const struct portal *portal = map_get(sup->portals, portal_key(key, id));

        return portal != NULL && portal->removing;
}

/* No process may be in the folder when it goes: neither a worker nor a job. */
void portals_removal_goes_on(struct supervisor *sup, uint64_t id)
{
        char key[24];
        struct portal *portal = map_get(sup->portals, portal_key(key, id));
        struct err err = { 0 };

        if (portal == NULL || !portal->removing)
                return;
        for (const struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->portal == id)
                        return;
        if (data_dir_remove_container(sup, id, &err) == 0)
                err.text[0] = '\0';
        else
                log_own(1, "the container of portal=%llu is not removed: %s", (unsigned long long)id,
                        err.text);
        tell_removed(sup, portal->remove_life, portal->remove_token, str_of(err.text));
        map_remove(sup->portals, portal_key(key, id));
        free(portal);
}

void portals_remove(struct supervisor *sup, uint64_t id, uint64_t token)
{
        unsigned life = sup->children[CHILD_REGISTRY].restarts;

        if (!portals_is_id(sup, id)) {
                tell_removed(sup, life, token, STR("no portal has this number"));
                return;
        }
        struct portal *portal = portals_get(sup, id);

        if (portal->removing)           /* asked again: whoever asked first is told, too */
                tell_removed(sup, portal->remove_life, portal->remove_token,
                             STR("it was asked for again"));
        portal->removing = true;
        portal->remove_token = token;
        portal->remove_life = life;
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->portal == id)
                        workers_kill(w);
        portals_removal_goes_on(sup, id);
}

static void log_end(const struct worker *worker, int status)
{
        if (WIFSIGNALED(status))
                log_line(PEER_PORTAL, worker->pid, worker->portal, 1,
                         WTERMSIG(status) == SIGSYS
                                 ? STR("ended by seccomp: it made a call its profile does not have")
                                 : STR("ended by a signal; the next connection starts a new one"));
        else if (WEXITSTATUS(status) != 0)
                log_line(PEER_PORTAL, worker->pid, worker->portal, 1, STR("ended with an error"));
}

static uint64_t rest_ms(unsigned times)
{
        uint64_t ms = REST_FIRST_MS;

        for (unsigned i = 1; i < times && ms < REST_MAX_MS; i++)
                ms *= 2;
        return ms < REST_MAX_MS ? ms : REST_MAX_MS;
}

void portals_worker_ended(struct supervisor *sup, const struct worker *worker, int status)
{
        struct portal *portal = portals_get(sup, worker->portal);
        bool failed = WIFSIGNALED(status) || WEXITSTATUS(status) != 0;

        if (!failed || portal->removing || sup->stopping)
                return;
        log_end(worker, status);
        portal->crashes++;
        if (clock_ms() - worker->started > QUICK_DEATH_MS) {
                portal->quick_deaths = 0;
                return;
        }
        if (++portal->quick_deaths <= QUICK_DEATHS_FREE)
                return;
        uint64_t rest = rest_ms(portal->quick_deaths - QUICK_DEATHS_FREE);

        log_own(1, "portal=%llu died %u times in a row within %d s of its start; it rests for %llu s",
                (unsigned long long)portal->id, portal->quick_deaths, QUICK_DEATH_MS / 1000,
                (unsigned long long)rest / 1000);
        portal->down_until = clock_ms() + rest;
        tell_down(sup, portal->id, rest);
}

/* For verification: the process id of the first worker, started if need be. */
void portals_watch(struct supervisor *sup, uint64_t id, uint64_t token)
{
        struct message msg CLEANUP_MESSAGE;
        pid_t pid = 0;
        bool started = false;

        if (workers_count(sup, id, SPAWN_PORTAL) == 0)
                portals_wake(sup, id);  /* it tells the edge if that cannot be */
        for (const struct worker *w = sup->workers; w != NULL; w = w->next) {
                if (w->portal != id || w->kind != SPAWN_PORTAL)
                        continue;
                started = true;
                if (w->ready)
                        pid = w->pid;
        }
        message_init(&msg, MSG_PORTAL_WATCHED);
        message_put_u64(&msg, token);
        message_put_u32(&msg, (uint32_t)pid);
        message_put_text(&msg, pid > 0 ? "" : started ? "starting" : "it cannot be started");
        registry_tell(sup, sup->children[CHILD_REGISTRY].restarts, &msg, -1);
}

static void tell_checked(struct supervisor *sup, uint64_t token, uint32_t state, struct str why)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SSO_CHECKED);
        message_put_u64(&msg, token);
        message_put_u32(&msg, state);
        message_put_str(&msg, why);
        registry_tell(sup, sup->children[CHILD_REGISTRY].restarts, &msg, -1);
}

static struct worker *ready_worker(struct supervisor *sup, uint64_t id)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->portal == id && w->kind == SPAWN_PORTAL && w->ready && !w->retiring && !w->doomed)
                        return w;
        return NULL;
}

void portals_check_sso(struct supervisor *sup, struct message *msg)
{
        uint64_t token = message_get_u64(msg), id = message_get_u64(msg);
        struct str name = message_get_str(msg);
        struct worker *worker = ready_worker(sup, id);
        struct message order CLEANUP_MESSAGE;

        message_init(&order, MSG_SSO_CHECK);
        message_put_u64(&order, token);
        message_put_u64(&order, id);
        message_put_str(&order, name);
        if (worker == NULL && workers_count(sup, id, SPAWN_PORTAL) == 0)
                portals_wake(sup, id);
        if (worker == NULL || channel_send(worker->channel, &order, -1, NULL) < 0) {
                tell_checked(sup, token, 3, STR(""));
                return;
        }
        worker->check_token = token;
}

/* Only about what this worker was asked: the number is the registry's, and others have theirs. */
void portals_checked_sso(struct worker *worker, struct message *msg)
{
        uint64_t token = message_get_u64(msg);
        uint32_t state = message_get_u32(msg);

        if (token == 0 || token != worker->check_token || (state != 1 && state != 2))
                return;
        worker->check_token = 0;
        tell_checked(worker->sup, token, state, message_get_str(msg));
}
