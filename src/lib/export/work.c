/*
 * work.c -- a lock that dies with its process, and a folder that the next one removes.
 */
#include "export/work.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "export/export.h"

#define LOCK_FILE "export.lock"

/* Every file that is ever made there; no folder is ever read, so nobody's name is followed. */
static void empty_folder(void)
{
        static const char *const files[] = {
                "portal.db", "portal.db-wal", "portal.db-shm", "portal.db-journal",
                "portal.sums", "generation", "out.db", "out.db-journal",
        };
        static const char *const taken[] = { WORK_TAKEN, WORK_TAKEN "-wal", WORK_TAKEN "-shm" };

        for (size_t i = 0; i < ARRAY_LEN(taken); i++)
                (void)unlink(taken[i]);
        int folder CLEANUP_FD = open(EXPORT_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (folder < 0)
                return;
        for (size_t i = 0; i < ARRAY_LEN(files); i++)
                (void)unlinkat(folder, files[i], 0);
        (void)unlinkat(AT_FDCWD, EXPORT_FOLDER, AT_REMOVEDIR);
}

static int take_lock(int *out, struct err *err)
{
        struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0)
                return err_errno(err, "open the lock of exports");
        if (fcntl(fd, F_SETLK, &whole) < 0) {
                bool held = errno == EACCES || errno == EAGAIN;
                int r = held ? err_set(err, ERR_BUSY, "an export of this portal is being made already;"
                                       " wait until it is done")
                             : err_errno(err, "lock exports");

                fd_close(&fd);
                return r;
        }
        *out = fd;
        return 0;
}

int work_open(int *out, struct err *err)
{
        int lock CLEANUP_FD = -1;
        int r = take_lock(&lock, err);

        if (r < 0)
                return r;
        empty_folder();
        if (mkdir(EXPORT_FOLDER, 0700) < 0)
                return err_errno(err, "make room for the copy");
        *out = lock;
        lock = -1;
        return 0;
}

void work_close(int *lock)
{
        if (*lock < 0)
                return;
        empty_folder();
        fd_close(lock);
}

void export_tidy(void)
{
        int lock CLEANUP_FD = -1;

        if ((access(EXPORT_FOLDER, F_OK) == 0 || access(WORK_TAKEN, F_OK) == 0) &&
            take_lock(&lock, NULL) == 0)
                empty_folder();
}
