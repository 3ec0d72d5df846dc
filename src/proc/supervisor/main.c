/*
 * main.c -- the supervisor: open what only root may open, then start, connect and restart everything.
 *
 * Arguments are settings, "section.key=value", as `carrel serve` has checked them. Descriptor 3 is a pipe
 * from the keeper: its end of file is an order to stop.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/map.h"
#include "json/json.h"
#include "service/service.h"
#include "supervisor.h"

#include "../profiles.h"

enum { KEEPER_FD = 3, STOP_POLL_MS = 25, STOP_LIMIT_MS = 3000, FILES_WANTED = 65536 };

static struct supervisor supervisor = { .data_fd = -1, .signal_fd = -1,
                                        .listeners = { -1, -1, -1, -1 } };
static struct loop_timer stop_timer, ready_timer;
static uint64_t stop_deadline;
static int notify_fd = -1;

static int apply_settings(struct config *config, int argc, char **argv, struct err *err)
{
        config_defaults(config);
        for (int i = 1; i < argc; i++) {
                char *value = strchr(argv[i], '=');

                if (value == NULL)
                        return err_set(err, ERR_INVALID, "'%s' is not section.key=value", argv[i]);
                *value++ = '\0';
                char *key = strrchr(argv[i], '.');

                if (key == NULL)
                        return err_set(err, ERR_INVALID, "'%s' has no section", argv[i]);
                *key++ = '\0';
                int r = config_set(config, argv[i], key, value, err);

                if (r < 0)
                        return r;
        }
        return 0;
}

/* systemd's notification socket (sd_notify(3)), connected before the process gives up sockets. */
static void open_notify(void)
{
        const char *path = getenv("NOTIFY_SOCKET");
        struct sockaddr_un name = { .sun_family = AF_UNIX };
        size_t n = path != NULL ? strlen(path) : 0;

        if (n == 0 || n >= sizeof name.sun_path)
                return;
        memcpy(name.sun_path, path, n);
        if (name.sun_path[0] == '@')
                name.sun_path[0] = '\0';
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && connect(fd, (const struct sockaddr *)&name,
                               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) == 0)
                notify_fd = fd;
        else
                fd_close(&fd);
}

static void notify(const char *state)
{
        if (notify_fd >= 0 && write(notify_fd, state, strlen(state)) < 0)
                log_own(2, "systemd was not told %s", state);
}

static void finish(void *ctx)
{
        struct supervisor *sup = ctx;

        if (portals_alive(sup) > 0 && clock_ms() < stop_deadline) {
                loop_set_timer(sup->loop, &stop_timer, STOP_POLL_MS, finish, sup);
                return;
        }
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->pid > 0)
                        kill(w->pid, SIGKILL);
        loop_stop(sup->loop);
}

/* Nothing new is accepted; portals finish what they have, for three seconds at most. */
static void stop(struct supervisor *sup)
{
        if (sup->stopping)
                return;
        sup->stopping = true;
        stop_deadline = clock_ms() + STOP_LIMIT_MS;
        notify("STOPPING=1");
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->kind == SPAWN_PORTAL && !w->retiring)
                        portals_retire(sup, w->portal);
        children_stop(sup);
        finish(sup);
}

static void reap_all(struct supervisor *sup)
{
        int status;
        pid_t pid;

        while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
                if (!children_reap(sup, pid, status))
                        workers_reap(sup, pid, status);
}

static void on_signal(void *ctx, unsigned events)
{
        struct supervisor *sup = ctx;
        struct signalfd_siginfo info;

        (void)events;
        while (read(sup->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
                if (info.ssi_signo == SIGCHLD)
                        reap_all(sup);
                else
                        stop(sup);
        }
}

static void on_keeper(void *ctx, unsigned events)
{
        (void)events;
        loop_unwatch(&((struct supervisor *)ctx)->keeper);
        stop(ctx);
}

static int watch_signals(struct supervisor *sup, struct err *err)
{
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGCHLD);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigprocmask(SIG_BLOCK, &set, NULL);
        sup->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (sup->signal_fd < 0)
                return err_errno(err, "watch for signals");
        return loop_watch(sup->loop, &sup->signals, sup->signal_fd, LOOP_READ, on_signal, sup, err);
}

static void on_ready_check(void *ctx)
{
        struct supervisor *sup = ctx;

        for (size_t i = 0; i < CHILDREN; i++) {
                if (sup->children[i].ready)
                        continue;
                loop_set_timer(sup->loop, &ready_timer, 5, on_ready_check, sup);
                return;
        }
        sup->told_ready = true;
        notify("READY=1");
        outbox_look_everywhere(sup);
        log_own(4, "serving https=%s:%u http=%s:%u host=%s isolation=%s", sup->config.https.host,
                sup->config.https.port, sup->config.http.host, sup->config.http.port, sup->config.name,
                sandbox_mode_name(sup->mode));
}

static void raise_file_limit(void)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return;
        limit.rlim_cur = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
                log_own(2, "the limit of open files stays low");
}

static int survey(struct supervisor *sup, struct err *err)
{
        enum config_isolation wanted = sup->config.isolation;

        if (wanted == ISOLATION_AUTO)
                wanted = geteuid() == 0 ? ISOLATION_STRICT : ISOLATION_STANDARD;
        int r = sandbox_survey(wanted == ISOLATION_STRICT ? SANDBOX_STRICT : SANDBOX_STANDARD,
                               &sup->layers, err);

        sup->mode = sup->layers.mode;
        if (r < 0)
                return r;
        for (unsigned i = 0; i < LAYER_COUNT; i++) {
                const struct sandbox_layer_state *l = &sup->layers.layer[i];

                if (l->wanted && !l->on)
                        log_own(2, "isolation=%s misses a layer: %s (%s)", sandbox_mode_name(sup->mode),
                                sandbox_layer_name((enum sandbox_layer)i), l->detail);
        }
        return 0;
}

static int make_absolute(struct config *config, struct err *err)
{
        char *full = realpath(config->data, NULL);

        if (full == NULL)
                return err_errno(err, "find %s", config->data);
        bool fits = strlen(full) < sizeof config->data;

        if (fits)
                snprintf(config->data, sizeof config->data, "%s", full);
        free(full);
        return fits ? 0 : err_set(err, ERR_LIMIT, "the data directory's path is too long");
}

static int start(struct supervisor *sup, int argc, char **argv, struct err *err)
{
        int r = apply_settings(&sup->config, argc, argv, err);

        if (r == 0)
                r = survey(sup, err);
        if (r == 0)
                r = sandbox_enter(&supervisor_profile, &(struct sandbox_place){ .mode = sup->mode }, NULL,
                                  NULL, err);
        if (r == 0)
                r = loop_new(&sup->loop, err);
        if (r == 0)
                r = data_dir_open(sup, err);
        if (r == 0)
                r = make_absolute(&sup->config, err);
        if (r == 0)
                r = listeners_open(sup, err);
        if (r == 0)
                r = watch_signals(sup, err);
        if (r == 0 && fcntl(KEEPER_FD, F_GETFD) >= 0) {
                fcntl(KEEPER_FD, F_SETFD, FD_CLOEXEC);
                r = loop_watch(sup->loop, &sup->keeper, KEEPER_FD, LOOP_READ, on_keeper, sup, err);
        }
        return r;
}

int main(int argc, char **argv)
{
        struct supervisor *sup = &supervisor;
        struct err err;

        service_prelude();
        json_prepare();
        raise_file_limit();
        sup->started = clock_ms();
        sup->portals = map_new();
        int r = start(sup, argc, argv, &err);

        if (r == 0) {
                open_notify();
                r = children_start(sup, &err);
        }
        if (r < 0) {
                fprintf(stderr, "carrel: %s\n", err.text);
                return 1;
        }
        on_ready_check(sup);
        r = loop_run(sup->loop, &err);
        if (r < 0) {
                log_own(1, "%s", err.text);
                return EXIT_FAILURE;
        }
        log_own(4, "stopped");
        return 0;
}
