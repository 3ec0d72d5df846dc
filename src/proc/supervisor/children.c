/*
 * children.c -- the zygote, the registry, the courier, the vault and the edge: one of each, started,
 * connected, and started again when one dies. The listening sockets and the portals stay through all of it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/fd.h"
#include "service/service.h"
#include "supervisor.h"

#include "../profiles.h"

enum {
        QUICK_MS = 5000,
        RESTART_FIRST_MS = 10,
        RESTART_MAX_MS = 2000,
        ARGS_MAX = 26 + CONFIG_PROVIDERS_MAX,
        ARG_LEN = 320,
        LAST_MESSAGES_MAX = 1024,
};

static const struct profile *profile_of(const struct child *child)
{
        switch (child->peer) {
        case PEER_ZYGOTE:
                return &zygote_profile;
        case PEER_REGISTRY:
                return &registry_profile;
        case PEER_COURIER:
                return &courier_profile;
        case PEER_VAULT:
                return &vault_profile;
        default:
                return &edge_profile;
        }
}

void child_tell(struct child *child, const struct message *msg, int fd)
{
        struct err err;

        /* It is being restarted, or about to be, and will be told all it needs then. */
        if (child->channel == NULL || !channel_is_open(child->channel))
                return;
        int r = channel_post(child->channel, msg, fd, &err);

        if (r == 0 || r == ERR_GONE)
                return;
        log_own(1, "%s cannot be told %s: %s", child->program, message_row(msg->type)->name, err.text);
        if (child->pid > 0)
                kill(child->pid, SIGKILL);
}

void registry_tell(struct supervisor *sup, unsigned life, const struct message *msg, int fd)
{
        if (sup->children[CHILD_REGISTRY].restarts == life)
                child_tell(&sup->children[CHILD_REGISTRY], msg, fd);
}

/* Beside this program when installed; in a build tree each program has its own folder. */
static int program_path(const char *program, char out[static 512], struct err *err)
{
        char self[400];
        ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

        if (n <= 0)
                return err_errno(err, "find out where this program is");
        self[n] = '\0';
        *strrchr(self, '/') = '\0';
        snprintf(out, 512, "%s/carrel-%s", self, program);
        if (access(out, X_OK) == 0)
                return 0;
        snprintf(out, 512, "%s/../%s/carrel-%s", self, program, program);
        if (access(out, X_OK) == 0)
                return 0;
        return err_set(err, ERR_NOT_FOUND, "carrel-%s is not beside carrel-supervisor; install it again",
                       program);
}

struct args {
        char text[ARGS_MAX][ARG_LEN];
        char *list[ARGS_MAX + 1];
        size_t n;
};

static void add(struct args *args, const char *fmt, ...) PRINTF(2, 3);
static void add(struct args *args, const char *fmt, ...)
{
        va_list list;

        check(args->n < ARGS_MAX);
        va_start(list, fmt);
        vsnprintf(args->text[args->n], ARG_LEN, fmt, list);
        va_end(list);
        args->list[args->n] = args->text[args->n];
        args->list[++args->n] = NULL;
}

/* No secret among them: what has one is a file's path. */
static void add_courier(struct args *args, const struct config *c)
{
        add(args, "uid=%u", c->uid_base + UID_COURIER);
        add(args, "host=%s", c->name);
        add(args, "server=%s", c->mail_server);
        add(args, "implicit=%d", c->mail_tls == MAIL_IMPLICIT);
        add(args, "from=%s", c->mail_from);
        add(args, "user=%s", c->mail_user);
        add(args, "password_file=%s", c->mail_password_file);
        add(args, "mail_ca_file=%s", c->mail_ca_file);
        add(args, "retry=%u", c->mail_retry_seconds);
        add(args, "letters=%u", c->mail_letters_per_hour);
        add(args, "alarms=%s", c->alarms_mail);
        add(args, "private=%d", c->fetch_private);
        add(args, "fetch_ca_file=%s", c->fetch_ca_file);
        add(args, "offsite=%s", c->offsite_url);
        add(args, "offsite_region=%s", c->offsite_region);
        add(args, "offsite_key_id=%s", c->offsite_key_id);
        add(args, "offsite_secret_file=%s", c->offsite_secret_file);
        add(args, "offsite_ca_file=%s", c->offsite_ca_file);
        add(args, "offsite_retry=%u", c->offsite_retry_seconds);
        add(args, "offsite_stall=%u", c->offsite_stall_seconds);
        add(args, "offsite_remove=%d", c->offsite_remove);
        add(args, "offsite_recheck=%u", c->offsite_recheck_days);
}

static void make_args(const struct child *child, const char *program, struct args *args)
{
        const struct config *c = &child->sup->config;

        *args = (struct args){ .n = 0 };
        add(args, "%s", program);
        add(args, "mode=%d", (int)child->sup->mode);
        add(args, "data=%s", c->data);
        switch (child->peer) {
        case PEER_ZYGOTE:
                add(args, "uid=%u", c->uid_base + UID_PORTAL_FIRST);
                add(args, "idle=%u", c->idle_seconds);
                add(args, "memory=%u", c->memory_mib);
                add(args, "port=%u", c->https.port);
                add(args, "mail=%d", config_has_mail(c));
                for (unsigned i = 0; i < c->nproviders; i++)
                        add(args, "provider=%s\n%s\n%s\n%s", c->providers[i].name,
                            c->providers[i].role, c->providers[i].region, c->providers[i].since);
                break;
        case PEER_REGISTRY:
                add(args, "uid=%u", c->uid_base + UID_REGISTRY);
                add(args, "owner=%u", geteuid());
                add(args, "host=%s", c->name);
                add(args, "port=%u", c->https.port);
                add(args, "mail=%d", config_has_mail(c));
                add(args, "alarms=%d", c->alarms_mail[0] != '\0');
                add(args, "restores=%d", c->restore_in_browser);
                break;
        case PEER_COURIER:
                add_courier(args, c);
                break;
        case PEER_VAULT:
                add(args, "uid=%u", c->uid_base + UID_VAULT);
                break;
        default:
                add(args, "uid=%u", c->uid_base + UID_EDGE);
                add(args, "port=%u", c->https.port);
                add(args, "address=%u", c->connections_per_address);
                add(args, "waiting=%u", c->handshakes_waiting);
                break;
        }
}

/* In the new process: its channel becomes descriptor 3, everything else of ours goes. */
NORETURN static void become(const char *path, struct args *args, int channel)
{
        sigset_t none;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        if (channel == SERVICE_CHANNEL_FD)
                fcntl(channel, F_SETFD, 0);
        else if (dup2(channel, SERVICE_CHANNEL_FD) < 0)
                _exit(1);
        close_range(SERVICE_CHANNEL_FD + 1, ~0u, 0);
        execv(path, args->list);
        _exit(1);
}

static void on_closed(void *ctx, const struct err *why)
{
        struct child *child = ctx;

        if (why->code != ERR_GONE)
                log_own(1, "%s broke the protocol and is ended: %s", child->program, why->text);
        if (child->pid > 0)
                kill(child->pid, SIGKILL);
}

static channel_message_fn *dispatcher(const struct child *child)
{
        return child->peer == PEER_ZYGOTE     ? dispatch_zygote
               : child->peer == PEER_REGISTRY ? dispatch_registry
               : child->peer == PEER_COURIER  ? dispatch_courier
               : child->peer == PEER_VAULT    ? dispatch_vault
                                              : dispatch_edge;
}

static int launch(struct child *child, struct err *err)
{
        struct args args;
        char path[512];
        int pair[2];
        int r = program_path(child->program, path, err);

        if (r == 0)
                r = channel_pair(pair, err);
        if (r < 0)
                return r;
        make_args(child, path, &args);
        pid_t pid = sandbox_clone(profile_of(child), child->sup->mode, SANDBOX_WILL_EXEC, err);

        if (pid == 0)
                become(path, &args, pair[1]);
        fd_close(&pair[1]);
        if (pid < 0) {
                fd_close(&pair[0]);
                return (int)pid;
        }
        child->pid = pid;
        child->ready = false;
        child->anchored = false;
        child->started = clock_ms();
        child->channel = channel_new(pair[0], PEER_SUPERVISOR, child->peer);
        r = channel_watch(child->channel, child->sup->loop, dispatcher(child), on_closed, child, err);
        if (r < 0)
                kill(pid, SIGKILL);     /* its end is noticed as any other's */
        return r;
}

static void give_listener(struct supervisor *sup, enum child_index to, enum listener which)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_LISTENER);
        message_put_u32(&msg, (uint32_t)which);
        child_tell(&sup->children[to], &msg, sup->listeners[which]);
}

/* A fresh channel between two children, whenever one of the two is new. */
static void join(struct supervisor *sup, enum child_index one, enum child_index other)
{
        const struct {
                enum child_index to;
                enum peer far;
        } ends[2] = { { one, sup->children[other].peer }, { other, sup->children[one].peer } };
        int pair[2];
        struct err err;

        if (sup->children[one].channel == NULL || sup->children[other].channel == NULL)
                return;
        if (channel_pair(pair, &err) < 0) {
                log_own(1, "%s", err.text);
                return;
        }
        for (size_t i = 0; i < 2; i++) {
                struct message msg CLEANUP_MESSAGE;

                message_init(&msg, MSG_PEER_CHANNEL);
                message_put_u32(&msg, (uint32_t)ends[i].far);
                child_tell(&sup->children[ends[i].to], &msg, pair[i]);
                fd_close(&pair[i]);
        }
}

static void connect_child(struct child *child)
{
        struct supervisor *sup = child->sup;

        switch (child->peer) {
        case PEER_REGISTRY:
                give_listener(sup, CHILD_REGISTRY, LISTENER_CONTROL);
                join(sup, CHILD_REGISTRY, CHILD_EDGE);
                join(sup, CHILD_REGISTRY, CHILD_COURIER);
                join(sup, CHILD_REGISTRY, CHILD_VAULT);
                break;
        case PEER_COURIER:
                join(sup, CHILD_REGISTRY, CHILD_COURIER);
                join(sup, CHILD_COURIER, CHILD_VAULT);
                break;
        case PEER_VAULT:
                join(sup, CHILD_REGISTRY, CHILD_VAULT);
                join(sup, CHILD_COURIER, CHILD_VAULT);
                break;
        case PEER_EDGE:
                give_listener(sup, CHILD_EDGE, LISTENER_HTTPS);
                give_listener(sup, CHILD_EDGE, LISTENER_HTTP);
                join(sup, CHILD_REGISTRY, CHILD_EDGE);
                portals_attach_edge(sup);
                break;
        case PEER_ZYGOTE:
                workers_zygote_back(sup);
                break;
        default:
                break;
        }
}

static void on_restart(void *ctx);

static void schedule_restart(struct child *child)
{
        uint64_t wait = RESTART_FIRST_MS;

        if (clock_ms() - child->started < QUICK_MS)
                child->quick_deaths++;
        else
                child->quick_deaths = 0;
        for (unsigned i = 1; i < child->quick_deaths && wait < RESTART_MAX_MS; i++)
                wait *= 2;
        loop_set_timer(child->sup->loop, &child->restart, wait < RESTART_MAX_MS ? wait : RESTART_MAX_MS,
                       on_restart, child);
}

static void on_restart(void *ctx)
{
        struct child *child = ctx;
        struct err err;

        if (child->pid > 0)
                return;         /* half started and being ended: its end comes back here */
        child->restarts++;
        if (launch(child, &err) == 0) {
                connect_child(child);
                return;
        }
        log_own(1, "cannot start %s: %s", child->program, err.text);
        child->started = clock_ms();
        schedule_restart(child);
}

int children_start(struct supervisor *sup, struct err *err)
{
        static const struct {
                enum peer peer;
                const char *program;
        } kinds[CHILDREN] = {
                [CHILD_ZYGOTE] = { PEER_ZYGOTE, "zygote" },
                [CHILD_REGISTRY] = { PEER_REGISTRY, "registry" },
                [CHILD_COURIER] = { PEER_COURIER, "courier" },
                [CHILD_VAULT] = { PEER_VAULT, "vault" },
                [CHILD_EDGE] = { PEER_EDGE, "edge" },
        };

        for (size_t i = 0; i < CHILDREN; i++) {
                struct child *child = &sup->children[i];

                child->sup = sup;
                child->peer = kinds[i].peer;
                child->program = kinds[i].program;
                int r = launch(child, err);

                if (r < 0)
                        return err_wrap(err, r, "start %s", child->program);
                connect_child(child);
        }
        return 0;
}

/* Its last words, and a zygote's last process ids, may still be unread. */
static void read_last_messages(struct child *child)
{
        struct message msg;
        struct err err;
        int fd;

        if (child->channel == NULL || !channel_is_open(child->channel))
                return;
        for (unsigned i = 0; i < LAST_MESSAGES_MAX; i++) {
                fd = -1;
                if (channel_receive(child->channel, &msg, &fd, &err) < 0)
                        return;
                dispatcher(child)(child, &msg, fd);
        }
}

bool children_reap(struct supervisor *sup, pid_t pid, int status)
{
        for (size_t i = 0; i < CHILDREN; i++) {
                struct child *child = &sup->children[i];

                if (child->pid != pid)
                        continue;
                read_last_messages(child);
                child->pid = 0;
                channel_free(&child->channel);
                if (sup->stopping)
                        return true;
                log_own(1, "%s ended (%s %d); starting it again", child->program,
                        WIFSIGNALED(status) ? "signal" : "status",
                        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
                if (!sup->told_ready && !child->ready) {
                        log_own(1, "%s cannot start; the host ends", child->program);
                        _exit(1);
                }
                if (child->peer == PEER_ZYGOTE)
                        workers_zygote_gone(sup);
                if (child->peer == PEER_REGISTRY)
                        asks_registry_gone(sup);
                schedule_restart(child);
                return true;
        }
        return false;
}

void children_stop(struct supervisor *sup)
{
        for (size_t i = 0; i < CHILDREN; i++) {
                struct child *child = &sup->children[i];

                loop_cancel_timer(&child->restart);
                if (child->pid > 0)
                        kill(child->pid, SIGKILL);
        }
}
