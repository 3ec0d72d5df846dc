/*
 * limits.c -- flags and resource limits of a confined process, and the descriptors it keeps.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/steps.h"

/*
 * RLIMIT_DATA counts what a process can make its own; RLIMIT_AS also counts library text, the maps
 * of SQLite's index file and thread stacks, so it gets room for them. It is there for shared
 * anonymous memory, which RLIMIT_DATA does not see.
 */
#define ADDRESS_ROOM (256 * MIB)
#define STACK_BYTES (8 * MIB)

enum { FD_FIRST_OTHER = 3, FDS_ALL_MAX = 2 * PROFILE_FDS_MAX };

static int lower(__rlimit_resource_t resource, const char *name, uint64_t value, struct err *err)
{
        struct rlimit limit;

        if (getrlimit(resource, &limit) < 0)
                return err_errno(err, "read the limit %s", name);
        if (limit.rlim_max > value)
                limit.rlim_max = value;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(resource, &limit) < 0)
                return err_errno(err, "set the limit %s", name);
        return 0;
}

int step_limits(const struct profile *profile, const struct sandbox_place *place, char *detail,
                size_t n, struct err *err)
{
        const struct profile_limits *want = &profile->limits;
        uint64_t file_size = want->file_size;

        if (place->file_size != 0 && place->file_size < file_size)
                file_size = place->file_size;
        const struct {
                __rlimit_resource_t resource;
                const char *name;
                uint64_t value;
        } limits[] = {
                { RLIMIT_DATA, "DATA", want->memory },
                { RLIMIT_AS, "AS", want->memory + ADDRESS_ROOM },
                { RLIMIT_NOFILE, "NOFILE", want->files },
                { RLIMIT_FSIZE, "FSIZE", file_size },
                { RLIMIT_NPROC, "NPROC", want->processes },
                { RLIMIT_MEMLOCK, "MEMLOCK", want->locked },
                { RLIMIT_STACK, "STACK", STACK_BYTES },
                { RLIMIT_CORE, "CORE", 0 },
                { RLIMIT_MSGQUEUE, "MSGQUEUE", 0 },
                { RLIMIT_NICE, "NICE", 0 },
                { RLIMIT_RTPRIO, "RTPRIO", 0 },
        };

        for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
                int r = lower(limits[i].resource, limits[i].name, limits[i].value, err);

                if (r < 0)
                        return r;
        }
        /* EACCES: a host that was itself started further back may not come forward, and need not. */
        if (want->nice > 0 && setpriority(PRIO_PROCESS, 0, want->nice) < 0 && errno != EACCES)
                return err_errno(err, "stand back at the processor");
        snprintf(detail, n, "%llu MiB memory, %llu descriptors",
                 (unsigned long long)(want->memory / MIB), (unsigned long long)want->files);
        return 0;
}

static int by_number(const void *a, const void *b)
{
        int x = *(const int *)a;
        int y = *(const int *)b;

        return (x > y) - (x < y);
}

static int close_between(unsigned first, unsigned last, struct err *err)
{
        if (first > last)
                return 0;
        if (syscall(SYS_close_range, first, last, 0u) < 0)
                return err_errno(err, "close the descriptors it may not have");
        return 0;
}

int step_descriptors(const struct profile *profile, const struct sandbox_place *place,
                     struct err *err)
{
        int keep[FDS_ALL_MAX];
        size_t n = 0;
        unsigned next = FD_FIRST_OTHER;

        if (place->nfds > PROFILE_FDS_MAX)
                return err_set(err, ERR_LIMIT, "at most %d descriptors can stay open",
                               PROFILE_FDS_MAX);
        for (size_t i = 0; i < PROFILE_FDS_MAX && profile->fds[i] != 0; i++)
                keep[n++] = profile->fds[i];
        for (size_t i = 0; i < place->nfds; i++)
                keep[n++] = place->fds[i];
        qsort(keep, n, sizeof keep[0], by_number);
        for (size_t i = 0; i < n; i++) {
                if (keep[i] < (int)next)
                        continue;       /* a standard one, or named twice */
                int r = close_between(next, (unsigned)keep[i] - 1, err);

                if (r < 0)
                        return r;
                next = (unsigned)keep[i] + 1;
        }
        return close_between(next, ~0u, err);
}

/* A personality that maps readable pages executable would undo the filter's rule on mmap(2). */
static int plain_personality(struct err *err)
{
        int now = personality(0xffffffff);

        if (now < 0)
                return err_errno(err, "read the personality");
        if ((now & READ_IMPLIES_EXEC) == 0)
                return 0;
        if (personality((unsigned long)now & ~(unsigned long)READ_IMPLIES_EXEC) < 0)
                return err_errno(err, "make readable memory not executable");
        return 0;
}

int step_flags(const struct profile *profile, const struct sandbox_place *place, struct err *err)
{
        int r = step_descriptors(profile, place, err);

        if (r == 0)
                r = plain_personality(err);
        if (r < 0)
                return r;
        if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
                return err_errno(err, "ignore SIGPIPE and SIGXFSZ");
        if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
                return err_errno(err, "close the process to debuggers");
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return err_errno(err, "no new privileges");
        return 0;
}
