/*
 * action.h -- one forbidden action: private to this folder.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "probe.h"

typedef int action_fn(const struct probe_targets *targets);

struct action {
        const char *what;
        action_fn *try;
        bool control;
};

struct action_group {
        const char *name;
        const struct action *actions;
        size_t n;
};

extern const struct action_group files_actions;
extern const struct action_group machine_actions;        /* of the group "files", too */
extern const struct action_group sockets_actions;
extern const struct action_group processes_actions;
extern const struct action_group privileges_actions;
extern const struct action_group kernel_actions;
extern const struct action_group memory_actions;
extern const struct action_group limits_actions;

/* Where probe_main() writes; standard output if only probe_try() is used. */
int action_result_fd(void);

/* The result of a call that succeeds with 0 or more. */
static inline int told(long r)
{
        return r < 0 ? -errno : 0;
}

/*
 * The result of a call whose arguments must not be carried out: whatever fails behind the kernel's
 * permission check counts as admitted.
 */
static inline int admitted(long r)
{
        if (r >= 0)
                return 0;
        return errno == EPERM || errno == EACCES || errno == ENOSYS ? -errno : 0;
}
