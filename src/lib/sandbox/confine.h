/*
 * confine.h -- put a process behind the walls its profile asks for, or refuse to let it run.
 *
 * Two steps, because some walls exist from a process's first instruction and others only once it
 * has looked around:
 *
 *   pid = sandbox_clone(...)   in the parent: a child in new, empty namespaces
 *   sandbox_enter(...)         in the child, once, before it reads its first foreign byte:
 *                              root folder, user, capabilities, flags, limits, Landlock, seccomp
 *
 * A program of its own (one that is executed) calls sandbox_enter() at the start of main();
 * whatever namespace it is not in yet, it makes then. Everything fails closed: after an error from
 * sandbox_enter() the process is half confined and must end. Death of a parent is noticed by end of
 * file on the channel, never by a signal.
 *
 * What changes for the confined process: its working directory is its own folder (use relative
 * paths), SIGPIPE and SIGXFSZ are ignored, it may be process 1 of its namespace (SIGTERM without a
 * handler then does nothing: end it with SIGKILL), and it can never execute a program.
 *
 * Trust:    folder, uid and descriptors come from the supervisor; no foreign byte gets here.
 * Owns:     nothing after it returns; a struct sandbox_filter is freed by sandbox_filter_free().
 * Blocks:   only sandbox_survey(), for a few milliseconds.
 * Linked by every process. libseccomp is wrapped here and nowhere else.
 */
#pragma once

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "sandbox/profile.h"

enum sandbox_mode {
        SANDBOX_STRICT,         /* started as root: every layer, or nothing starts */
        SANDBOX_STANDARD,       /* an ordinary user: user namespace, one uid for all */
        SANDBOX_MINIMUM,        /* the same without namespaces: seccomp and Landlock carry it */
        SANDBOX_OFF,            /* built with -Dsandbox=off: nothing is confined, and it says so */
};

/* What one layer does on this machine. */
struct sandbox_layer_state {
        bool wanted;            /* part of full isolation; wanted and not on is "missing" */
        bool on;
        unsigned us;            /* microseconds it cost; namespaces share the first one's figure */
        char detail[96];        /* "ABI 7", "uid 20001", or why it is missing */
};

struct sandbox_layers {
        enum sandbox_mode mode;
        struct sandbox_layer_state layer[LAYER_COUNT];
};

/* "network namespace"; and one sentence on what it stops. Never NULL. */
const char *sandbox_layer_name(enum sandbox_layer layer);
const char *sandbox_layer_purpose(enum sandbox_layer layer);
const char *sandbox_mode_name(enum sandbox_mode mode);  /* "strict" ... */

/*
 * Learn what this machine offers by confining a throw-away child as wanted and letting it try to
 * open a socket, which must kill it. wanted is SANDBOX_STRICT or SANDBOX_STANDARD (the setting);
 * where user namespaces do not work, out->mode becomes SANDBOX_MINIMUM. Hand out->mode to every
 * process.
 *
 * out is filled even on failure (the status shows what is missing). Call once at start, before
 * other children exist; SIGCHLD must not be ignored.
 * Fails: ERR_DENIED    a layer that the mode needs is missing; the sentence names it and what to do
 *        ERR_INVALID   strict without root, or standard as root
 */
NODISCARD int sandbox_survey(enum sandbox_mode wanted, struct sandbox_layers *out, struct err *err);

/* The compiled seccomp filter of a profile. Compiling costs milliseconds: once, before any fork. */
struct sandbox_filter;
NODISCARD int sandbox_filter_new(const struct profile *profile, struct sandbox_filter **out,
                                 struct err *err);
void sandbox_filter_free(struct sandbox_filter **filter);
size_t sandbox_filter_size(const struct sandbox_filter *filter);        /* BPF instructions */

enum sandbox_clone_flag {
        SANDBOX_SIBLING = 1,    /* the child belongs to the caller's parent (the zygote's way) */
        SANDBOX_WILL_EXEC = 2,  /* the child executes a program that calls sandbox_enter() */
};

/*
 * Fork into the namespaces of the profile.
 *
 * Returns the child's process id in the caller, 0 in the child, a negative ERR_* in the caller on
 * failure. The caller has one thread. Handlers of pthread_atfork() do not run. The child's getpid()
 * is 1: never confine the zygote into a process namespace of its own, for random number generators
 * notice a fork by a changed process id.
 */
NODISCARD pid_t sandbox_clone(const struct profile *profile, enum sandbox_mode mode, unsigned flags,
                              struct err *err);

/* Where a child of a profile goes. */
struct sandbox_place {
        enum sandbox_mode mode;         /* as sandbox_survey() gave it */
        const char *folder;             /* ROOT_FOLDER: absolute path of its container, else NULL */
        uid_t uid;                      /* strict: its own; ignored in the other modes */
        gid_t gid;
        const int *fds;                 /* stay open, too; at most PROFILE_FDS_MAX */
        size_t nfds;
        uint64_t file_size;             /* less than the profile's limit; 0: the same */
};

/*
 * Confine the calling process for ever. filter may be NULL: it is compiled now. out may be NULL; it
 * is filled on failure, too, up to the layer that is missing.
 * Fails: ERR_DENIED  a layer is missing; the sentence names it. Write it down and _exit().
 */
NODISCARD int sandbox_enter(const struct profile *profile, const struct sandbox_place *place,
                            const struct sandbox_filter *filter, struct sandbox_layers *out,
                            struct err *err);
