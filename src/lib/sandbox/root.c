/*
 * root.c -- the file tree of a confined process: its own folder, or an empty one.
 *
 * The old tree is detached, not hidden: no path, no "..", no descriptor leads back to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/steps.h"

#define NOTHING_SPECIAL (MS_NOSUID | MS_NODEV | MS_NOEXEC)

/*
 * In a user namespace the kernel refuses to lift what the original mount forbids, so it is
 * repeated.
 */
static unsigned long inherited_flags(unsigned long st_flags)
{
        unsigned long flags = 0;

        if ((st_flags & ST_RDONLY) != 0)
                flags |= MS_RDONLY;
        if ((st_flags & ST_NODIRATIME) != 0)
                flags |= MS_NODIRATIME;
        if ((st_flags & ST_NOATIME) != 0)
                flags |= MS_NOATIME;
        else if ((st_flags & ST_RELATIME) != 0)
                flags |= MS_RELATIME;
        else
                flags |= MS_STRICTATIME;
        return flags;
}

static int mount_folder(const char *folder, struct err *err)
{
        struct statvfs st;

        if (mount(folder, folder, NULL, MS_BIND, NULL) < 0)
                return err_errno(err, "bind the folder %s", folder);
        if (chdir(folder) < 0)
                return err_errno(err, "enter the folder %s", folder);
        if (statvfs(".", &st) < 0)
                return err_errno(err, "look at the file system of %s", folder);
        if (mount(NULL, ".", NULL,
                  MS_REMOUNT | MS_BIND | NOTHING_SPECIAL | inherited_flags(st.f_flag), NULL) < 0)
                return err_errno(err, "forbid programs and devices in %s", folder);
        return 0;
}

/* Any folder will do as the place to mount on: the tree it is in disappears a moment later. */
static int mount_nothing(struct err *err)
{
        static const char *const places[] = { "/proc", "/tmp", "/dev", "/run" };

        for (size_t i = 0; i < ARRAY_LEN(places); i++) {
                if (mount("none", places[i], "tmpfs", MS_RDONLY | NOTHING_SPECIAL,
                          "size=4k,nr_inodes=2,mode=0555") < 0) {
                        if (errno == ENOENT || errno == ENOTDIR)
                                continue;
                        return err_errno(err, "mount an empty file system");
                }
                return chdir(places[i]) < 0 ? err_errno(err, "enter the empty file system") : 0;
        }
        return err_set(err, ERR_NOT_FOUND, "no folder to mount an empty file system on: make /tmp");
}

/* pivot_root(2), "pivot_root(".", ".")": old and new root share a place, then the old one goes. */
static int make_root(struct err *err)
{
        if (syscall(SYS_pivot_root, ".", ".") < 0)
                return err_errno(err, "make it the root folder");
        if (umount2(".", MNT_DETACH) < 0)
                return err_errno(err, "detach the machine's file tree");
        if (chdir("/") < 0)
                return err_errno(err, "enter the new root folder");
        return 0;
}

int step_root(const struct profile *profile, const struct sandbox_place *place, char *detail,
              size_t n, struct err *err)
{
        bool empty = profile->root == ROOT_EMPTY;

        /* Before all else: nothing that is mounted here may show up outside. */
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return err_errno(err, "keep mounts to this process");
        int r = empty ? mount_nothing(err) : mount_folder(place->folder, err);

        if (r == 0)
                r = make_root(err);
        if (r == 0)
                snprintf(detail, n, "%s", empty ? "an empty one" : "its own folder");
        return r;
}
