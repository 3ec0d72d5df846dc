/*
 * trial.c -- a container that no portal has, where a backup is opened to see what it holds.
 *
 * Its number comes from the same row of numbers as portals', so it has a uid of its own; it is used
 * again for each trial of this registry's life, empty each time. The row stays "creating", and so
 * the next start removes it.
 */
#include <stdio.h>

#include "backup.h"
#include "base/clock.h"
#include "crypto/random.h"

struct trial {
        struct task task;
        trial_ready_fn *tell;
};

static int64_t number;                  /* of the container; 0: none yet */

static int make_row(struct err *err)
{
        char name[40];
        uint32_t random;

        if (number != 0)
                return 0;
        random_fill(&random, sizeof random);
        snprintf(name, sizeof name, "isolation-trial-%08x", random);
        const struct registry_portal row = { .name = str_of(name), .title = STR("Trial restore"),
                                             .language = STR("en"), .owner = STR(""),
                                                     .created = clock_unix() };
        int64_t id = 0;
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = registry_portal_add(registry.store, &row, &id, err);
        if (r < 0) {
                store_rollback(registry.store);
                return r;
        }
        r = store_commit(registry.store, err);
        if (r == 0)
                number = id;
        return r;
}

static void container_done(struct task *task, struct str why)
{
        struct trial *trial = (struct trial *)task;
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct task *owner = task->owner;
        trial_ready_fn *tell = trial->tell;
        uint64_t made = why.n == 0 ? task->portal : 0;

        why = arena_str(arena, why);
        if (why.n > 0)
                service_log(LOG_ERROR, "the container for trial restores: %.*s", STR_ARG(why));
        /* Whatever is wrong with this one, the next trial begins with another. */
        if (why.n > 0)
                number = 0;
        task_end(task);
        if (owner != NULL)
                tell(owner, made, why);
}

static void start(struct task *owner, bool ends, trial_ready_fn *tell)
{
        struct trial *trial = task_new(sizeof *trial, NULL, (uint64_t)number);

        trial->task.owner = owner;
        trial->task.container_done = container_done;
        trial->tell = tell;
        if (ends)
                task_remove_container(&trial->task);
        else
                task_make_container(&trial->task);
}

void trial_begin(struct task *owner, trial_ready_fn *ready)
{
        struct err err;

        if (make_row(&err) < 0) {
                ready(owner, 0, str_of(err.text));
                return;
        }
        start(owner, false, ready);
}

void trial_end(struct task *owner, trial_ready_fn *ended)
{
        start(owner, true, ended);
}

uint64_t trial_container(void)
{
        return (uint64_t)number;
}
