/*
 * keeper.c -- one child, four signals, and a pause that grows.
 */
#include "proc/cli/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "proc/cli/command.h"
#include "proc/cli/output.h"
#include "proc/cli/program.h"

enum {
        ORDER_FD = 3,                   /* the supervisor watches it */
        PAUSE_FIRST_MS = 100,
        PAUSE_LAST_MS = 5000,
        HEALTHY_MS = 60000,
        STOP_LIMIT_MS = 30000,          /* ten times what the supervisor gives its portals */
        REFUSALS_MAX = 10,
        ARGUMENTS_OF_CONFIG = 80,
};

struct keeper {
        char program[PATH_MAX];
        char *arguments[ARGUMENTS_OF_CONFIG + 2];
        size_t narguments;
        sigset_t signals;
        pid_t pid;                      /* 0: none is running */
        int order;                      /* writing end of the supervisor's pipe */
        uint64_t started;
        uint64_t stop_by;               /* 0: nobody asked for the end */
        unsigned pause_ms;
        unsigned refusals;
        bool restarted;
};

static void add_argument(void *ctx, const char *section, const char *key, const char *value)
{
        struct keeper *k = ctx;

        if (k->narguments < ARGUMENTS_OF_CONFIG)
                k->arguments[k->narguments++] = xprintf("%s.%s=%s", section, key, value);
}

/* In the child; nothing of the keeper's but 0, 1, 2 and the pipe goes on. */
static NORETURN void become_supervisor(const struct keeper *k, int order)
{
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        sigset_t none;

        /* Its own session: the terminal's signals go to the keeper alone, and nobody can type into it. */
        setsid();
        if (null < 0 || dup2(null, STDIN_FILENO) < 0)
                _exit(EXIT_REFUSED);
        if (order == ORDER_FD ? fcntl(order, F_SETFD, 0) < 0 : dup2(order, ORDER_FD) < 0)
                _exit(EXIT_REFUSED);
        if (close_range(ORDER_FD + 1, ~0u, 0) < 0)
                _exit(EXIT_REFUSED);
        signal(SIGPIPE, SIG_DFL);
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execv(k->program, k->arguments);
        fprintf(stderr, "carrel: %s cannot be started: %s\n", k->program, strerror(errno));
        _exit(EXIT_REFUSED);
}

static int start(struct keeper *k, struct err *err)
{
        int pipe_fds[2];

        if (pipe2(pipe_fds, O_CLOEXEC) < 0)
                return err_errno(err, "make a pipe");
        fflush(NULL);
        pid_t pid = fork();

        if (pid == 0)
                become_supervisor(k, pipe_fds[0]);
        fd_close(&pipe_fds[0]);
        if (pid < 0) {
                fd_close(&pipe_fds[1]);
                return err_errno(err, "start the supervisor");
        }
        k->pid = pid;
        k->order = pipe_fds[1];
        k->started = clock_ms();
        return 0;
}

static void log_death(const struct keeper *k, int status)
{
        char when[CLOCK_ISO_LEN + 1];

        clock_iso(clock_unix(), when);
        fprintf(stderr, "%s warning keeper[%d] supervisor-ended pid=%d %s=%d lived_ms=%llu "
                "again_in_ms=%u\n", when, (int)getpid(), (int)k->pid,
                WIFSIGNALED(status) ? "signal" : "exit",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                (unsigned long long)(clock_ms() - k->started), k->pause_ms);
}

/* What a dead supervisor means: an exit code, or -1 to start the next one after k->pause_ms. */
static int judge_end(struct keeper *k, int status)
{
        bool refused = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_REFUSED;

        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE)
                return EXIT_DONE;
        if (k->stop_by != 0)
                output_error("the host did not end in order; its log says more");
        if (k->stop_by != 0 || (refused && !k->restarted))
                return EXIT_REFUSED;
        k->refusals = refused ? k->refusals + 1 : 0;
        if (k->refusals > REFUSALS_MAX)
                return EXIT_REFUSED;
        if (clock_ms() - k->started >= HEALTHY_MS)
                k->pause_ms = PAUSE_FIRST_MS;
        log_death(k, status);
        k->restarted = true;
        return -1;
}

/* The next signal, or 0 when ms have passed (-1: as long as it takes). */
static int next_signal(const struct keeper *k, int64_t ms)
{
        const struct timespec limit = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
        int r = ms < 0 ? sigwaitinfo(&k->signals, NULL) : sigtimedwait(&k->signals, NULL, &limit);

        return r > 0 ? r : 0;
}

static void ask_to_stop(struct keeper *k)
{
        kill(k->pid, SIGTERM);
        if (k->stop_by == 0)
                k->stop_by = clock_ms() + STOP_LIMIT_MS;
}

/* Until the running supervisor is gone; its wait status. */
static int wait_for_end(struct keeper *k)
{
        int status = 0;

        for (;;) {
                uint64_t now = clock_ms();

                if (waitpid(k->pid, &status, WNOHANG) == k->pid)
                        return status;
                if (k->stop_by != 0 && now >= k->stop_by) {
                        kill(k->pid, SIGKILL);
                        waitpid(k->pid, &status, 0);
                        return status;
                }
                int got = next_signal(k, k->stop_by == 0 ? -1 : (int64_t)(k->stop_by - now));

                if (got != 0 && got != SIGCHLD)
                        ask_to_stop(k);
        }
}

/* False: somebody asked for the end meanwhile. */
static bool pause_before_next(struct keeper *k)
{
        uint64_t until = clock_ms() + k->pause_ms;

        k->pause_ms = k->pause_ms * 2 > PAUSE_LAST_MS ? PAUSE_LAST_MS : k->pause_ms * 2;
        for (uint64_t now = clock_ms(); now < until; now = clock_ms()) {
                int got = next_signal(k, (int64_t)(until - now));

                if (got != 0 && got != SIGCHLD)
                        return false;
        }
        return true;
}

static int keep(struct keeper *k)
{
        struct err err;

        for (;;) {
                if (start(k, &err) < 0) {
                        output_error("%s", err.text);
                        return EXIT_REFUSED;
                }
                int code = judge_end(k, wait_for_end(k));

                k->pid = 0;
                fd_close(&k->order);
                if (code >= 0)
                        return code;
                if (!pause_before_next(k))
                        return EXIT_DONE;
        }
}

/* SIGHUP is the terminal going away, unless it was ignored on purpose (nohup). */
static void take_signals(struct keeper *k)
{
        struct sigaction hup;

        sigemptyset(&k->signals);
        sigaddset(&k->signals, SIGTERM);
        sigaddset(&k->signals, SIGINT);
        sigaddset(&k->signals, SIGCHLD);
        if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
                sigaddset(&k->signals, SIGHUP);
        signal(SIGCHLD, SIG_DFL);
        sigprocmask(SIG_BLOCK, &k->signals, NULL);
}

int keeper_run(const struct config *config)
{
        struct keeper k = { .order = -1, .pause_ms = PAUSE_FIRST_MS };
        struct err err;

        if (program_find_supervisor(k.program, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        k.arguments[k.narguments++] = xstrdup("carrel-supervisor");
        config_each(config, add_argument, &k);
        take_signals(&k);
        int code = keep(&k);

        for (size_t i = 0; i < k.narguments; i++)
                free(k.arguments[i]);
        return code;
}
