/*
 * landlock.h -- Landlock by its system calls: private to this folder and to its tests.
 *
 * Debian 12's header ends at ABI 2, so the numbers are ours (from the kernel's uapi documentation,
 * "Landlock: unprivileged access control", userspace-api/landlock.rst). The running kernel is asked
 * which ABI it has; everything that ABI can forbid is forbidden, and only the listed paths get
 * rights back. No path ever gets execute, device, socket, FIFO or symbolic link rights.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "sandbox/profile.h"

enum { LANDLOCK_ABI_KNOWN = 7 };        /* the newest whose rights are listed in landlock.c */

/* The running kernel's ABI; 0 where Landlock is missing or switched off. */
int landlock_abi(void);

/*
 * From now on, be content with what a kernel of this ABI could forbid. Tests of older kernels only.
 */
void landlock_act_as(int abi);

/*
 * Restrict the calling process for ever to paths (a list ended by a NULL path; relative ones start
 * in the working directory), as a kernel with ABI `abi` would. connects: TCP connections to others
 * stay possible; accepting them never is. Needs no_new_privs.
 */
NODISCARD int landlock_restrict(int abi, const struct profile_path *paths, size_t npaths,
                                bool connects, struct err *err);
