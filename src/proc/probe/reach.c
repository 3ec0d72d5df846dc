/*
 * reach.c -- the ways to a file: reading it, another portal's by its path, an own one, a new one outside.
 */
#include "reach.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

const char own_file[] = "probe.file";

int got_bytes(int fd)
{
        char bytes[32];

        if (fd < 0)
                return -errno;
        ssize_t n = read(fd, bytes, sizeof bytes);
        int r = n > 0 ? 0 : n < 0 ? -errno : -ENODATA;

        close(fd);
        return r;
}

int read_path(const char *path)
{
        return got_bytes(open(path, O_RDONLY | O_CLOEXEC));
}

int canary_path(const struct probe_targets *t, const char *before, const char *after,
                char out[static PATH_ROOM])
{
        if (t->canary_folder == NULL)
                return -ENOENT;
        int n = snprintf(out, PATH_ROOM, "%s%s%s", before, t->canary_folder, after);

        return n > 0 && n < PATH_ROOM ? 0 : -ENAMETOOLONG;
}

int read_canary(const struct probe_targets *t, const char *before, const char *after)
{
        char path[PATH_ROOM];
        int r = canary_path(t, before, after, path);

        return r < 0 ? r : read_path(path);
}

int make_own_file(void)
{
        int fd = open(own_file, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;
        ssize_t n = write(fd, "probe", 5);

        close(fd);
        return n == 5 ? 0 : -EIO;
}

int create_in(const char *folder)
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
