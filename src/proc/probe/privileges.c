/*
 * privileges.c -- becoming somebody else, moving into other namespaces, rearranging the file tree.
 */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "action.h"

enum { NEW_TIME_NAMESPACE = 0x80 };     /* CLONE_NEWTIME */

static int become_root(const struct probe_targets *t)
{
        (void)t;
        return told(setuid(0));
}

static int become_root_all(const struct probe_targets *t)
{
        (void)t;
        return told(setresuid(0, 0, 0));
}

static int become_group(const struct probe_targets *t)
{
        (void)t;
        return told(setresgid(0, 0, 0));
}

static int join_groups(const struct probe_targets *t)
{
        gid_t group = 0;

        (void)t;
        return told(setgroups(1, &group));
}

static int become_for_files(const struct probe_targets *t)
{
        (void)t;
        setfsuid(0);
        return setfsuid((uid_t)-1) == 0 ? 0 : -EPERM;
}

static int raise_capabilities(const struct probe_targets *t)
{
        struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
        unsigned set = 1u << CAP_SETUID | 1u << CAP_NET_ADMIN | 1u << CAP_SYS_ADMIN;
        struct __user_cap_data_struct some[2] = { { set, set, 0 }, { 0, 0, 0 } };

        (void)t;
        return told(syscall(SYS_capset, &head, some));
}

static int keep_capabilities(const struct probe_targets *t)
{
        (void)t;
        return told(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
}

static int be_dumpable(const struct probe_targets *t)
{
        (void)t;
        return told(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int take_a_name(const struct probe_targets *t)
{
        (void)t;
        return told(prctl(PR_SET_NAME, "supervisor", 0, 0, 0));
}

static int change_seccomp(const struct probe_targets *t)
{
        unsigned action = SECCOMP_RET_ALLOW;

        (void)t;
        return told(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
}

static int change_seccomp_prctl(const struct probe_targets *t)
{
        (void)t;
        return told(prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
}

static int ask_landlock(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(444 /* landlock_create_ruleset */, NULL, (size_t)0, 1u));
}

static int new_user_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(CLONE_NEWUSER));
}

static int new_net_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(CLONE_NEWNET));
}

static int new_mount_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(CLONE_NEWNS));
}

static int new_pid_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(CLONE_NEWPID));
}

static int new_ipc_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(CLONE_NEWIPC));
}

static int new_uts_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(CLONE_NEWUTS));
}

static int new_cgroup_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(CLONE_NEWCGROUP));
}

static int new_time_namespace(const struct probe_targets *t)
{
        (void)t;
        return told(unshare(NEW_TIME_NAMESPACE));
}

static int join_namespace(const struct probe_targets *t)
{
        (void)t;
        /* With no descriptor first, for the filter to see. */
        if (setns(-1, 0) < 0 && errno == ENOSYS)
                return -ENOSYS;
        int fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);

        return fd < 0 ? -errno : told(setns(fd, CLONE_NEWNET));
}

static int mount_something(const struct probe_targets *t)
{
        (void)t;
        if (mount("none", ".", "tmpfs", 0, "size=4k") < 0)
                return -errno;
        umount2(".", MNT_DETACH);
        return 0;
}

static int bind_something(const struct probe_targets *t)
{
        (void)t;
        if (mount("/", ".", NULL, MS_BIND, NULL) < 0)
                return -errno;
        umount2(".", MNT_DETACH);
        return 0;
}

static int remount_own(const struct probe_targets *t)
{
        (void)t;
        return admitted(mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND, NULL));
}

static int unmount_own(const struct probe_targets *t)
{
        (void)t;
        /* Not a mount point when unconfined: EINVAL comes after the permission check. */
        return admitted(umount2(".", MNT_EXPIRE));
}

static int turn_root(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_pivot_root, ".", "."));
}

static int change_root(const struct probe_targets *t)
{
        (void)t;
        return told(chroot("."));
}

static int leave_folder(const struct probe_targets *t)
{
        (void)t;
        return told(chdir("/"));
}

static int clone_tree(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_open_tree, AT_FDCWD, ".", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

static int open_file_system(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_fsopen, "tmpfs", 1u /* FSOPEN_CLOEXEC */));
}

static int pick_file_system(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_fspick, AT_FDCWD, "/", 1u /* FSPICK_CLOEXEC */));
}

static int move_a_mount(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_move_mount, -1, "", -1, "", 0u));
}

static int set_mount(const struct probe_targets *t)
{
        struct mount_attr attr = { .attr_clr = 0 };

        (void)t;
        return admitted(syscall(SYS_mount_setattr, -1, "", 0u, &attr, sizeof attr));
}

static const struct action list[] = {
        { "become root (setuid)", become_root, false },
        { "become root (setresuid)", become_root_all, false },
        { "become root's group", become_group, false },
        { "join root's group", join_groups, false },
        { "become root for files (setfsuid)", become_for_files, false },
        { "raise its capabilities", raise_capabilities, false },
        { "keep capabilities over a change of user", keep_capabilities, false },
        { "open itself to debuggers", be_dumpable, false },
        { "call itself supervisor", take_a_name, false },
        { "talk to seccomp", change_seccomp, false },
        { "talk to seccomp by prctl", change_seccomp_prctl, false },
        { "talk to Landlock", ask_landlock, false },
        { "make a user namespace", new_user_namespace, false },
        { "make a network namespace", new_net_namespace, false },
        { "make a mount namespace", new_mount_namespace, false },
        { "make a process namespace", new_pid_namespace, false },
        { "make an IPC namespace", new_ipc_namespace, false },
        { "make a host name namespace", new_uts_namespace, false },
        { "make a cgroup namespace", new_cgroup_namespace, false },
        { "make a time namespace", new_time_namespace, false },
        { "join the machine's network namespace", join_namespace, false },
        { "mount a file system", mount_something, false },
        { "mount another folder over its own", bind_something, false },
        { "change the flags of its root folder", remount_own, false },
        { "unmount its root folder", unmount_own, false },
        { "exchange its root folder (pivot_root)", turn_root, false },
        { "exchange its root folder (chroot)", change_root, false },
        { "change its working directory", leave_folder, false },
        { "copy a mount (open_tree)", clone_tree, false },
        { "open a file system (fsopen)", open_file_system, false },
        { "pick a file system (fspick)", pick_file_system, false },
        { "move a mount", move_a_mount, false },
        { "change a mount's attributes", set_mount, false },
};

const struct action_group privileges_actions = { "privileges", list, ARRAY_LEN(list) };
