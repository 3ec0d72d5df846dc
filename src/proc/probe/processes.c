/*
 * processes.c -- reaching for other processes, and for new ones.
 *
 * Signals are number 0: the kernel checks everything and delivers nothing.
 */
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "action.h"

/* At the same address in every fork of the program that has it. */
static char mark[8] = "canary";

static int on_canary(const struct probe_targets *t, long r)
{
        return t->canary_pid <= 0 ? -ESRCH : told(r);
}

static int signal_canary(const struct probe_targets *t)
{
        return on_canary(t, kill(t->canary_pid, 0));
}

static int signal_thread(const struct probe_targets *t)
{
        return on_canary(t, syscall(SYS_tgkill, t->canary_pid, t->canary_pid, 0));
}

static int signal_thread_alone(const struct probe_targets *t)
{
        return on_canary(t, syscall(SYS_tkill, t->canary_pid, 0));
}

static int signal_queue(const struct probe_targets *t)
{
        siginfo_t info = { .si_code = SI_QUEUE };

        return on_canary(t, syscall(SYS_rt_sigqueueinfo, t->canary_pid, 0, &info));
}

/* In a process namespace, process 1 is the caller: reaching oneself is no breach. */
static int signal_init(const struct probe_targets *t)
{
        (void)t;
        int r = told(kill(1, 0));

        return r == 0 && getpid() == 1 ? -ESRCH : r;
}

static int signal_all(const struct probe_targets *t)
{
        (void)t;
        return told(kill(-1, 0));
}

static int hold_canary(const struct probe_targets *t)
{
        return on_canary(t, syscall(SYS_pidfd_open, t->canary_pid, 0));
}

/* Each is called with no descriptor first, for the filter to see it and not pidfd_open(2). */
static int signal_held(const struct probe_targets *t)
{
        if (syscall(SYS_pidfd_send_signal, -1, 0, NULL, 0) < 0 && errno == ENOSYS)
                return -ENOSYS;
        int fd = (int)syscall(SYS_pidfd_open, t->canary_pid, 0);

        return fd < 0 ? -errno : told(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
}

static int steal_descriptor(const struct probe_targets *t)
{
        if (syscall(SYS_pidfd_getfd, -1, 0, 0) < 0 && errno == ENOSYS)
                return -ENOSYS;
        int fd = (int)syscall(SYS_pidfd_open, t->canary_pid, 0);

        return fd < 0 ? -errno : told(syscall(SYS_pidfd_getfd, fd, STDERR_FILENO, 0));
}

static int trace_canary(const struct probe_targets *t)
{
        if (ptrace(PTRACE_ATTACH, t->canary_pid, 0, 0) < 0)
                return -errno;
        waitpid(t->canary_pid, NULL, __WALL);
        ptrace(PTRACE_DETACH, t->canary_pid, 0, 0);
        return 0;
}

static int seize_canary(const struct probe_targets *t)
{
        return on_canary(t, ptrace(PTRACE_SEIZE, t->canary_pid, 0, 0));
}

static int be_traced(const struct probe_targets *t)
{
        (void)t;
        return told(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

static int read_memory(const struct probe_targets *t)
{
        char bytes[sizeof mark];
        struct iovec to = { bytes, sizeof bytes };
        struct iovec from = { mark, sizeof mark };

        return on_canary(t, process_vm_readv(t->canary_pid, &to, 1, &from, 1, 0));
}

static int write_memory(const struct probe_targets *t)
{
        struct iovec both = { mark, sizeof mark };      /* the bytes that are there already */

        return on_canary(t, process_vm_writev(t->canary_pid, &both, 1, &both, 1, 0));
}

static int compare_canary(const struct probe_targets *t)
{
        return on_canary(t, syscall(SYS_kcmp, getpid(), t->canary_pid, KCMP_FILES, 0, 0));
}

static int limits_of_canary(const struct probe_targets *t)
{
        struct rlimit limit;

        return on_canary(t, prlimit(t->canary_pid, RLIMIT_NOFILE, NULL, &limit));
}

static int processors_of_canary(const struct probe_targets *t)
{
        cpu_set_t set;

        if (sched_getaffinity(t->canary_pid, sizeof set, &set) < 0)
                return -errno;
        return on_canary(t, sched_setaffinity(t->canary_pid, sizeof set, &set));
}

static int new_process(const struct probe_targets *t)
{
        (void)t;
        /* The C library's fork(2) is clone(2). */
        pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

        if (pid == 0)
                _exit(0);
        if (pid < 0)
                return -errno;
        waitpid(pid, NULL, 0);
        return 0;
}

static int new_process_fork(const struct probe_targets *t)
{
        (void)t;
#ifdef SYS_fork
        pid_t pid = (pid_t)syscall(SYS_fork);

        if (pid == 0)
                _exit(0);
        if (pid < 0)
                return -errno;
        waitpid(pid, NULL, 0);
        return 0;
#else
        return -ENOSYS;
#endif
}

static int new_process_clone3(const struct probe_targets *t)
{
        struct clone_args args = { .exit_signal = SIGCHLD };

        (void)t;
        pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);

        if (pid == 0)
                _exit(0);
        if (pid < 0)
                return -errno;
        waitpid(pid, NULL, 0);
        return 0;
}

static int new_process_namespace(const struct probe_targets *t)
{
        (void)t;
        pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

        if (pid == 0)
                _exit(0);
        if (pid < 0)
                return -errno;
        waitpid(pid, NULL, 0);
        return 0;
}

static void *nothing(void *arg)
{
        return arg;
}

static int new_thread(const struct probe_targets *t)
{
        pthread_t thread;

        (void)t;
        int r = pthread_create(&thread, NULL, nothing, NULL);

        if (r != 0)
                return -r;
        pthread_join(thread, NULL);
        return 0;
}

/* The program writes the line itself: after a success there is nobody else left to do it. */
static int run_program(int shell)
{
        char command[64];
        char name[] = "sh", flag[] = "-c";
        char *args[] = { name, flag, command, NULL };
        char *env[] = { NULL };

        snprintf(command, sizeof command, "printf SUCCEEDED >&%d", action_result_fd());
        if (shell < 0)
                execve("/bin/sh", args, env);
        else
                syscall(SYS_execveat, shell, "", args, env, AT_EMPTY_PATH);
        return -errno;
}

static int execute(const struct probe_targets *t)
{
        (void)t;
        return run_program(-1);
}

static int execute_descriptor(const struct probe_targets *t)
{
        (void)t;
        /* With no program the call is made all the same, for the filter to see. */
        int fd = open("/bin/sh", O_RDONLY | O_CLOEXEC);

        return run_program(fd < 0 ? STDIN_FILENO : fd);
}

static const struct action list[] = {
        { "signal the other portal's process", signal_canary, false },
        { "signal a thread of the other portal (tgkill)", signal_thread, false },
        { "signal a thread of the other portal (tkill)", signal_thread_alone, false },
        { "queue a signal to the other portal's process", signal_queue, false },
        { "signal process 1", signal_init, false },
        { "signal every process", signal_all, false },
        { "take hold of the other portal's process (pidfd_open)", hold_canary, false },
        { "signal a process it holds (pidfd_send_signal)", signal_held, false },
        { "steal a descriptor (pidfd_getfd)", steal_descriptor, false },
        { "trace the other portal's process (ptrace attach)", trace_canary, false },
        { "trace the other portal's process (ptrace seize)", seize_canary, false },
        { "ask to be traced", be_traced, false },
        { "read the other portal's memory (process_vm_readv)", read_memory, false },
        { "write the other portal's memory (process_vm_writev)", write_memory, false },
        { "compare itself with the other portal's process (kcmp)", compare_canary, false },
        { "read the limits of the other portal's process", limits_of_canary, false },
        { "move the other portal's process to other processors", processors_of_canary, false },
        { "make a process (clone)", new_process, false },
        { "make a process (fork)", new_process_fork, false },
        { "make a process (clone3)", new_process_clone3, false },
        { "make a process in a user namespace", new_process_namespace, false },
        { "make a thread", new_thread, false },
        { "execute a program", execute, false },
        { "execute an open file (execveat)", execute_descriptor, false },
};

const struct action_group processes_actions = { "processes", list, ARRAY_LEN(list) };
