/*
 * fd.c -- descriptors.
 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void fd_close(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

int fd_set_nonblocking(int fd, struct err *err)
{
        int flags = fcntl(fd, F_GETFL);

        if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
                return err_errno(err, "set a descriptor to non-blocking");
        return 0;
}

int fd_write_all(int fd, const void *p, size_t n, struct err *err)
{
        const char *at = p;

        while (n > 0) {
                ssize_t done = write(fd, at, n);

                if (done < 0 && errno == EINTR)
                        continue;
                if (done < 0)
                        return err_errno(err, "write");
                at += done;
                n -= (size_t)done;
        }
        return 0;
}

int fd_read_all(int fd, void *p, size_t n, struct err *err)
{
        char *at = p;

        while (n > 0) {
                ssize_t got = read(fd, at, n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, "read");
                if (got == 0)
                        return err_set(err, ERR_GONE, "the stream ended %zu bytes too early", n);
                at += got;
                n -= (size_t)got;
        }
        return 0;
}

int fd_read_to_end(int fd, size_t max, struct buf *out, struct err *err)
{
        char part[16384];
        size_t total = 0;

        for (;;) {
                ssize_t got = read(fd, part, sizeof part);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, "read");
                if (got == 0)
                        return 0;
                total += (size_t)got;
                if (total > max)
                        return err_set(err, ERR_LIMIT, "more than %zu bytes", max);
                buf_add(out, part, (size_t)got);
        }
}

int fd_slurp(int dirfd, const char *path, size_t max, struct buf *out, struct err *err)
{
        int fd CLEANUP_FD = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

        if (fd < 0)
                return err_errno(err, "open %s", path);
        int r = fd_read_to_end(fd, max, out, err);

        return r < 0 ? err_wrap(err, r, "read %s", path) : 0;
}

static int write_and_sync(int fd, const void *p, size_t n, struct err *err)
{
        int r = fd_write_all(fd, p, n, err);

        if (r < 0)
                return r;
        if (fsync(fd) < 0)
                return err_errno(err, "fsync");
        return 0;
}

int fd_replace(int dirfd, const char *name, mode_t mode, const void *p, size_t n, struct err *err)
{
        char part[300];

        snprintf(part, sizeof part, "%s.part", name);
        int fd CLEANUP_FD =
                openat(dirfd, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);

        if (fd < 0)
                return err_errno(err, "create %s", part);
        int r = write_and_sync(fd, p, n, err);

        if (r < 0)
                return err_wrap(err, r, "write %s", part);
        if (renameat(dirfd, part, dirfd, name) < 0)
                return err_errno(err, "rename %s", part);
        int dir CLEANUP_FD = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (dir < 0 || fsync(dir) < 0)
                return err_errno(err, "fsync the folder of %s", name);
        return 0;
}
