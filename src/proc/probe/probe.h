/*
 * probe.h -- a hostile portal: every action here must be impossible inside a portal's walls.
 *
 * The zygote forks one process per action under the portal's own, real profile and lets it try.
 * Most are ended by seccomp (SIGSYS), so a process tries one action and the parent judges: no line
 * and SIGSYS is a refusal, a line says what happened. Two actions are controls that must succeed,
 * so that a probe that cannot do anything at all is not mistaken for a safe one.
 *
 * Unconfined, the actions are real but do no damage: signals are number 0, privileged calls carry
 * arguments that fail behind the permission check, what is created is removed again.
 *
 * Trust:  runs as the enemy; a line it wrote is held against its process's end (probe_judge).
 * Owns:   nothing.
 * Linked by the zygote and the jail tests. Needs libc only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"

/*
 * What to attack. NULL, 0 or -1: there is none, and the actions against it are refused as absent.
 */
struct probe_targets {
        const char *canary_folder;      /* absolute path of another portal's container */
        pid_t canary_pid;               /* a process of that portal */
        const char *open_folder;        /* absolute path outside; anybody may write there */
        const char *host_name;          /* the machine's */
        int socket;                     /* a socket this process has been given */
};

enum probe_outcome {
        PROBE_REFUSED = 1,      /* the kernel said no; detail has its reason */
        PROBE_KILLED = 2,       /* the kernel ended the process (seccomp) */
        PROBE_SUCCEEDED = 3,    /* the action worked: a breach, except for the controls */
        PROBE_BROKEN = 4,       /* no verdict: the process ended in another way */
};

enum { PROBE_LINE_MAX = 160 };

struct probe_result {
        enum probe_outcome outcome;
        bool good;              /* as it must be: hostile ones did not succeed, controls did */
        char detail[PROBE_LINE_MAX];
};

unsigned probe_count(void);
const char *probe_describe(unsigned index);     /* "open a TCP socket"; NULL past the end */
const char *probe_group(unsigned index);        /* "files", "sockets" ... */
bool probe_is_control(unsigned index);

/*
 * Try one action in the calling process, which may not survive it. Returns 0 if it succeeded, or
 * the negative errno with which it was refused.
 */
NODISCARD int probe_try(unsigned index, const struct probe_targets *targets);

/*
 * Try one action, write one line ("SUCCEEDED" or "REFUSED why") to fd with write(2), and exit. fd
 * is not close-on-exec, so that a program that could be executed can write the line itself.
 */
NORETURN void probe_main(int fd, unsigned index, const struct probe_targets *targets);

/*
 * The verdict from the process's end (as waitpid gives it) and what it wrote (n bytes, may be 0).
 */
void probe_judge(unsigned index, int status, const char *line, size_t n, struct probe_result *out);
