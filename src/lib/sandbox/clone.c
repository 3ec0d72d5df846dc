/*
 * clone.c -- a child in new namespaces, by clone(2) itself: fork(3) cannot ask for them.
 */
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/steps.h"

/* Exit status of a child that was to execute a program and could not even be given its user map. */
enum { EXIT_NO_MAP = 71 };              /* sysexits.h: the operating system refused */

static struct clone_origin origin;

const struct clone_origin *clone_origin(void)
{
        return &origin;
}

unsigned long step_namespace_flag(enum sandbox_layer layer)
{
        switch (layer) {
        case LAYER_USER_NS:
                return CLONE_NEWUSER;
        case LAYER_NET_NS:
                return CLONE_NEWNET;
        case LAYER_PID_NS:
                return CLONE_NEWPID;
        case LAYER_IPC_NS:
                return CLONE_NEWIPC;
        case LAYER_UTS_NS:
                return CLONE_NEWUTS;
        case LAYER_CGROUP_NS:
                return CLONE_NEWCGROUP;
        case LAYER_ROOT:
                return CLONE_NEWNS;
        case LAYER_OWNER:
        case LAYER_CAPABILITIES:
        case LAYER_FLAGS:
        case LAYER_LIMITS:
        case LAYER_LANDLOCK:
        case LAYER_SECCOMP:
        case LAYER_COUNT:
                break;
        }
        return 0;
}

unsigned long step_namespace_flags(const struct profile *profile, enum sandbox_mode mode)
{
        unsigned long flags = 0;

        if (BUILT_WITHOUT || mode == SANDBOX_MINIMUM || mode == SANDBOX_OFF)
                return 0;
        for (enum sandbox_layer layer = 0; layer < LAYER_COUNT; layer++)
                if ((profile->layers & LAYER_BIT(layer)) != 0)
                        flags |= step_namespace_flag(layer);
        if (mode == SANDBOX_STANDARD && flags != 0)
                flags |= CLONE_NEWUSER;
        return flags;
}

static pid_t fork_with(unsigned long flags)
{
        /* Argument order of x86-64 and arm64; no stack, no thread ids, no TLS. */
        return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

pid_t sandbox_clone(const struct profile *profile, enum sandbox_mode mode, unsigned flags,
                    struct err *err)
{
        bool will_exec = (flags & SANDBOX_WILL_EXEC) != 0;
        unsigned long spaces = step_namespace_flags(profile, mode);
        uid_t uid = geteuid();
        gid_t gid = getegid();

        if (will_exec)
                spaces &= CLONE_NEWPID | CLONE_NEWUSER;
        unsigned long sibling = (flags & SANDBOX_SIBLING) != 0 ? CLONE_PARENT : 0;
        pid_t pid = fork_with(spaces | sibling);

        if (pid < 0)
                return err_errno(err, "new namespaces for the %s", peer_name(profile->process));
        if (pid > 0)
                return pid;
        origin = (struct clone_origin){ .spaces = spaces, .uid = uid, .gid = gid };
        /*
         * A program that is executed next finds its user map made: without one it could not start.
         */
        if (will_exec && (spaces & CLONE_NEWUSER) != 0) {
                if (step_map_user(uid, gid, NULL) < 0)
                        _exit(EXIT_NO_MAP);
                origin.mapped = true;
        }
        return 0;
}
