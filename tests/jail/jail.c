/*
 * jail.c -- made-up hosts and confined processes for the jail tests.
 */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fd.h"
#include "sandbox/landlock.h"

enum { UID_NOBODY = 65534, UID_OWN = 20001, UID_CANARY = 20002 };
enum { EXIT_SKIP = 77, EXIT_NOT_CONFINED = 99 };

static void become_nobody(void)
{
        check(setgroups(0, NULL) == 0);
        check(setresgid(UID_NOBODY, UID_NOBODY, UID_NOBODY) == 0);
        check(setresuid(UID_NOBODY, UID_NOBODY, UID_NOBODY) == 0);
}

static bool has_word(int argc, char **argv, const char *word)
{
        for (int i = 1; i < argc; i++)
                if (strcmp(argv[i], word) == 0)
                        return true;
        return false;
}

enum sandbox_mode jail_begin(int argc, char **argv)
{
        bool minimum = has_word(argc, argv, "minimum");
        bool drop = minimum || has_word(argc, argv, "rootless");
        struct sandbox_layers layers;
        struct err err;

#ifdef CARREL_SANDBOX_OFF
        printf("skipped: built with -Dsandbox=off, there are no walls to test\n");
        exit(EXIT_SKIP);
#endif
        if (drop && geteuid() == 0)
                become_nobody();
        if (has_word(argc, argv, "abi2"))
                landlock_act_as(2);
        enum sandbox_mode wanted = geteuid() == 0 ? SANDBOX_STRICT : SANDBOX_STANDARD;

        if (sandbox_survey(wanted, &layers, &err) < 0) {
                fprintf(stderr, "this machine cannot confine a process: %s\n", err.text);
                exit(1);
        }
        if (minimum)
                layers.mode = SANDBOX_MINIMUM;
        printf("# mode: %s, Landlock %s\n", sandbox_mode_name(layers.mode),
               layers.layer[LAYER_LANDLOCK].detail);
        return layers.mode;
}

static void make_folder(const char *path, mode_t mode)
{
        check(mkdir(path, mode) == 0 && chmod(path, mode) == 0);
}

static void make_file(const char *folder, const char *name, const char *text)
{
        char path[2 * JAIL_PATH_MAX];

        snprintf(path, sizeof path, "%s/%s", folder, name);
        int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

        check(fd >= 0 && fd_write_all(fd, text, strlen(text), NULL) == 0);
        close(fd);
}

static int give(const char *path, const struct stat *st, int kind, struct FTW *where)
{
        (void)st;
        (void)kind;
        (void)where;
        uid_t uid = strstr(path, "/portals/1") != NULL ? UID_OWN : UID_CANARY;

        return lchown(path, uid, uid);
}

static void make_container(const char *path)
{
        char tls[2 * JAIL_PATH_MAX];

        make_folder(path, 0700);
        make_file(path, "portal.db", "what only this portal may read");
        snprintf(tls, sizeof tls, "%s/tls", path);
        make_folder(tls, 0700);
        make_file(tls, "key.der", "a private key");
        if (geteuid() == 0)
                check(nftw(path, give, 8, FTW_PHYS) == 0);
}

/* A process of the other portal: it waits until its parent is gone or kills it. */
static pid_t make_canary(const char *folder, bool own_user)
{
        pid_t pid = fork();

        check(pid >= 0);
        if (pid == 0) {
                check(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
                if (own_user) {
                        check(setresgid(UID_CANARY, UID_CANARY, UID_CANARY) == 0);
                        check(setresuid(UID_CANARY, UID_CANARY, UID_CANARY) == 0);
                }
                /* As open to others as a careless process is: only the walls may protect it. */
                check(chdir(folder) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0);
                for (;;)
                        pause();
        }
        return pid;
}

static void path_of(char out[static JAIL_PATH_MAX], const char *data, const char *name)
{
        int n = snprintf(out, JAIL_PATH_MAX, "%s/%s", data, name);

        check(n > 0 && n < JAIL_PATH_MAX);
}

void jail_make(struct jail *jail, enum sandbox_mode mode)
{
        char template[] = "/tmp/carrel-jail-XXXXXX";
        char path[JAIL_PATH_MAX];

        *jail = (struct jail){ .mode = mode, .uid = mode == SANDBOX_STRICT ? UID_OWN : geteuid() };
        check(mkdtemp(template) != NULL && chmod(template, 0755) == 0);
        snprintf(jail->data, sizeof jail->data, "%s", template);
        path_of(path, jail->data, "portals");
        make_folder(path, 0755);
        path_of(jail->own, jail->data, "portals/1");
        make_container(jail->own);
        path_of(jail->canary, jail->data, "portals/2");
        make_container(jail->canary);
        path_of(path, jail->data, "registry");
        make_folder(path, 0700);
        make_file(path, "registry.db", "who the clients are");
        path_of(path, jail->data, "keys");
        make_folder(path, 0700);
        make_file(path, "2.key", "a backup key");
        path_of(jail->open, jail->data, "open");
        make_folder(jail->open, 01777);
        jail->canary_pid = make_canary(jail->canary, mode == SANDBOX_STRICT);
        jail->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        check(jail->socket >= 0);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
        (void)st;
        (void)kind;
        (void)where;
        return remove(path);
}

void jail_remove(struct jail *jail)
{
        check(kill(jail->canary_pid, SIGKILL) == 0);
        check(waitpid(jail->canary_pid, NULL, 0) == jail->canary_pid);
        close(jail->socket);
        check(nftw(jail->data, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

struct probe_targets jail_targets(const struct jail *jail)
{
        static char host_name[65];

        check(gethostname(host_name, sizeof host_name - 1) == 0);
        return (struct probe_targets){
                .canary_folder = jail->canary,
                .canary_pid = jail->canary_pid,
                .open_folder = jail->open,
                .host_name = host_name,
                .socket = jail->socket,
        };
}

static void await(pid_t pid, int from, struct jail_end *end)
{
        *end = (struct jail_end){ .n = 0 };
        for (;;) {
                ssize_t n = read(from, end->text + end->n, sizeof end->text - 1 - end->n);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        break;
                end->n += (size_t)n;
        }
        end->text[end->n] = '\0';
        close(from);
        while (waitpid(pid, &end->status, 0) < 0)
                check(errno == EINTR);
}

/* Nothing of the test's own standard descriptors and signal handlers is meant for the child. */
static void silence(void)
{
        static const int caught[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS };

        for (size_t i = 0; i < ARRAY_LEN(caught); i++)
                check(signal(caught[i], SIG_DFL) != SIG_ERR);
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        check(null >= 0 && dup2(null, STDIN_FILENO) == STDIN_FILENO);
        check(dup2(null, STDOUT_FILENO) == STDOUT_FILENO);
        close(null);
}

NORETURN static void live_confined(const struct jail *jail, const struct profile *profile,
                                   jail_body *body, const void *ctx, int out)
{
        const int fds[] = { out, jail->socket };
        const struct sandbox_place place = {
                .mode = jail->mode, .folder = jail->own, .uid = jail->uid, .gid = jail->uid,
                .fds = fds, .nfds = ARRAY_LEN(fds),
        };
        struct err err;

        silence();
        if (sandbox_enter(profile, &place, NULL, NULL, &err) < 0) {
                dprintf(out, "ENTER %s", err.text);
                _exit(EXIT_NOT_CONFINED);
        }
        body(out, ctx);
        _exit(0);
}

struct jail_running jail_start(const struct jail *jail, const struct profile *profile,
                               jail_body *body, const void *ctx)
{
        int ends[2];

        check(pipe(ends) == 0);
        pid_t pid = sandbox_clone(profile, jail->mode, 0, NULL);

        check(pid >= 0);
        if (pid == 0)
                live_confined(jail, profile, body, ctx, ends[1]);
        close(ends[1]);
        return (struct jail_running){ pid, ends[0] };
}

void jail_finish(struct jail_running running, struct jail_end *end)
{
        await(running.pid, running.from, end);
}

void jail_run(const struct jail *jail, const struct profile *profile, jail_body *body,
              const void *ctx, struct jail_end *end)
{
        jail_finish(jail_start(jail, profile, body, ctx), end);
}

void jail_run_free(const struct jail *jail, jail_body *body, const void *ctx,
                   struct jail_end *end)
{
        int ends[2];

        check(pipe(ends) == 0);
        pid_t pid = fork();

        check(pid >= 0);
        if (pid == 0) {
                silence();
                if (geteuid() == 0)
                        check(unshare(CLONE_NEWNS) == 0 &&
                              mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
                check(chdir(jail->own) == 0);
                close(ends[0]);
                body(ends[1], ctx);
                _exit(0);
        }
        close(ends[1]);
        await(pid, ends[0], end);
}

bool jail_died_by_seccomp(const struct jail_end *end)
{
        return WIFSIGNALED(end->status) && WTERMSIG(end->status) == SIGSYS;
}
