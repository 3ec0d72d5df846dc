/*
 * spool.c -- the unnamed file.
 */
#include "exchange/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/fd.h"

/*
 * A name for the blink of an eye: O_TMPFILE would need none, but a job's system calls do not
 * include it (an unnamed file can be given a name later, out of sight of every rule about names).
 */
int spool_open(struct spool *s, int dir, struct err *err)
{
        char name[40];
        uint64_t random;

        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
                return err_errno(err, "draw a random number");
        snprintf(name, sizeof name, "import-%016llx.spool", (unsigned long long)random);
        int fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (fd < 0)
                return err_errno(err, "make room for the import");
        if (unlinkat(dir, name, 0) < 0) {
                fd_close(&fd);
                return err_errno(err, "remove the name of the import's file");
        }
        s->fd = fd;
        s->end = 0;
        return 0;
}

void spool_close(struct spool *s)
{
        fd_close(&s->fd);
}

int spool_append(struct spool *s, const void *p, size_t n, struct err *err)
{
        const char *at = p;

        while (n > 0) {
                ssize_t done = pwrite(s->fd, at, n, (off_t)s->end);

                if (done < 0 && errno == EINTR)
                        continue;
                if (done < 0)
                        return err_errno(err, "spool the import");
                at += done;
                n -= (size_t)done;
                s->end += (uint64_t)done;
        }
        return 0;
}

int spool_read(const struct spool *s, uint64_t offset, void *p, size_t n, struct err *err)
{
        char *at = p;

        while (n > 0) {
                ssize_t got = pread(s->fd, at, n, (off_t)offset);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, "read the spooled import");
                if (got == 0)
                        return err_set(err, ERR_CORRUPT, "the spooled import ended too early");
                at += got;
                n -= (size_t)got;
                offset += (uint64_t)got;
        }
        return 0;
}

int spool_slurp(const struct spool *s, uint64_t offset, uint64_t n, struct buf *out,
                struct err *err)
{
        buf_reserve(out, (size_t)n);
        char part[16384];

        while (n > 0) {
                size_t take = n < sizeof part ? (size_t)n : sizeof part;
                int r = spool_read(s, offset, part, take, err);

                if (r < 0)
                        return r;
                buf_add(out, part, take);
                offset += take;
                n -= take;
        }
        return 0;
}
