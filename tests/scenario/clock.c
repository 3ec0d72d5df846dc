/*
 * clock.c -- a clock that a test sets: preloaded into a host, it adds to what the machine's clocks say.
 *
 * Two numbers of seconds lie in the file that CARREL_TEST_CLOCK names: what is added to the time of day, and what
 * is added to the clocks that count from the machine's start. Every process of the host maps that file when it
 * begins, before it is confined, and those forked later have the mapping, so that a running host sees the clock
 * jump. Used by clock.py only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { DAY_TIME, SINCE_START, CLOCKS };

static const volatile int64_t *added;
static int (*real_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void)
{
        const char *path = getenv("CARREL_TEST_CLOCK");
        int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;

        real_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
        if (fd < 0)
                return;
        void *map = mmap(NULL, CLOCKS * sizeof *added, PROT_READ, MAP_SHARED, fd, 0);

        close(fd);
        added = map != MAP_FAILED ? map : NULL;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
        if (real_clock == NULL)
                begin();
        int r = real_clock(id, t);

        if (r != 0 || added == NULL)
                return r;
        if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
                t->tv_sec += added[DAY_TIME];
        else if (id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE || id == CLOCK_BOOTTIME)
                t->tv_sec += added[SINCE_START];
        return 0;
}

time_t time(time_t *out)
{
        struct timespec t = { 0 };

        clock_gettime(CLOCK_REALTIME, &t);
        if (out != NULL)
                *out = t.tv_sec;
        return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
        struct timespec t = { 0 };

        (void)zone;
        clock_gettime(CLOCK_REALTIME, &t);
        *out = (struct timeval){ .tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000 };
        return 0;
}
