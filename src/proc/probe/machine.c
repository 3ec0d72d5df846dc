/*
 * machine.c -- reaching for the machine's files, and making what a portal may not make in its own folder.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "reach.h"

/* The machine. */

static int registry_database(const struct probe_targets *t)
{
        return read_canary(t, "", "/../../registry/registry.db");
}

static int backup_keys(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        int r = canary_path(t, "", "/../../keys", path);

        if (r < 0)
                return r;
        DIR *dir = opendir(path);

        if (dir == NULL)
                return -errno;
        r = readdir(dir) != NULL ? 0 : -ENODATA;
        closedir(dir);
        return r;
}

static int passwords(const struct probe_targets *t)
{
        (void)t;
        return read_path("/etc/passwd");
}

static int password_hashes(const struct probe_targets *t)
{
        (void)t;
        return read_path("/etc/shadow");
}

static int machine_root(const struct probe_targets *t)
{
        (void)t;
        return read_path("/bin/sh");
}

static int kernel_settings(const struct probe_targets *t)
{
        (void)t;
        return read_path("/proc/sys/kernel/hostname");
}

static int device_memory(const struct probe_targets *t)
{
        (void)t;
        int r = read_path("/dev/mem");

        return r == 0 ? 0 : read_path("/dev/kmem");
}

static int device_log(const struct probe_targets *t)
{
        (void)t;
        return got_bytes(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

static int device_disk(const struct probe_targets *t)
{
        static const char *const names[] = { "/dev/sda", "/dev/vda", "/dev/nvme0n1", "/dev/xvda" };
        int r = -ENOENT;

        (void)t;
        for (size_t i = 0; r == -ENOENT && i < ARRAY_LEN(names); i++)
                r = read_path(names[i]);
        return r;
}

static int device_terminal(const struct probe_targets *t)
{
        (void)t;
        int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);

        return fd < 0 ? -errno : 0;
}

static int outside_create(const struct probe_targets *t)
{
        return create_in(t->open_folder);
}

static int outside_folder(const struct probe_targets *t)
{
        char path[PATH_ROOM];

        if (t->open_folder == NULL)
                return -ENOENT;
        snprintf(path, sizeof path, "%s/probe.folder", t->open_folder);
        if (mkdir(path, 0700) < 0)
                return -errno;
        rmdir(path);
        return 0;
}

static int outside_rename(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        int r = make_own_file();

        if (r < 0 || t->open_folder == NULL)
                return r < 0 ? r : -ENOENT;
        snprintf(path, sizeof path, "%s/%s", t->open_folder, own_file);
        r = told(rename(own_file, path));
        unlink(r == 0 ? path : own_file);
        return r;
}

/* Things in the own folder that it may not make. */

static int own_device(const struct probe_targets *t)
{
        (void)t;
        if (mknod("probe.device", S_IFCHR | 0600, makedev(1, 1)) < 0)
                return -errno;
        unlink("probe.device");
        return 0;
}

static int own_fifo(const struct probe_targets *t)
{
        (void)t;
        if (mkfifo("probe.fifo", 0600) < 0)
                return -errno;
        unlink("probe.fifo");
        return 0;
}

static int own_setuid(const struct probe_targets *t)
{
        (void)t;
        int r = make_own_file();

        if (r < 0)
                return r;
        r = told(chmod(own_file, 04755));
        unlink(own_file);
        return r;
}

static int own_chown(const struct probe_targets *t)
{
        (void)t;
        return told(chown(".", 0, 0));
}

static int own_attribute(const struct probe_targets *t)
{
        (void)t;
        if (setxattr(".", "user.probe", "x", 1, 0) < 0)
                return -errno;
        removexattr(".", "user.probe");
        return 0;
}

static int own_flags(const struct probe_targets *t)
{
        int flags = 0;

        (void)t;
        int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
                return -errno;
        return told(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

static int path_descriptor(const struct probe_targets *t)
{
        (void)t;
        return told(open("..", O_PATH | O_CLOEXEC));
}

static int nameless_file(const struct probe_targets *t)
{
        (void)t;
        return told(open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static int open_by_handle(const struct probe_targets *t)
{
        struct {
                struct file_handle head;
                unsigned char bytes[MAX_HANDLE_SZ];
        } handle = { .head = { .handle_bytes = MAX_HANDLE_SZ } };
        int mount;

        (void)t;
        /*
         * First without a name, so that the second call is tried where only the first is refused.
         */
        if (open_by_handle_at(-1, &handle.head, O_RDONLY) < 0 && errno == ENOSYS)
                return -ENOSYS;
        if (name_to_handle_at(AT_FDCWD, ".", &handle.head, &mount, 0) < 0)
                return -errno;
        return told(open_by_handle_at(AT_FDCWD, &handle.head, O_RDONLY));
}

static int name_handle(const struct probe_targets *t)
{
        struct file_handle handle = { .handle_bytes = 0 };
        int mount;

        (void)t;
        /* EOVERFLOW tells the size: the call works. */
        if (name_to_handle_at(AT_FDCWD, ".", &handle, &mount, 0) < 0 && errno != EOVERFLOW)
                return -errno;
        return 0;
}

static int watch_everything(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_fanotify_init, 0u, (unsigned)O_RDONLY));
}

static int file_system_facts(const struct probe_targets *t)
{
        struct statfs st;

        (void)t;
        return told(statfs("/", &st));
}

static const struct action list[] = {
        { "read the registry's database", registry_database, false },
        { "list the backup keys", backup_keys, false },
        { "read /etc/passwd", passwords, false },
        { "read /etc/shadow", password_hashes, false },
        { "read a program of the machine", machine_root, false },
        { "read the kernel's settings", kernel_settings, false },
        { "read the machine's memory (/dev/mem, /dev/kmem)", device_memory, false },
        { "read the kernel's log by /dev/kmsg", device_log, false },
        { "read the machine's disk", device_disk, false },
        { "open a terminal", device_terminal, false },
        { "create a file outside", outside_create, false },
        { "create a folder outside", outside_folder, false },
        { "move an own file outside", outside_rename, false },
        { "make a device in the own folder", own_device, false },
        { "make a FIFO in the own folder", own_fifo, false },
        { "make an own file set-uid", own_setuid, false },
        { "give the own folder to another user", own_chown, false },
        { "set an extended attribute", own_attribute, false },
        { "set inode flags", own_flags, false },
        { "hold a folder above by O_PATH", path_descriptor, false },
        { "make a file without a name (O_TMPFILE)", nameless_file, false },
        { "open a file by its handle", open_by_handle, false },
        { "take the handle of a file", name_handle, false },
        { "watch whole file systems (fanotify)", watch_everything, false },
        { "learn about the file system (statfs)", file_system_facts, false },
};

const struct action_group machine_actions = { "files", list, ARRAY_LEN(list) };
