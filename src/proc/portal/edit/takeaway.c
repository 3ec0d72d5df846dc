/*
 * takeaway.c -- /edit/export: everything of the portal as one zip, made by a job of the host's, fetched here.
 *
 * The file lies in the container. It is given for a day; then, or before, a job removes it.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "owning.h"

/* exports.c of the job writes it under this name when it is whole. */
#define TAKEAWAY "takeaway.zip"

enum { KEEP_SECONDS = 86400, ISO_DATE = 10 };

static bool find_file(struct stat *st)
{
        return stat(TAKEAWAY, st) == 0 && S_ISREG(st->st_mode) && st->st_mtime + KEEP_SECONDS > clock_unix();
}

/* ---- the page ---- */

static void on_asked(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;
        struct buf out = { 0 };
        struct stat st = { 0 };
        struct page_takeaway page = { .ready = find_file(&st) };

        if (code < 0 && e->error.n == 0)
                e->error = arena_str(e->arena, sentence);
        if (code == 0)
                page.errand = owning_errand(e, json_get(result, "export"));
        page.frame = edit_frame(e, EDIT_TAKEAWAY);
        page.made = st.st_mtime;
        page.until = st.st_mtime + KEEP_SECONDS;
        page.bytes = st.st_size;
        page_render_takeaway(&out, &page);
        edit_send(e, &out);
}

static void show_page(struct edit *e)
{
        asking_ask(ASKING_LIST, 0, e->who->session.person, on_asked, e);
}

void edit_takeaway(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_page(e);
}

/* ---- orders ---- */

static void on_ordered(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;

        (void)result;
        if (code == 0) {
                reply_see_other(e->x, STR("/edit/export"), NULL, 0);
                return;
        }
        e->status = code == ERR_LIMIT || code == ERR_BUSY ? 429 : 422;
        e->error = arena_str(e->arena, sentence);
        show_page(e);
}

/* The job writes the record: it is there before the first byte of the copy. */
void edit_takeaway_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                asking_ask(ASKING_EXPORT, 0, who->session.person, on_ordered, e);
}

void edit_takeaway_remove_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL && owning_log(e, "portal.export-removed", STR("")) == 0)
                asking_ask(ASKING_REMOVE, 0, who->session.person, on_ordered, e);
}

/* ---- the file ---- */

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

/* "docs-2026-11-23.zip", after the name that this portal was asked by. */
static struct str name_of(const struct edit *e, int64_t made)
{
        struct str host = e->origin;
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(made, iso);
        (void)str_cut(&host, '/');
        (void)str_cut(&host, '/');
        struct str label = str_cut(&host, '.');

        return str_of(arena_printf(e->arena, "%.*s-%.*s.zip", STR_ARG(label), ISO_DATE, iso));
}

static void send_file(struct edit *e, int fd, const struct stat *st)
{
        struct file_body *body = arena_alloc(e->arena, sizeof *body);

        body->fd = fd;
        const struct http_entity entity = {
                .tag = str_of(arena_printf(e->arena, "%llx-%llx", (unsigned long long)st->st_mtime,
                                           (unsigned long long)st->st_size)),
                .last_modified = st->st_mtime,
                .content_type = STR("application/zip"),
                .cache_control = STR("private, no-store"),
                .content_disposition = http_disposition(e->arena, name_of(e, st->st_mtime), false),
                .csp = HTTP_CSP_FILE,
                .identity = { .kind = HTTP_BODY_SOURCE, .read = read_file, .length = (uint64_t)st->st_size,
                              .release = close_file, .ctx = body },
        };

        http_reply_entity(e->x, &entity);
}

void edit_takeaway_file(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        int fd CLEANUP_FD = -1;
        struct stat st;

        if (e == NULL)
                return;
        if (!find_file(&st) || (fd = open(TAKEAWAY, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) < 0 ||
            fstat(fd, &st) < 0) {
                reply_missing(e->portal, x);
                return;
        }
        if (owning_log(e, "portal.export-fetched", STR("")) < 0)
                return;
        int given = fd;

        fd = -1;
        send_file(e, given, &st);
}
