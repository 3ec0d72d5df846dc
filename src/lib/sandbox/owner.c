/*
 * owner.c -- who the process is: user map, uid, groups, capabilities.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "sandbox/steps.h"

enum { CAPABILITY_MAX = 63 };           /* more than any kernel has; it says where it ends */

/*
 * Root means nothing any more, capabilities survive no exec and no change of uid, and so it stays.
 */
#define SECUREBITS                                                                                 \
        (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |                           \
         SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |   \
         SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

static int write_file(const char *path, const char *text, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_WRONLY | O_CLOEXEC);

        if (fd < 0)
                return err_errno(err, "open %s", path);
        int r = fd_write_all(fd, text, strlen(text), err);

        return r < 0 ? err_wrap(err, r, "write %s", path) : 0;
}

int step_map_user(uid_t uid, gid_t gid, struct err *err)
{
        char line[64];

        /*
         * The files below belong to the caller only while it is dumpable, and a child of the zygote
         * is not. It holds nothing yet; sandbox_enter() takes the flag away again.
         */
        if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
                return err_errno(err, "open the own process folder");
        int r = write_file("/proc/self/setgroups", "deny", err);

        snprintf(line, sizeof line, "%u %u 1", uid, uid);
        if (r == 0)
                r = write_file("/proc/self/uid_map", line, err);
        snprintf(line, sizeof line, "%u %u 1", gid, gid);
        if (r == 0)
                r = write_file("/proc/self/gid_map", line, err);
        if (r == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
                r = err_errno(err, "close the own process folder");
        return r;
}

int step_owner(const struct sandbox_place *place, char *detail, size_t n, struct err *err)
{
        if (place->uid == 0 || place->gid == 0)
                return err_set(err, ERR_INVALID,
                               "a confined process cannot be root: give it a uid");
        if (setgroups(0, NULL) < 0)
                return err_errno(err, "give up supplementary groups");
        if (setresgid(place->gid, place->gid, place->gid) < 0)
                return err_errno(err, "become group %u", place->gid);
        if (setresuid(place->uid, place->uid, place->uid) < 0)
                return err_errno(err, "become user %u", place->uid);
        uid_t real, effective, saved;

        if (getresuid(&real, &effective, &saved) < 0 || real != place->uid ||
            effective != place->uid || saved != place->uid)
                return err_set(err, ERR_DENIED, "the kernel did not change the user to %u",
                               place->uid);
        snprintf(detail, n, "uid %u", place->uid);
        return 0;
}

static bool holds(unsigned capability)
{
        struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
        struct __user_cap_data_struct data[2] = { 0 };

        if (syscall(SYS_capget, &head, data) < 0)
                return false;
        return (data[capability / 32].effective >> (capability % 32) & 1) != 0;
}

int step_capabilities_bound(uint64_t keep, struct err *err)
{
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
                return err_errno(err, "clear ambient capabilities");
        /*
         * Without SETPCAP (an ordinary user outside a user namespace) there is nothing in hand that
         * the bounding set could bound, and no_new_privs keeps it so.
         */
        if (!holds(CAP_SETPCAP))
                return 0;
        for (unsigned cap = 0; cap <= CAPABILITY_MAX; cap++) {
                if ((keep >> cap & 1) != 0)
                        continue;
                if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
                        if (errno == EINVAL)
                                break;          /* the kernel's last one was before it */
                        return err_errno(err, "drop capability %u for ever", cap);
                }
        }
        /*
         * A process that executes others as root must stay able to: its bounding set is the limit.
         */
        if (keep == 0 && prctl(PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0) < 0)
                return err_errno(err, "lock the meaning of root");
        return 0;
}

int step_capabilities_drop(uint64_t keep, char *detail, size_t n, struct err *err)
{
        struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
        struct __user_cap_data_struct data[2] = { 0 };
        struct __user_cap_data_struct want[2] = {
                { (uint32_t)keep, (uint32_t)keep, 0 },
                { (uint32_t)(keep >> 32), (uint32_t)(keep >> 32), 0 },
        };

        /* Only what is there can be kept: a container engine may have taken some away already. */
        if (syscall(SYS_capget, &head, data) < 0)
                return err_errno(err, "read the capabilities");
        for (size_t i = 0; i < ARRAY_LEN(want); i++) {
                want[i].permitted &= data[i].permitted;
                want[i].effective = want[i].permitted;
        }
        if (syscall(SYS_capset, &head, want) < 0)
                return err_errno(err, "drop the capabilities");
        if (syscall(SYS_capget, &head, data) < 0 || data[0].permitted != want[0].permitted ||
            data[1].permitted != want[1].permitted || data[0].inheritable != 0 ||
            data[1].inheritable != 0)
                return err_set(err, ERR_DENIED, "the kernel left capabilities that were dropped");
        unsigned held = (unsigned)__builtin_popcount(want[0].permitted) +
                        (unsigned)__builtin_popcount(want[1].permitted);

        if (held == 0)
                snprintf(detail, n, "none");
        else
                snprintf(detail, n, "%u kept, to confine others", held);
        return 0;
}
