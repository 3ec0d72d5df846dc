/*
 * jail.h -- confine a throw-away process with a real profile, let it do something, and see how it
 * ends.
 *
 * Linked by the jail tests. They run as root (strict) and as an ordinary user (standard); a test
 * that is started as root with "rootless" or "minimum" among its arguments becomes user 65534
 * first. "abi2" makes Landlock do only what Debian 12's own kernel (6.1) can.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "proc/probe/probe.h"
#include "sandbox/confine.h"

enum { JAIL_TEXT_MAX = 8192, JAIL_PATH_MAX = 256 };

/* The data directory of a made-up host with two portals. */
struct jail {
        enum sandbox_mode mode;
        char data[JAIL_PATH_MAX];
        char own[JAIL_PATH_MAX];        /* data/portals/1 */
        char canary[JAIL_PATH_MAX];     /* data/portals/2 */
        char open[JAIL_PATH_MAX];       /* data/open: anybody may write */
        uid_t uid;                      /* the own portal's */
        pid_t canary_pid;
        int socket;                     /* an unconnected TCP socket */
};

/* What became of a confined process. */
struct jail_end {
        int status;                     /* as waitpid gives it */
        char text[JAIL_TEXT_MAX];       /* what it wrote, NUL-terminated */
        size_t n;
};

/*
 * Runs in the confined process; writes to out if it likes. Returning ends the process with status
 * 0.
 */
typedef void jail_body(int out, const void *ctx);

/*
 * Decide the mode; skip the whole test (exit 77, with the reason) in a build without the sandbox,
 * and end it with the reason where the machine cannot confine.
 */
enum sandbox_mode jail_begin(int argc, char **argv);

/* A fresh data directory and a canary process; everything ends with jail_remove(). */
void jail_make(struct jail *jail, enum sandbox_mode mode);
void jail_remove(struct jail *jail);
struct probe_targets jail_targets(const struct jail *jail);

/*
 * Run body under profile, in the own portal's folder. A failed confinement is "ENTER why", status
 * 99.
 */
void jail_run(const struct jail *jail, const struct profile *profile, jail_body *body,
              const void *ctx, struct jail_end *end);

/*
 * The same in two steps, for looking at the process while it lives: then end it with jail_finish().
 */
struct jail_running {
        pid_t pid;
        int from;                       /* what it writes */
};
struct jail_running jail_start(const struct jail *jail, const struct profile *profile,
                               jail_body *body, const void *ctx);
void jail_finish(struct jail_running running, struct jail_end *end);

/* Run body without walls, in a mount namespace of its own so that nothing it mounts stays. */
void jail_run_free(const struct jail *jail, jail_body *body, const void *ctx,
                   struct jail_end *end);

bool jail_died_by_seccomp(const struct jail_end *end);
