/*
 * files.c -- reaching for files that belong to others.
 *
 * Reading counts only if bytes were obtained, writing if the file was open for it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "action.h"

enum { PATH_ROOM = 512 };

static const char own_file[] = "probe.file";

static int got_bytes(int fd)
{
        char bytes[32];

        if (fd < 0)
                return -errno;
        ssize_t n = read(fd, bytes, sizeof bytes);
        int r = n > 0 ? 0 : n < 0 ? -errno : -ENODATA;

        close(fd);
        return r;
}

static int read_path(const char *path)
{
        return got_bytes(open(path, O_RDONLY | O_CLOEXEC));
}

/* before + the canary's folder + after; -ENOENT if there is no canary. */
static int canary_path(const struct probe_targets *t, const char *before, const char *after,
                       char out[static PATH_ROOM])
{
        if (t->canary_folder == NULL)
                return -ENOENT;
        int n = snprintf(out, PATH_ROOM, "%s%s%s", before, t->canary_folder, after);

        return n > 0 && n < PATH_ROOM ? 0 : -ENAMETOOLONG;
}

static int read_canary(const struct probe_targets *t, const char *before, const char *after)
{
        char path[PATH_ROOM];
        int r = canary_path(t, before, after, path);

        return r < 0 ? r : read_path(path);
}

static int canary_process_path(const struct probe_targets *t, const char *name,
                               char out[static PATH_ROOM])
{
        if (t->canary_pid <= 0)
                return -ESRCH;
        snprintf(out, PATH_ROOM, "/proc/%d/%s", t->canary_pid, name);
        return 0;
}

static int make_own_file(void)
{
        int fd = open(own_file, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;
        ssize_t n = write(fd, "probe", 5);

        close(fd);
        return n == 5 ? 0 : -EIO;
}

/* The controls. */

static int own_database(const struct probe_targets *t)
{
        (void)t;
        return read_path("portal.db");
}

static int own_write(const struct probe_targets *t)
{
        (void)t;
        int r = make_own_file();

        if (r == 0)
                r = read_path(own_file);
        return unlink(own_file) == 0 ? r : -errno;
}

/* The other portal's container. */

static int canary_database(const struct probe_targets *t)
{
        return read_canary(t, "", "/portal.db");
}

static int canary_key(const struct probe_targets *t)
{
        static const char *const names[] = { "/tls/key.der", "/tls/key.pem" };
        int r = -ENOENT;

        for (size_t i = 0; r != 0 && i < ARRAY_LEN(names); i++)
                r = read_canary(t, "", names[i]);
        return r;
}

static int canary_list(const struct probe_targets *t)
{
        if (t->canary_folder == NULL)
                return -ENOENT;
        DIR *dir = opendir(t->canary_folder);

        if (dir == NULL)
                return -errno;
        int r = readdir(dir) != NULL ? 0 : -ENODATA;

        closedir(dir);
        return r;
}

static int canary_write(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        int r = canary_path(t, "", "/portal.db", path);

        if (r < 0)
                return r;
        int fd = open(path, O_WRONLY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        close(fd);
        return 0;
}

static int create_in(const char *folder)
{
        char path[PATH_ROOM];

        if (folder == NULL)
                return -ENOENT;
        snprintf(path, sizeof path, "%s/%s", folder, own_file);
        int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;
        close(fd);
        unlink(path);
        return 0;
}

static int canary_create(const struct probe_targets *t)
{
        return create_in(t->canary_folder);
}

static int canary_stat(const struct probe_targets *t)
{
        struct stat st;
        char path[PATH_ROOM];
        int r = canary_path(t, "", "/portal.db", path);

        return r < 0 ? r : told(stat(path, &st));
}

/* To the length it has: real, and without damage. */
static int canary_truncate(const struct probe_targets *t)
{
        struct stat st = { .st_size = 0 };
        char path[PATH_ROOM];
        int r = canary_path(t, "", "/portal.db", path);

        if (r < 0)
                return r;
        if (stat(path, &st) < 0)
                return told(truncate("/nowhere/portal.db", 0));
        return told(truncate(path, st.st_size));
}

static int canary_upwards(const struct probe_targets *t)
{
        return read_canary(t, "../../../../../../../..", "/portal.db");
}

static int canary_beside(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        const char *name = t->canary_folder == NULL ? NULL : strrchr(t->canary_folder, '/');

        if (name == NULL)
                return -ENOENT;
        snprintf(path, sizeof path, "..%s/portal.db", name);
        return read_path(path);
}

static int canary_by_init_root(const struct probe_targets *t)
{
        return read_canary(t, "/proc/1/root", "/portal.db");
}

static int canary_by_own_root(const struct probe_targets *t)
{
        return read_canary(t, "/proc/self/root", "/portal.db");
}

static int canary_by_its_cwd(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        int r = canary_process_path(t, "cwd/portal.db", path);

        return r < 0 ? r : read_path(path);
}

static int canary_hard_link(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        int r = canary_path(t, "", "/portal.db", path);

        if (r < 0)
                return r;
        if (link(path, "probe.link") < 0)
                return -errno;
        r = read_path("probe.link");
        unlink("probe.link");
        return r;
}

static int canary_symlink(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        int r = canary_path(t, "", "/portal.db", path);

        if (r < 0)
                return r;
        if (symlink(path, "probe.symlink") < 0)
                return -errno;
        r = read_path("probe.symlink");
        unlink("probe.symlink");
        return r;
}

static int canary_enter(const struct probe_targets *t)
{
        return t->canary_folder == NULL ? -ENOENT : told(chdir(t->canary_folder));
}

static int canary_chmod(const struct probe_targets *t)
{
        return t->canary_folder == NULL ? -ENOENT : told(chmod(t->canary_folder, 0700));
}

static int canary_watch(const struct probe_targets *t)
{
        int fd = inotify_init1(IN_CLOEXEC);

        if (fd < 0)
                return -errno;
        return t->canary_folder == NULL ? -ENOENT
                                        : told(inotify_add_watch(fd, t->canary_folder, IN_MODIFY));
}

/* The other portal's process, by its files. */

static int read_process_file(const struct probe_targets *t, const char *name)
{
        char path[PATH_ROOM];
        int r = canary_process_path(t, name, path);

        return r < 0 ? r : read_path(path);
}

static int process_environ(const struct probe_targets *t)
{
        return read_process_file(t, "environ");
}

static int process_maps(const struct probe_targets *t)
{
        return read_process_file(t, "maps");
}

static int process_status(const struct probe_targets *t)
{
        return read_process_file(t, "status");
}

static int process_mem(const struct probe_targets *t)
{
        static const char mark[] = "mark";      /* a fork has it at the same address */
        char path[PATH_ROOM];
        char bytes[sizeof mark];
        int r = canary_process_path(t, "mem", path);

        if (r < 0)
                return r;
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        r = told(pread(fd, bytes, sizeof bytes, (off_t)(uintptr_t)mark));
        close(fd);
        return r;
}

static int process_descriptors(const struct probe_targets *t)
{
        char path[PATH_ROOM];
        char name[PATH_ROOM];
        int r = canary_process_path(t, "fd/0", path);

        return r < 0 ? r : told(readlink(path, name, sizeof name));
}

static int process_list(const struct probe_targets *t)
{
        (void)t;
        DIR *dir = opendir("/proc");

        if (dir == NULL)
                return -errno;
        int r = readdir(dir) != NULL ? 0 : -ENODATA;

        closedir(dir);
        return r;
}

static int init_environ(const struct probe_targets *t)
{
        (void)t;
        return read_path("/proc/1/environ");
}

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
        { "control: read the own database", own_database, true },
        { "control: write, read and remove an own file", own_write, true },
        { "read the other portal's database by its path", canary_database, false },
        { "read the other portal's private key", canary_key, false },
        { "list the other portal's folder", canary_list, false },
        { "open the other portal's database for writing", canary_write, false },
        { "create a file in the other portal's folder", canary_create, false },
        { "look at the other portal's database (stat)", canary_stat, false },
        { "truncate the other portal's database by path", canary_truncate, false },
        { "read the other portal's database through ../../..", canary_upwards, false },
        { "read the other portal's database through ../", canary_beside, false },
        { "read the other portal's database through /proc/1/root", canary_by_init_root, false },
        { "read the other portal's database through /proc/self/root", canary_by_own_root, false },
        { "read the other portal's database through its process's cwd", canary_by_its_cwd, false },
        { "hard-link the other portal's database into the own folder", canary_hard_link, false },
        { "reach the other portal's database by a symbolic link", canary_symlink, false },
        { "change into the other portal's folder", canary_enter, false },
        { "change the mode of the other portal's folder", canary_chmod, false },
        { "watch the other portal's folder (inotify)", canary_watch, false },
        { "read the environment of the other portal's process", process_environ, false },
        { "read the memory map of the other portal's process", process_maps, false },
        { "read the status of the other portal's process", process_status, false },
        { "read the memory of the other portal's process by /proc", process_mem, false },
        { "see the open files of the other portal's process", process_descriptors, false },
        { "list the machine's processes", process_list, false },
        { "read the environment of process 1", init_environ, false },
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

const struct action_group files_actions = { "files", list, ARRAY_LEN(list) };
