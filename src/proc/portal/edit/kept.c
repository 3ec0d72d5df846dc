/*
 * kept.c -- files that a job has left in the container for an administrator: whether one is there, and the
 * file itself. A day after it was made nobody gets it any more, whether or not it was removed by then.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "owning.h"

bool owning_find_file(const char *path, struct stat *out)
{
        return stat(path, out) == 0 && S_ISREG(out->st_mode) &&
               out->st_mtime + OWNING_KEEP_SECONDS > clock_unix();
}

/* Of the name that this portal was asked by. */
struct str owning_label(const struct edit *e)
{
        struct str host = e->origin;

        (void)str_cut(&host, '/');
        (void)str_cut(&host, '/');
        return str_cut(&host, '.');
}

struct file_body {
        int fd;
};

/* An open file stays what it was when another takes its name. */
static int read_file(void *ctx, uint64_t offset, void *p, size_t n)
{
        const struct file_body *body = ctx;
        char *at = p;

        while (n > 0) {
                ssize_t got = pread(body->fd, at, n, (off_t)offset);

                if (got <= 0)
                        return -1;
                at += got;
                offset += (uint64_t)got;
                n -= (size_t)got;
        }
        return 0;
}

static void close_file(void *ctx)
{
        fd_close(&((struct file_body *)ctx)->fd);
}

static void reply(struct edit *e, const struct owning_file *file, int fd, const struct stat *st)
{
        struct file_body *body = arena_alloc(e->arena, sizeof *body);

        body->fd = fd;
        const struct http_entity entity = {
                .tag = str_of(arena_printf(e->arena, "%llx-%llx", (unsigned long long)st->st_mtime,
                                           (unsigned long long)st->st_size)),
                .last_modified = st->st_mtime,
                .content_type = file->type,
                .cache_control = STR("private, no-store"),
                .content_disposition = http_disposition(e->arena, file->name, false),
                .csp = HTTP_CSP_FILE,
                .identity = { .kind = HTTP_BODY_SOURCE, .read = read_file, .length = (uint64_t)st->st_size,
                              .release = close_file, .ctx = body },
        };

        http_reply_entity(e->x, &entity);
}

void owning_send_file(struct edit *e, const struct owning_file *file)
{
        int fd CLEANUP_FD = open(file->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0) {
                reply_missing(e->portal, e->x);
                return;
        }
        if (owning_log(e, file->action, file->detail) < 0)
                return;
        int given = fd;

        fd = -1;
        reply(e, file, given, &st);
}
