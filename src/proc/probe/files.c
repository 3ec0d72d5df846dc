/*
 * files.c -- reaching for the files of another portal and of its process.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reach.h"

static int canary_process_path(const struct probe_targets *t, const char *name,
                               char out[static PATH_ROOM])
{
        if (t->canary_pid <= 0)
                return -ESRCH;
        snprintf(out, PATH_ROOM, "/proc/%d/%s", t->canary_pid, name);
        return 0;
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
};

const struct action_group files_actions = { "files", list, ARRAY_LEN(list) };
