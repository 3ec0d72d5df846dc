/*
 * loop.h -- one thread that waits for descriptors and deadlines, and calls whoever asked.
 *
 * Owns:   its epoll descriptor and its timers; never the watched descriptors.
 * Linked by every process that serves. Needs libc only.
 *
 * A callback may remove any watch or timer, its own included: events of the same round that belong to
 * a removed watch are dropped, so no stale pointer is ever called.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct loop;

enum loop_events {
        LOOP_READ = 1,
        LOOP_WRITE = 2,
        LOOP_HANGUP = 4,        /* reported whether asked for or not */
        LOOP_EDGE = 8,          /* asked for: report a change once, not a state again and again */
};

typedef void loop_ready_fn(void *ctx, unsigned events);
typedef void loop_timer_fn(void *ctx);

/* Embed one in whatever owns the descriptor; zero it first. */
struct loop_watch {
        struct loop *loop;      /* NULL: not watched */
        int fd;
        unsigned events;
        loop_ready_fn *ready;
        void *ctx;
        int pending;            /* index + 1 in this round's events, or 0 */
};

struct loop_timer {
        struct loop *loop;      /* NULL: not running */
        uint64_t at;            /* clock_ms() */
        size_t slot;            /* place in the heap */
        loop_timer_fn *fire;
        void *ctx;
};

NODISCARD int loop_new(struct loop **out, struct err *err);
void loop_free(struct loop **loop);

NODISCARD int loop_watch(struct loop *loop, struct loop_watch *watch, int fd, unsigned events,
                         loop_ready_fn *ready, void *ctx, struct err *err);
/* Change what is waited for; does nothing when it is the same. */
void loop_rewatch(struct loop_watch *watch, unsigned events);
/* Before the descriptor is closed: a duplicate elsewhere would keep the registration alive. */
void loop_unwatch(struct loop_watch *watch);

/* Call fire once, ms from now; a running timer is moved. */
void loop_set_timer(struct loop *loop, struct loop_timer *timer, uint64_t ms, loop_timer_fn *fire,
                    void *ctx);
void loop_cancel_timer(struct loop_timer *timer);

/* Run until loop_stop(); or one round that waits at most max_ms (-1: as long as it takes). */
NODISCARD int loop_run(struct loop *loop, struct err *err);
NODISCARD int loop_once(struct loop *loop, int max_ms, struct err *err);
void loop_stop(struct loop *loop);

/* clock_ms() of this round: cheap, and the same for all callbacks of it. */
uint64_t loop_now(const struct loop *loop);
