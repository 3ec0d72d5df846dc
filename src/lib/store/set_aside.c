/*
 * set_aside.c -- files change their names while nobody has them open.
 *
 * SQLite finds a log by its database's name, so a process that has the old database open could take the new
 * one's log for its own. Each such process holds a shared lock on the file as long as it has it open
 * (www.sqlite.org/walformat.html, 2.3); only who gets it alone goes on.
 */
#include "store/set_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

enum {
        LOCKS_AT = 0x40000000, LOCKS_LEN = 512,         /* SQLite's lock bytes */
        TRIES = 150, PAUSE_MS = 200,
};

static int lock_alone(int fd, struct err *err)
{
        const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };

        for (int i = 0; i < TRIES; i++) {
                struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCKS_AT,
                                      .l_len = LOCKS_LEN };

                if (fcntl(fd, F_SETLK, &lock) == 0)
                        return 0;
                if (errno != EAGAIN && errno != EACCES && errno != EINTR)
                        return err_errno(err, "lock the portal's database");
                nanosleep(&pause, NULL);
        }
        return err_set(err, ERR_BUSY, "somebody has the portal's database open still; try again in a minute");
}

static int move(const char *from, int64_t now, const char *ending, struct err *err)
{
        char to[64];

        snprintf(to, sizeof to, "damaged-%lld.%s", (long long)now, ending);
        if (rename(from, to) < 0 && errno != ENOENT)
                return err_errno(err, "set %s aside", from);
        return 0;
}

static int sync_folder(struct err *err)
{
        int fd CLEANUP_FD = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? err_errno(err, "bring the container's folder to the disk") : 0;
}

/* Nothing is called portal.db for no moment: the two change places in one step. */
static int exchange(const char *from, bool has_old, struct err *err)
{
        if (has_old ? renameat2(AT_FDCWD, from, AT_FDCWD, "portal.db", RENAME_EXCHANGE) < 0
                    : rename(from, "portal.db") < 0)
                return err_errno(err, "give the restored database its name");
        return sync_folder(err);
}

/*
 * The log first, and on the disk: no other database may ever find it. The sums last: the new database beside
 * the old one's sums is called damaged until this is done again; the old one without any would be called
 * well.
 */
static int change_names(const char *from, bool has_old, struct err *err)
{
        int64_t now = clock_unix();
        int r = move("portal.db-wal", now, "db-wal", err);

        if (r == 0 && unlink("portal.db-shm") < 0 && errno != ENOENT)
                r = err_errno(err, "remove the old log's index");
        if (r == 0)
                r = sync_folder(err);
        if (r == 0)
                r = exchange(from, has_old, err);
        if (r == 0 && has_old)
                r = move(from, now, "db", err);
        if (r == 0)
                r = move("portal.sums", now, "sums", err);
        return r < 0 ? r : sync_folder(err);
}

int store_set_aside(const char *from, struct err *err)
{
        int fd CLEANUP_FD = open("portal.db", O_RDWR | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0 && errno != ENOENT)
                return err_errno(err, "open the portal's database");
        int r = fd >= 0 ? lock_alone(fd, err) : 0;

        return r < 0 ? r : change_names(from, fd >= 0, err);
}
