/*
 * profile.h -- everything one kind of process may touch, as data.
 *
 * Each process folder has a profile.c with one `const struct profile NAME_profile`; what is not in
 * it cannot be done, whoever writes the process's bytes. The layers that carry a profile out are in
 * confine.h; docs/developer/profiles.md shows how to write one.
 *
 * Trust:  a profile is compiled in; nothing foreign reaches it.
 * Owns:   nothing; profiles are constants.
 * Linked by every process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "sandbox/calls.h"
#include "wire/message.h"

/* The walls around a process. The order is that of the status page. */
enum sandbox_layer {
        LAYER_USER_NS,          /* standard mode only: what makes the other namespaces possible */
        LAYER_NET_NS,           /* an empty network: no interface is up, not even loopback */
        LAYER_PID_NS,           /* sees no process but itself */
        LAYER_IPC_NS,
        LAYER_UTS_NS,
        LAYER_CGROUP_NS,
        LAYER_ROOT,             /* its own folder, or nothing, is all the files there are */
        LAYER_OWNER,            /* an own user and group, no others */
        LAYER_CAPABILITIES,     /* none, now and for ever */
        LAYER_FLAGS,            /* no_new_privs, not dumpable, no foreign descriptors */
        LAYER_LIMITS,
        LAYER_LANDLOCK,
        LAYER_SECCOMP,
        LAYER_COUNT,
};

#define LAYER_BIT(layer) (1u << (layer))
#define LAYERS_NAMESPACES                                                                          \
        (LAYER_BIT(LAYER_NET_NS) | LAYER_BIT(LAYER_PID_NS) | LAYER_BIT(LAYER_IPC_NS) |             \
         LAYER_BIT(LAYER_UTS_NS) | LAYER_BIT(LAYER_CGROUP_NS))
/* For everything that meets foreign bytes. */
#define LAYERS_ALL                                                                                 \
        (LAYERS_NAMESPACES | LAYER_BIT(LAYER_ROOT) | LAYER_BIT(LAYER_OWNER) |                      \
         LAYER_BIT(LAYER_CAPABILITIES) | LAYER_BIT(LAYER_FLAGS) | LAYER_BIT(LAYER_LIMITS) |        \
         LAYER_BIT(LAYER_LANDLOCK) | LAYER_BIT(LAYER_SECCOMP))
/*
 * For a process that confines others: it needs the file tree and root, and meets no foreign bytes.
 */
#define LAYERS_PARENT                                                                              \
        (LAYER_BIT(LAYER_CAPABILITIES) | LAYER_BIT(LAYER_FLAGS) | LAYER_BIT(LAYER_LIMITS) |        \
         LAYER_BIT(LAYER_SECCOMP))

enum profile_root {
        ROOT_EMPTY,             /* an empty, read-only file system */
        ROOT_FOLDER,            /* the folder given at run time (sandbox_place) */
        ROOT_KEEP,              /* the machine's; only with LAYERS_PARENT */
};

enum profile_right {
        PATH_READ = 1,
        PATH_WRITE = 2,         /* write, create, replace, remove; files and folders only */
};

/*
 * A path for Landlock. Relative paths start in the process's own folder, which is also its working
 * directory; "." is the whole folder. Paths that do not exist when the process starts are refused.
 */
struct profile_path {
        const char *path;       /* NULL ends the list */
        unsigned rights;        /* enum profile_right, or-ed */
};

/*
 * Zero means "none", not "no limit"; a hard limit that is lower already stays. Programs that a
 * process executes inherit its limits: file_size then leaves room for the filter they compile (64
 * KiB).
 */
struct profile_limits {
        uint64_t memory;        /* bytes of private memory (RLIMIT_DATA) */
        uint64_t files;         /* open descriptors */
        uint64_t file_size;     /* bytes of one file; sandbox_place may lower it */
        uint64_t processes;     /* of this user; 0: it cannot fork at all */
        uint64_t locked;        /* bytes of locked memory */
        int nice;               /* how far it stands back for others at the processor, 0 to 19 */
};

/* Descriptors with a fixed number. 0, 1 and 2 always stay: null, null and the log. */
enum profile_fd {
        FD_CHANNEL_SUPERVISOR = 3,
        FD_CHANNEL_SECOND = 4,  /* a job's: the channel to the registry that asked for it */
};

enum { PROFILE_PATHS_MAX = 6, PROFILE_FDS_MAX = 8, PROFILE_CHILDREN_MAX = 6 };

struct profile {
        enum peer process;      /* names the process in errors, `ps` and the status */
        const char *user;       /* system account in strict mode; NULL: the uid comes at run time */
        unsigned layers;        /* LAYER_BIT()s; strict mode refuses to start without any of them */
        enum profile_root root;
        struct profile_path paths[PROFILE_PATHS_MAX];
        const char *calls;      /* CALLS_ sets (calls.h) */
        const struct profile *children[PROFILE_CHILDREN_MAX];   /* their calls, too */
        bool connects;          /* may make TCP connections: its layers have no LAYER_NET_NS */
        uint64_t capabilities;  /* kept as root in strict mode: CAPS_PARENT or 0 */
        int fds[PROFILE_FDS_MAX];       /* stay open besides 0, 1, 2; 0 ends the list */
        struct profile_limits limits;
};

/*
 * The capabilities that sandbox_clone() and sandbox_enter() need for a child in strict mode: CHOWN,
 * DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, KILL, SETGID, SETUID, SETPCAP, SYS_CHROOT and SYS_ADMIN
 * (capability.h numbers 0 1 2 3 5 6 7 8 18 21). CAPS_LISTEN (NET_BIND_SERVICE, 10) is for whoever
 * opens ports below 1024.
 */
#define CAPS_PARENT 0x2401efull
#define CAPS_LISTEN 0x400ull

/*
 * The profile's calls, its children's included, one per line, sorted, each once, with its rules or
 * error: what a golden file and the documentation show. Fails with ERR_INVALID where a name, a rule
 * or an error is not known.
 */
NODISCARD int profile_list_calls(const struct profile *profile, struct buf *out, struct err *err);
