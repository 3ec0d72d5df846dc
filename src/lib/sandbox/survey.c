/*
 * survey.c -- find out what this machine's kernel can do by doing it, in a child that is thrown
 * away.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "sandbox/steps.h"

enum { UID_NOBODY = 65534, EXIT_ALIVE = 3, SURVEY_FD = 3 };

/* As confined as a process can be. */
static const struct profile survey_profile = {
        .process = PEER_NONE,
        .layers = LAYERS_ALL,
        .root = ROOT_EMPTY,
        .calls = CALLS_BASE,
        .limits = { .memory = 64 * MIB, .files = 16 },
};

struct finding {
        int r;
        struct err err;
        struct sandbox_layers layers;
};

/* In the child: confine, report, and then do what must be deadly. */
NORETURN static void try_it(int report, enum sandbox_mode mode)
{
        struct finding finding = { .r = 0 };
        const struct sandbox_place place = {
                .mode = mode, .uid = UID_NOBODY, .gid = UID_NOBODY, .fds = &report, .nfds = 1,
        };

        finding.r = sandbox_enter(&survey_profile, &place, NULL, &finding.layers, &finding.err);
        if (fd_write_all(report, &finding, sizeof finding, NULL) < 0)
                _exit(1);
        if (finding.r == 0)
                syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
        _exit(EXIT_ALIVE);
}

static int await_child(pid_t pid, int *status, struct err *err)
{
        while (waitpid(pid, status, 0) < 0)
                if (errno != EINTR)
                        return err_errno(err, "wait for the survey's child");
        return 0;
}

static void layer_missing(struct sandbox_layers *layers, enum sandbox_layer layer, const char *why)
{
        layers->layer[layer].on = false;
        snprintf(layers->layer[layer].detail, sizeof layers->layer[layer].detail, "%s", why);
}

static int survey_mode(enum sandbox_mode mode, struct sandbox_layers *out, struct err *err)
{
        int ends[2];
        struct finding finding;
        int status = 0;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return err_errno(err, "a pipe for the survey");
        pid_t pid = sandbox_clone(&survey_profile, mode, 0, err);

        if (pid == 0)
                try_it(ends[1], mode);
        fd_close(&ends[1]);
        int reading CLEANUP_FD = ends[0];

        if (pid < 0)
                return pid;
        int r = fd_read_all(reading, &finding, sizeof finding, err);
        int waited = await_child(pid, &status, err);

        if (r < 0 || waited < 0)
                return r < 0 ? err_wrap(err, r, "the survey's child died early") : waited;
        *out = finding.layers;
        if (finding.r < 0)
                return err_set(err, finding.r, "%s", finding.err.text);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) {
                layer_missing(out, LAYER_SECCOMP, "a forbidden call was not stopped");
                return err_set(err, ERR_DENIED, "the %s let a socket through",
                               sandbox_layer_name(LAYER_SECCOMP));
        }
        return 0;
}

/* Ask for one kind of namespace alone, so that the one that is missing has a name. */
static bool has_namespace(unsigned long flag, unsigned long around)
{
        int status = 0;
        pid_t pid = (pid_t)syscall(SYS_clone, flag | around | SIGCHLD, NULL, NULL, NULL, NULL);

        if (pid == 0)
                _exit(0);
        return pid > 0 && await_child(pid, &status, NULL) == 0 && WIFEXITED(status);
}

static void name_missing_namespaces(enum sandbox_mode mode, struct sandbox_layers *out)
{
        unsigned long around = mode == SANDBOX_STANDARD ? CLONE_NEWUSER : 0;

        for (enum sandbox_layer layer = 0; layer < LAYER_COUNT; layer++) {
                unsigned long flag = step_namespace_flag(layer);

                if (flag == 0 || (layer == LAYER_USER_NS && around == 0))
                        continue;
                out->layer[layer].wanted = true;
                out->layer[layer].on = has_namespace(flag, around);
                if (!out->layer[layer].on)
                        layer_missing(out, layer, "the kernel refuses it");
        }
}

static const char *first_missing(const struct sandbox_layers *layers, unsigned required)
{
        for (enum sandbox_layer layer = 0; layer < LAYER_COUNT; layer++)
                if ((required & LAYER_BIT(layer)) != 0 && !layers->layer[layer].on)
                        return sandbox_layer_name(layer);
        return "a layer";
}

static void survey_off(struct sandbox_layers *out)
{
        *out = (struct sandbox_layers){ .mode = SANDBOX_OFF };
        for (enum sandbox_layer layer = LAYER_NET_NS; layer < LAYER_COUNT; layer++) {
                out->layer[layer].wanted = true;
                layer_missing(out, layer, "built with -Dsandbox=off");
        }
}

static int survey_strict(struct sandbox_layers *out, struct err *err)
{
        int r = survey_mode(SANDBOX_STRICT, out, err);

        if (r == 0)
                return 0;
        struct err why = *err;

        if (!out->layer[LAYER_NET_NS].on)
                name_missing_namespaces(SANDBOX_STRICT, out);
        return err_set(err, ERR_DENIED,
                       "isolation = strict needs every layer and the %s is missing (%s). Start it "
                       "as an ordinary user with isolation = standard, or use another kernel",
                       first_missing(out, LAYERS_ALL), why.text);
}

static int survey_standard(struct sandbox_layers *out, struct err *err)
{
        struct sandbox_layers with_spaces;
        int r = survey_mode(SANDBOX_STANDARD, out, err);

        if (r == 0)
                return 0;
        with_spaces = *out;
        if (!with_spaces.layer[LAYER_NET_NS].on)
                name_missing_namespaces(SANDBOX_STANDARD, &with_spaces);
        *out = (struct sandbox_layers){ .mode = SANDBOX_MINIMUM };
        r = survey_mode(SANDBOX_MINIMUM, out, err);
        for (enum sandbox_layer layer = LAYER_USER_NS; layer <= LAYER_ROOT; layer++) {
                out->layer[layer].wanted = true;
                layer_missing(out, layer,
                              with_spaces.layer[layer].on ? "not used without the others"
                                                          : with_spaces.layer[layer].detail);
        }
        if (r == 0)
                return 0;
        struct err why = *err;

        return err_set(err, ERR_DENIED,
                       "without user namespaces Landlock and the system call filter are the least "
                       "that isolation needs, and the %s is missing (%s). Enable user namespaces "
                       "(sysctl kernel.unprivileged_userns_clone=1) or use another kernel",
                       first_missing(out, step_required(&survey_profile, SANDBOX_MINIMUM)),
                       why.text);
}

int sandbox_survey(enum sandbox_mode wanted, struct sandbox_layers *out, struct err *err)
{
        struct err spare = { 0 };

        err = err == NULL ? &spare : err;
        *out = (struct sandbox_layers){ .mode = wanted };
        if (BUILT_WITHOUT) {
                survey_off(out);
                return 0;
        }
        if (wanted == SANDBOX_OFF)
                return err_set(err, ERR_DENIED, "isolation cannot be switched off at run time");
        if (wanted == SANDBOX_STRICT && geteuid() != 0)
                return err_set(err, ERR_INVALID,
                               "isolation = strict needs root to give each portal its own user: "
                               "start it as root, or set isolation = standard");
        if (wanted != SANDBOX_STRICT && geteuid() == 0)
                return err_set(err, ERR_INVALID,
                               "isolation = standard is for an ordinary user: as root use strict, "
                               "or start it under an account of its own");
        return wanted == SANDBOX_STRICT ? survey_strict(out, err) : survey_standard(out, err);
}
