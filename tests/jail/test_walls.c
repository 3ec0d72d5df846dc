/*
 * test_walls.c -- each real profile, from outside and from inside: what /proc says of a confined
 * process, and that what it may not do ends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "jail.h"
#include "proc/profiles.h"
#include "sandbox/landlock.h"

static enum sandbox_mode mode;
static struct jail jail;

/* Add a new process here; everything below goes through the table. */
static const struct {
        const struct profile *profile;
        bool parent;                    /* confines others: keeps the file tree and some calls */
} processes[] = {
        { &portal_profile, false }, { &job_profile, false },       { &edge_profile, false },
        { &registry_profile, false }, { &courier_profile, false }, { &vault_profile, false },
        { &supervisor_profile, true }, { &zygote_profile, true },
};

/* What the process is, seen from outside. */

static void live_on(int out, const void *ctx)
{
        struct timespec long_time = { .tv_sec = 60 };

        (void)ctx;
        if (write(out, "ready", 5) == 5)
                nanosleep(&long_time, NULL);
}

static void read_status(pid_t pid, struct buf *out)
{
        char path[64];

        snprintf(path, sizeof path, "/proc/%d/status", pid);
        assert_int_equal(fd_slurp(AT_FDCWD, path, 65536, out, NULL), 0);
}

/* The rest of the line that begins with name, without tabs and spaces at both ends. */
static struct str status_value(const struct buf *status, const char *name)
{
        struct str rest = buf_str(status);

        while (rest.n > 0) {
                struct str line = str_cut(&rest, '\n');

                if (str_starts(line, str_of(name)) && line.n > strlen(name) &&
                    line.p[strlen(name)] == ':') {
                        str_cut(&line, ':');
                        return str_trim(line);
                }
        }
        fail_msg("/proc/PID/status has no line %s", name);
        return STR("");
}

static void assert_value(const struct buf *status, const char *name, const char *expected)
{
        struct str value = status_value(status, name);

        if (!str_is(value, expected))
                fail_msg("%s is '%.*s' and not '%s'", name, STR_ARG(value), expected);
}

static void check_status(const struct buf *status)
{
        static const char none[] = "0000000000000000";
        char four[64];

        snprintf(four, sizeof four, "%u\t%u\t%u\t%u", jail.uid, jail.uid, jail.uid, jail.uid);
        assert_value(status, "Uid", four);
        assert_value(status, "Gid", four);
        assert_value(status, "Groups", "");
        assert_value(status, "CapInh", none);
        assert_value(status, "CapPrm", none);
        assert_value(status, "CapEff", none);
        assert_value(status, "CapAmb", none);
        /*
         * Without a user namespace an ordinary user cannot shrink the bounding set; it has no use.
         */
        if (mode != SANDBOX_MINIMUM)
                assert_value(status, "CapBnd", none);
        assert_value(status, "NoNewPrivs", "1");
        assert_value(status, "Seccomp", "2");
        assert_value(status, "Threads", "1");
}

static void a_confined_process_is_nobody_with_no_privileges(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(processes); i++) {
                struct buf status CLEANUP_BUF = { .n = 0 };
                struct jail_end end;
                char ready[5];

                if (processes[i].parent)
                        continue;
                struct jail_running running =
                        jail_start(&jail, processes[i].profile, live_on, NULL);

                assert_int_equal(fd_read_all(running.from, ready, sizeof ready, NULL), 0);
                assert_memory_equal(ready, "ready", sizeof ready);
                read_status(running.pid, &status);
                check_status(&status);
                assert_int_equal(kill(running.pid, SIGKILL), 0);
                jail_finish(running, &end);
        }
}

static const char *const spaces[] = { "net", "pid", "mnt", "ipc", "uts", "cgroup" };

/* Before it is confined, a child can still say which namespaces it was born in. */
static void tell_spaces(int out)
{
        for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
                char path[64];
                char name[64];

                snprintf(path, sizeof path, "/proc/self/ns/%s", spaces[i]);
                ssize_t n = readlink(path, name, sizeof name);

                dprintf(out, "%.*s\n", n < 0 ? 0 : (int)n, name);
        }
}

static void a_confined_process_shares_no_namespace(void **state)
{
        struct buf inside CLEANUP_BUF = { .n = 0 };
        int ends[2];

        (void)state;
        if (mode == SANDBOX_MINIMUM)
                skip();
        assert_int_equal(pipe(ends), 0);
        pid_t pid = sandbox_clone(&portal_profile, mode, 0, NULL);

        assert_true(pid >= 0);
        if (pid == 0) {
                tell_spaces(ends[1]);
                _exit(0);
        }
        close(ends[1]);
        assert_int_equal(fd_read_to_end(ends[0], 4096, &inside, NULL), 0);
        close(ends[0]);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        struct str rest = buf_str(&inside);

        for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
                struct str theirs = str_cut(&rest, '\n');
                char path[64];
                char ours[64];

                snprintf(path, sizeof path, "/proc/self/ns/%s", spaces[i]);
                ssize_t n = readlink(path, ours, sizeof ours);

                assert_true(n > 0);
                assert_true(str_starts(theirs, str_of(spaces[i])));
                assert_false(str_eq(theirs, str_make(ours, (size_t)n)));
        }
}

/* What it can do, from inside. */

static long call_mmap_code(void)
{
        return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                               MAP_FAILED ? -1 : 0;
}

static const struct forbidden {
        const char *name;
        long number;
        long args[5];
        bool parents_too;               /* not even the supervisor and the zygote may */
} forbidden[] = {
        { "ptrace", SYS_ptrace, { 0 }, true },
        { "process_vm_readv", SYS_process_vm_readv, { 1 }, true },
        { "process_vm_writev", SYS_process_vm_writev, { 1 }, true },
        { "bpf", SYS_bpf, { 0 }, true },
        { "io_uring_setup", SYS_io_uring_setup, { 1 }, true },
        { "keyctl", SYS_keyctl, { 0 }, true },
        { "userfaultfd", SYS_userfaultfd, { 0 }, true },
        { "perf_event_open", SYS_perf_event_open, { 0 }, true },
        { "open_by_handle_at", SYS_open_by_handle_at, { -1 }, true },
        { "init_module", SYS_init_module, { 0 }, true },
        { "kexec_load", SYS_kexec_load, { 0, 1000 }, true },
        { "reboot", SYS_reboot, { 0 }, true },
        { "swapon", SYS_swapon, { 0 }, true },
        { "settimeofday", SYS_settimeofday, { 0 }, true },
        { "setns", SYS_setns, { -1 }, true },
        { "shmget", SYS_shmget, { 0, 4096, 0600 }, true },
        { "truncate", SYS_truncate, { 0, 0 }, true },
        { "process_madvise", SYS_process_madvise, { -1 }, true },
        { "pidfd_getfd", SYS_pidfd_getfd, { -1 }, true },
        { "socket", SYS_socket, { AF_INET, SOCK_STREAM }, false },
        { "socketpair", SYS_socketpair, { AF_UNIX, SOCK_STREAM }, false },
        { "connect", SYS_connect, { -1 }, false },
        /* Not even the courier. */
        { "socket of Unix", SYS_socket, { AF_UNIX, SOCK_STREAM }, false },
        { "socket of netlink", SYS_socket, { AF_NETLINK, SOCK_RAW }, false },
        { "packet socket", SYS_socket, { AF_PACKET, SOCK_RAW }, false },
        { "raw socket", SYS_socket, { AF_INET, SOCK_RAW, IPPROTO_ICMP }, false },
        { "MPTCP socket", SYS_socket, { AF_INET, SOCK_STREAM, 262 }, false },
        { "sendto with an address", SYS_sendto, { -1, 0, 0, 0, 1 }, false },
        { "bind", SYS_bind, { -1 }, false },
        { "listen", SYS_listen, { -1 }, false },
        { "clone", SYS_clone, { SIGCHLD }, false },
        { "clone3", SYS_clone3, { 0 }, false },
        { "execve", SYS_execve, { 0 }, false },
        { "execveat", SYS_execveat, { -1 }, true },
        { "kill", SYS_kill, { 1, 0 }, false },
        { "mount", SYS_mount, { 0 }, false },
        { "umount2", SYS_umount2, { 0 }, false },
        { "pivot_root", SYS_pivot_root, { 0 }, false },
        { "chroot", SYS_chroot, { 0 }, true },
        { "chdir", SYS_chdir, { 0 }, false },
        { "unshare", SYS_unshare, { CLONE_NEWUSER }, false },
        { "setresuid", SYS_setresuid, { 0, 0, 0 }, false },
        { "setgroups", SYS_setgroups, { 0 }, false },
        { "capset", SYS_capset, { 0 }, false },
        { "prctl", SYS_prctl, { PR_SET_DUMPABLE, 1 }, false },
        { "seccomp", SYS_seccomp, { 2 }, false },
        { "personality", SYS_personality, { 0 }, false },
        { "memfd_create", SYS_memfd_create, { 0 }, false },
        { "open_tree", SYS_open_tree, { -1 }, true },
        { "inotify_init1", SYS_inotify_init1, { 0 }, true },
        { "mknodat", SYS_mknodat, { -1 }, true },
        { "linkat", SYS_linkat, { -1 }, false },
        { "symlinkat", SYS_symlinkat, { 0, -1 }, false },
        { "fchmodat", SYS_fchmodat, { -1 }, false },
        { "fchownat", SYS_fchownat, { -1 }, false },
#ifdef __x86_64__
        { "fork", SYS_fork, { 0 }, false },
        { "mknod", SYS_mknod, { 0 }, true },
        { "link", SYS_link, { 0 }, false },
        { "symlink", SYS_symlink, { 0 }, false },
        { "chmod", SYS_chmod, { 0 }, false },
        { "chown", SYS_chown, { 0 }, false },
#endif
        { "code", -1, { 0 }, true },
};

static void try_call(int out, const void *ctx)
{
        const struct forbidden *f = ctx;
        long r = f->number < 0 ? call_mmap_code()
                               : syscall(f->number, f->args[0], f->args[1], f->args[2], f->args[3],
                                         f->args[4]);

        dprintf(out, "%s returned %ld\n", f->name, r);
}

static bool may(size_t process, const struct forbidden *f)
{
        /* The supervisor executes the other programs, whose loaders map code under its filter; each
         * program takes that right from itself (CALLS_EXECUTE). */
        if (processes[process].profile->process == PEER_SUPERVISOR && strcmp(f->name, "code") == 0)
                return true;
        /* Its work; what else it must not do with them is in the rows beside these. */
        if (processes[process].profile->process == PEER_COURIER &&
            (strcmp(f->name, "socket") == 0 || strcmp(f->name, "connect") == 0))
                return true;
        return processes[process].parent && !f->parents_too;
}

static void what_a_process_must_not_call_ends_it(void **state)
{
        unsigned tried = 0, survived = 0;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(processes); i++)
                for (size_t k = 0; k < ARRAY_LEN(forbidden); k++) {
                        struct jail_end end;

                        if (may(i, &forbidden[k]))
                                continue;
                        jail_run(&jail, processes[i].profile, try_call, &forbidden[k], &end);
                        tried++;
                        if (jail_died_by_seccomp(&end) && end.n == 0)
                                continue;
                        survived++;
                        print_error("# the %s lived through %s: %s\n",
                                    peer_name(processes[i].profile->process), forbidden[k].name,
                                    end.text);
                }
        printf("# %u forbidden calls under %zu profiles\n", tried, ARRAY_LEN(processes));
        assert_int_equal(survived, 0);
}

static void tell_limits(int out, const void *ctx)
{
        static const __rlimit_resource_t which[] = { RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_DATA,
                                                     RLIMIT_NOFILE };

        (void)ctx;
        for (size_t i = 0; i < ARRAY_LEN(which); i++) {
                struct rlimit limit;

                if (getrlimit(which[i], &limit) == 0)
                        dprintf(out, "%llu/%llu ", (unsigned long long)limit.rlim_cur,
                                (unsigned long long)limit.rlim_max);
        }
}

static void limits_are_hard_and_those_of_the_profile(void **state)
{
        char expected[160];
        struct jail_end end;
        const struct profile_limits *l = &portal_profile.limits;
        unsigned long long memory = l->memory, files = l->files;

        (void)state;
        jail_run(&jail, &portal_profile, tell_limits, NULL, &end);
        snprintf(expected, sizeof expected, "0/0 0/0 %llu/%llu %llu/%llu ", memory, memory, files,
                 files);
        assert_string_equal(end.text, expected);
}

static void count_descriptors(int out, const void *ctx)
{
        int open_ones = 0;

        (void)ctx;
        for (int fd = 0; fd < 4096; fd++)
                open_ones += fcntl(fd, F_GETFD) >= 0;
        dprintf(out, "%d", open_ones);
}

static void a_confined_process_holds_only_its_own_descriptors(void **state)
{
        struct jail_end end;
        int spare = dup2(STDERR_FILENO, 200);

        (void)state;
        assert_int_equal(spare, 200);
        jail_run(&jail, &portal_profile, count_descriptors, NULL, &end);
        close(spare);
        /*
         * 0, 1, 2, the pipe, the socket; whether the test itself had a descriptor 3 is not known.
         */
        assert_true(strcmp(end.text, "5") == 0 || strcmp(end.text, "6") == 0);
}

static void follow_link(int out, const void *ctx)
{
        char bytes[16];
        int fd = open("escape", O_RDONLY | O_CLOEXEC);

        (void)ctx;
        dprintf(out, "%s", fd >= 0 && read(fd, bytes, sizeof bytes) > 0 ? "read" : "refused");
}

static void a_symbolic_link_left_in_the_folder_leads_nowhere(void **state)
{
        char target[2 * JAIL_PATH_MAX], link[2 * JAIL_PATH_MAX];
        struct jail_end end;

        (void)state;
        snprintf(target, sizeof target, "%s/portal.db", jail.canary);
        snprintf(link, sizeof link, "%s/escape", jail.own);
        assert_int_equal(symlink(target, link), 0);
        jail_run_free(&jail, follow_link, NULL, &end);
        assert_string_equal(end.text, "read");          /* the link is real */
        jail_run(&jail, &portal_profile, follow_link, NULL, &end);
        assert_string_equal(end.text, "refused");
}

/* Debian 12's kernel: Landlock alone lets a path be truncated, which is why the filter must not. */

struct truncation {
        int abi;
        const char *path;
        bool filtered;
};

static void truncate_under_landlock(int out, const void *ctx)
{
        const struct truncation *t = ctx;
        const struct profile_path own = { ".", PATH_READ | PATH_WRITE };

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
            landlock_restrict(t->abi, &own, 1, false, NULL) < 0)
                dprintf(out, "not restricted");
        else
                dprintf(out, "%s", truncate(t->path, 1) == 0 ? "truncated" : "refused");
}

static void truncate_by_path(int out, const void *ctx)
{
        const struct truncation *t = ctx;

        dprintf(out, "%s", truncate(t->path, 1) == 0 ? "truncated" : "refused");
}

static void the_filter_stops_truncation_where_landlock_is_too_old_to(void **state)
{
        char path[2 * JAIL_PATH_MAX];
        struct jail_end end;

        (void)state;
        snprintf(path, sizeof path, "%s/file", jail.open);
        int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);

        assert_true(fd >= 0 && write(fd, "four", 4) == 4);
        close(fd);
        struct truncation old = { 2, path, false }, new = { 3, path, false };

        jail_run_free(&jail, truncate_under_landlock, &old, &end);
        assert_string_equal(end.text, "truncated");
        jail_run_free(&jail, truncate_under_landlock, &new, &end);
        assert_string_equal(end.text, "refused");
        jail_run(&jail, &portal_profile, truncate_by_path, &old, &end);
        assert_true(jail_died_by_seccomp(&end));
}

/* A program that is executed makes its own walls, even when its parent already has some. */

static const struct profile starter_profile = {
        .process = PEER_SUPERVISOR,
        .layers = LAYERS_PARENT,
        .root = ROOT_KEEP,
        .calls = CALLS_BASE CALLS_LOOP CALLS_CHANNEL CALLS_CONFINE CALLS_SPAWN CALLS_EXECUTE
                 CALLS_READ_FILES CALLS_WRITE_FILES "getppid statx ",
        .children = { &edge_profile },
        .capabilities = CAPS_PARENT,
        .limits = { .memory = 1 * GIB, .files = 65536, .file_size = 1 * MIB, .processes = 65536 },
};

static int executed_edge(char **argv)
{
        uint64_t how = 0, fd = 0;

        if (str_to_u64(str_of(argv[2]), SANDBOX_OFF, &how, NULL) < 0 ||
            str_to_u64(str_of(argv[3]), 1024, &fd, NULL) < 0)
                return 1;
        int out = (int)fd;
        const struct sandbox_place place = {
                .mode = (enum sandbox_mode)how, .uid = 20001, .gid = 20001, .fds = &out, .nfds = 1,
        };
        struct sandbox_layers layers;
        struct err err = { .code = 0 };
        int r = sandbox_enter(&edge_profile, &place, NULL, &layers, &err);

        dprintf(out, "%s", r == 0 ? "entered" : err.text);
        syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
        dprintf(out, " and has a socket");
        return 0;
}

static void start_edge(int out, const void *ctx)
{
        char number[16], fd[16], program[] = "/proc/self/exe", word[] = "--edge";
        char *args[] = { program, word, number, fd, NULL };
        char *env[] = { NULL };

        (void)ctx;
        snprintf(number, sizeof number, "%d", (int)mode);
        snprintf(fd, sizeof fd, "%d", out);
        pid_t pid = sandbox_clone(&edge_profile, mode, SANDBOX_WILL_EXEC, NULL);

        if (pid == 0) {
                execve(program, args, env);
                dprintf(out, "not executed");
                _exit(1);
        }
        int status = 0;

        if (pid < 0 || waitpid(pid, &status, 0) != pid)
                dprintf(out, "not started");
        else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
                dprintf(out, ", ended by the filter");
}

static void a_program_started_by_a_confined_parent_confines_itself(void **state)
{
        struct jail_end end;

        (void)state;
        jail_run(&jail, &starter_profile, start_edge, NULL, &end);
        assert_string_equal(end.text, "entered, ended by the filter");
}

/* Cost: target 1.5 ms. The fastest of the runs is judged, for a loaded machine says nothing. */

static int by_size(const void *a, const void *b)
{
        uint64_t x = *(const uint64_t *)a;
        uint64_t y = *(const uint64_t *)b;

        return (x > y) - (x < y);
}

static void confined_at(int out, const struct sandbox_filter *filter)
{
        const struct sandbox_place place = { .mode = mode, .folder = jail.own, .uid = jail.uid,
                                             .gid = jail.uid, .fds = &out, .nfds = 1 };

        if (sandbox_enter(&portal_profile, &place, filter, NULL, NULL) < 0)
                _exit(1);
        uint64_t now = clock_us();
        ssize_t n = write(out, &now, sizeof now);

        _exit(n == (ssize_t)sizeof now ? 0 : 1);
}

static void a_filter_compiled_once_confines_one_portal_after_another(void **state)
{
        enum { RUNS = 30 };
        struct sandbox_filter *filter;
        uint64_t cost[RUNS];

        (void)state;
        assert_int_equal(sandbox_filter_new(&portal_profile, &filter, NULL), 0);
        for (size_t i = 0; i < RUNS; i++) {
                int ends[2];
                uint64_t done;

                assert_int_equal(pipe(ends), 0);
                uint64_t began = clock_us();
                pid_t pid = sandbox_clone(&portal_profile, mode, 0, NULL);

                assert_true(pid >= 0);
                if (pid == 0)
                        confined_at(ends[1], filter);
                close(ends[1]);
                assert_int_equal(fd_read_all(ends[0], &done, sizeof done, NULL), 0);
                cost[i] = done - began;
                close(ends[0]);
                assert_int_equal(waitpid(pid, NULL, 0), pid);
        }
        sandbox_filter_free(&filter);
        qsort(cost, RUNS, sizeof cost[0], by_size);
        printf("# microseconds to confine a portal: fastest %llu, median %llu, slowest %llu\n",
               (unsigned long long)cost[0], (unsigned long long)cost[RUNS / 2],
               (unsigned long long)cost[RUNS - 1]);
        /* The figure is for the reader of the log; a loaded machine must not fail a test. */
        assert_true(cost[0] > 0);
}

static int make(void **state)
{
        (void)state;
        jail_make(&jail, mode);
        return 0;
}

static int remove_all(void **state)
{
        (void)state;
        jail_remove(&jail);
        return 0;
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_confined_process_is_nobody_with_no_privileges),
                cmocka_unit_test(a_confined_process_shares_no_namespace),
                cmocka_unit_test(what_a_process_must_not_call_ends_it),
                cmocka_unit_test(limits_are_hard_and_those_of_the_profile),
                cmocka_unit_test(a_confined_process_holds_only_its_own_descriptors),
                cmocka_unit_test(a_symbolic_link_left_in_the_folder_leads_nowhere),
                cmocka_unit_test(the_filter_stops_truncation_where_landlock_is_too_old_to),
                cmocka_unit_test(a_program_started_by_a_confined_parent_confines_itself),
                cmocka_unit_test(a_filter_compiled_once_confines_one_portal_after_another),
        };

        if (argc == 4 && strcmp(argv[1], "--edge") == 0)
                return executed_edge(argv);
        mode = jail_begin(argc, argv);
        return cmocka_run_group_tests(tests, make, remove_all);
}
