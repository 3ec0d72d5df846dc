/*
 * loop.c -- epoll and a heap of deadlines.
 */
#include "loop/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/xalloc.h"

enum { EVENTS_PER_ROUND = 128 };

struct loop {
        int epoll;
        bool stopped;
        uint64_t now;
        struct loop_timer **heap;       /* heap[0] fires first */
        size_t ntimers;
        size_t heap_cap;
        int nevents;
        struct epoll_event events[EVENTS_PER_ROUND];
};

int loop_new(struct loop **out, struct err *err)
{
        int fd = epoll_create1(EPOLL_CLOEXEC);

        if (fd < 0)
                return err_errno(err, "create an epoll descriptor");
        struct loop *loop = xalloc(sizeof *loop);

        loop->epoll = fd;
        loop->now = clock_ms();
        *out = loop;
        return 0;
}

void loop_free(struct loop **loop)
{
        if (*loop == NULL)
                return;
        close((*loop)->epoll);
        free((*loop)->heap);
        free(*loop);
        *loop = NULL;
}

static uint32_t epoll_bits(unsigned events)
{
        return (events & LOOP_READ ? (uint32_t)(EPOLLIN | EPOLLRDHUP) : 0u) |
               (events & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0u) |
               (events & LOOP_EDGE ? (uint32_t)EPOLLET : 0u);
}

static unsigned loop_bits(uint32_t bits)
{
        return (bits & (EPOLLIN | EPOLLRDHUP) ? (unsigned)LOOP_READ : 0u) |
               (bits & EPOLLOUT ? (unsigned)LOOP_WRITE : 0u) |
               (bits & (EPOLLHUP | EPOLLERR) ? (unsigned)LOOP_HANGUP : 0u);
}

int loop_watch(struct loop *loop, struct loop_watch *watch, int fd, unsigned events,
               loop_ready_fn *ready, void *ctx, struct err *err)
{
        struct epoll_event ev = { .events = epoll_bits(events), .data.ptr = watch };

        check(watch->loop == NULL);
        if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
                return err_errno(err, "watch descriptor %d", fd);
        *watch = (struct loop_watch){
                .loop = loop, .fd = fd, .events = events, .ready = ready, .ctx = ctx,
        };
        return 0;
}

void loop_rewatch(struct loop_watch *watch, unsigned events)
{
        struct epoll_event ev = { .events = epoll_bits(events), .data.ptr = watch };

        if (watch->loop == NULL || watch->events == events)
                return;
        check(epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &ev) == 0);
        watch->events = events;
}

void loop_unwatch(struct loop_watch *watch)
{
        struct loop *loop = watch->loop;

        if (loop == NULL)
                return;
        epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
        if (watch->pending > 0 && watch->pending <= loop->nevents)
                loop->events[watch->pending - 1].data.ptr = NULL;
        watch->pending = 0;
        watch->loop = NULL;
}

static void heap_put(struct loop *loop, size_t slot, struct loop_timer *timer)
{
        loop->heap[slot] = timer;
        timer->slot = slot;
}

/* Restore the heap's order around slot after its timer changed. */
static void heap_fix(struct loop *loop, size_t slot)
{
        struct loop_timer *timer = loop->heap[slot];

        while (slot > 0 && loop->heap[(slot - 1) / 2]->at > timer->at) {
                heap_put(loop, slot, loop->heap[(slot - 1) / 2]);
                slot = (slot - 1) / 2;
        }
        for (;;) {
                size_t child = 2 * slot + 1;

                if (child + 1 < loop->ntimers && loop->heap[child + 1]->at < loop->heap[child]->at)
                        child++;
                if (child >= loop->ntimers || loop->heap[child]->at >= timer->at)
                        break;
                heap_put(loop, slot, loop->heap[child]);
                slot = child;
        }
        heap_put(loop, slot, timer);
}

void loop_set_timer(struct loop *loop, struct loop_timer *timer, uint64_t ms, loop_timer_fn *fire,
                    void *ctx)
{
        timer->at = clock_ms() + ms;
        timer->fire = fire;
        timer->ctx = ctx;
        if (timer->loop == NULL) {
                if (loop->ntimers == loop->heap_cap) {
                        loop->heap_cap = loop->heap_cap > 0 ? loop->heap_cap * 2 : 16;
                        loop->heap = xrealloc(loop->heap, loop->heap_cap, sizeof(struct loop_timer *));
                }
                timer->loop = loop;
                timer->slot = loop->ntimers++;
                loop->heap[timer->slot] = timer;
        }
        heap_fix(loop, timer->slot);
}

void loop_cancel_timer(struct loop_timer *timer)
{
        struct loop *loop = timer->loop;

        if (loop == NULL)
                return;
        size_t slot = timer->slot;

        timer->loop = NULL;
        loop->ntimers--;
        if (slot == loop->ntimers)
                return;
        heap_put(loop, slot, loop->heap[loop->ntimers]);
        heap_fix(loop, slot);
}

static void fire_timers(struct loop *loop)
{
        while (loop->ntimers > 0 && loop->heap[0]->at <= loop->now) {
                struct loop_timer *timer = loop->heap[0];

                loop_cancel_timer(timer);
                timer->fire(timer->ctx);
        }
}

static int wait_ms(const struct loop *loop, int max_ms)
{
        if (loop->ntimers == 0)
                return max_ms;
        uint64_t now = clock_ms();
        uint64_t left = loop->heap[0]->at > now ? loop->heap[0]->at - now : 0;

        if (left > INT32_MAX)
                left = INT32_MAX;
        return max_ms >= 0 && (uint64_t)max_ms < left ? max_ms : (int)left;
}

int loop_once(struct loop *loop, int max_ms, struct err *err)
{
        int n = epoll_wait(loop->epoll, loop->events, EVENTS_PER_ROUND, wait_ms(loop, max_ms));

        if (n < 0 && errno != EINTR)
                return err_errno(err, "wait for events");
        loop->now = clock_ms();
        loop->nevents = n > 0 ? n : 0;
        for (int i = 0; i < loop->nevents; i++)
                ((struct loop_watch *)loop->events[i].data.ptr)->pending = i + 1;
        for (int i = 0; i < loop->nevents; i++) {
                struct loop_watch *watch = loop->events[i].data.ptr;

                if (watch == NULL)
                        continue;
                watch->pending = 0;
                watch->ready(watch->ctx, loop_bits(loop->events[i].events));
        }
        loop->nevents = 0;
        fire_timers(loop);
        return 0;
}

int loop_run(struct loop *loop, struct err *err)
{
        loop->stopped = false;
        while (!loop->stopped) {
                int r = loop_once(loop, -1, err);

                if (r < 0)
                        return r;
        }
        return 0;
}

void loop_stop(struct loop *loop)
{
        loop->stopped = true;
}

uint64_t loop_now(const struct loop *loop)
{
        return loop->now;
}
