/*
 * database.c -- the SQLite file itself, written anew so that nothing deleted is in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "export/writing.h"
#include "store/snapshot.h"

enum { PART = 64 * 1024, PARTS_BETWEEN = 64 };

static int add_file(struct sink *sink, int fd, uint64_t size, struct err *err)
{
        char *part = arena_alloc(sink->arena, PART);
        uint64_t done = 0, n = 0;

        while (done < size) {
                ssize_t got = read(fd, part, PART);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, "read the copy");
                if (got == 0 || (uint64_t)got > size - done)
                        return err_set(err, ERR_IO, "the copy changed its size while it was read");
                int r = sink_add(sink, str_make(part, (size_t)got), err);

                if (r < 0)
                        return r;
                done += (uint64_t)got;
                if (++n % PARTS_BETWEEN == 0)
                        sink_progress(sink, "database", done, size);
        }
        return 0;
}

int write_database(struct sink *sink, struct err *err)
{
        struct stat st;
        int r = store_rewrite(EXPORT_FOLDER, EXPORT_FOLDER "/out.db", err);

        if (r < 0)
                return r;
        int fd CLEANUP_FD = open(EXPORT_FOLDER "/out.db", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "open the copy");
        /* Its largest values are packed pages: deflating it would take long and gain little. */
        r = sink_begin(sink, STR("portal.db"), (uint64_t)st.st_size, true, sink->options->now, err);
        if (r == 0)
                r = add_file(sink, fd, (uint64_t)st.st_size, err);
        return r < 0 ? r : sink_end(sink, err);
}
