/*
 * limits.c -- taking more than its share. The amounts are bounded: a breach costs nothing that
 * lasts.
 */
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attr.h"
#include "action.h"

/* Above what a portal's profile allows. */
#define TOO_MUCH_MEMORY (2 * GIB)
#define TOO_MUCH_LOCKED (4 * MIB)
#define TOO_LARGE_FILE (65 * GIB)
enum { TOO_MANY_FILES = 4200 };

static int much_memory(const struct probe_targets *t)
{
        (void)t;
        /* Not touched: the promise alone counts. */
        void *p = mmap(NULL, TOO_MUCH_MEMORY, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        return p == MAP_FAILED ? -errno : 0;
}

static int much_shared_memory(const struct probe_targets *t)
{
        (void)t;
        void *p = mmap(NULL, TOO_MUCH_MEMORY, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        return p == MAP_FAILED ? -errno : 0;
}

static int much_locked_memory(const struct probe_targets *t)
{
        (void)t;
        void *p = mmap(NULL, TOO_MUCH_LOCKED, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return p == MAP_FAILED ? -errno : told(mlock(p, TOO_MUCH_LOCKED));
}

static int lock_everything(const struct probe_targets *t)
{
        (void)t;
        return told(mlockall(MCL_CURRENT));
}

static int many_files(const struct probe_targets *t)
{
        (void)t;
        for (int i = 0; i < TOO_MANY_FILES; i++)
                if (open("portal.db", O_RDONLY | O_CLOEXEC) < 0)
                        return -errno;
        return 0;
}

static int large_file(const struct probe_targets *t)
{
        (void)t;
        int fd = open("probe.large", O_CREAT | O_RDWR | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;
        int r = told(pwrite(fd, "x", 1, (off_t)TOO_LARGE_FILE));       /* a hole and one byte */

        unlink("probe.large");
        close(fd);
        return r;
}

static int raise_limit(const struct probe_targets *t)
{
        struct rlimit limit;

        (void)t;
        if (getrlimit(RLIMIT_STACK, &limit) < 0)
                return -errno;
        limit.rlim_max = RLIM_INFINITY;
        return told(setrlimit(RLIMIT_STACK, &limit));
}

static int dump_core(const struct probe_targets *t)
{
        struct rlimit limit = { 4096, 4096 };

        (void)t;
        return told(setrlimit(RLIMIT_CORE, &limit));
}

static int be_first(const struct probe_targets *t)
{
        (void)t;
        return told(setpriority(PRIO_PROCESS, 0, -10));
}

static int be_real_time(const struct probe_targets *t)
{
        struct sched_param param = { .sched_priority = 1 };

        (void)t;
        return told(sched_setscheduler(0, SCHED_RR, &param));
}

static int choose_processor(const struct probe_targets *t)
{
        cpu_set_t set;

        (void)t;
        CPU_ZERO(&set);
        CPU_SET(0, &set);
        return told(sched_setaffinity(0, sizeof set, &set));
}

static int disk_first(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
                            IOPRIO_PRIO_VALUE(IOPRIO_CLASS_RT, 0)));
}

static const struct action list[] = {
        { "map 2 GiB of memory", much_memory, false },
        { "map 2 GiB of shared memory", much_shared_memory, false },
        { "lock 4 MiB of memory", much_locked_memory, false },
        { "lock all its memory", lock_everything, false },
        { "open 4,200 files", many_files, false },
        { "write a file beyond 64 GiB", large_file, false },
        { "raise a limit", raise_limit, false },
        { "ask for core dumps", dump_core, false },
        { "run before all others (setpriority)", be_first, false },
        { "run in real time", be_real_time, false },
        { "choose its processor", choose_processor, false },
        { "use the disk before all others (ioprio)", disk_first, false },
};

const struct action_group limits_actions = { "limits", list, ARRAY_LEN(list) };
