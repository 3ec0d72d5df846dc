/*
 * manifest_file.c -- the list on disk: read whole, added to at its end.
 */
#include "vault/manifest.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define NAME "manifest"

static int cut_torn_line(int folder, size_t whole, struct err *err)
{
        int fd CLEANUP_FD = openat(folder, NAME, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0 || ftruncate(fd, (off_t)whole) < 0 || fsync(fd) < 0)
                return err_errno(err, "cut off a line that was not finished");
        return 0;
}

int manifest_load(int folder, const uint8_t public[static SIGNING_PUBLIC_LEN], uint64_t lines,
                  const struct digest *head, struct manifest *out, struct err *err)
{
        struct manifest manifest CLEANUP_MANIFEST = { 0 };
        struct buf text CLEANUP_BUF = { 0 };
        struct digest then;
        size_t whole = 0;
        int r = fd_slurp(folder, NAME, MANIFEST_BYTES_MAX, &text, err);

        if (r == ERR_NOT_FOUND)
                r = 0;
        if (r == 0)
                r = manifest_read(buf_str(&text), public, &manifest, &whole, err);
        if (r < 0)
                return r;
        if (!manifest_digest_at(str_make(text.p, whole), lines, &then) ||
            memcmp(then.b, head->b, DIGEST_LEN) != 0)
                return err_set(err, ERR_CORRUPT, "the list of backups is older than the one this "
                                                 "host wrote "
                               "last, or another; put the newest copy back");
        if (whole < text.n)
                r = cut_torn_line(folder, whole, err);
        if (r < 0)
                return r;
        *out = manifest;
        manifest = (struct manifest){ 0 };
        return 0;
}

static int write_line(int fd, const struct buf *line, struct err *err)
{
        int r = fd_write_all(fd, line->p, line->n, err);

        if (r == 0 && fsync(fd) < 0)
                r = err_errno(err, "write the list of backups");
        return r;
}

int manifest_append(int folder, struct manifest *manifest, const struct backup *backup,
                    const uint8_t seed[static SIGNING_SEED_LEN], struct err *err)
{
        struct buf line CLEANUP_BUF = { 0 };
        struct stat st;

        if (manifest->broken)
                return err_set(err, ERR_IO, "the list of backups could not be written a moment ago");
        int fd CLEANUP_FD = openat(folder, NAME, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                                   0600);

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "open the list of backups");
        manifest_add(manifest, backup, seed, &line);
        int r = write_line(fd, &line, err);

        /* The folder, too: the file may be new. */
        if (r == 0 && fsync(folder) < 0)
                r = err_errno(err, "write the folder of the list of backups");
        if (r == 0)
                return 0;
        /* Half a line must not stay before the next one; if it does, loading cuts it off. */
        manifest->broken = true;
        return ftruncate(fd, st.st_size) < 0 ? ERR_IO : r;
}
