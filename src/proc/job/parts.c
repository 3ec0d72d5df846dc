/*
 * parts.c -- what JOB_RECEIVE has left, beside what is there today: a project or a topic of it comes back, or
 * it is only told what it holds.
 *
 * What it holds is written into the container, for its own portal: names of topics go no other way.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "content/bring_back.h"
#include "content/compare.h"
#include "orders.h"

/* The portal opens it by this name, too: inside.c there. */
#define INSIDE "inside.jsonl"
#define INSIDE_PART "inside.part"

enum { ROWS_MAX = 20000, BYTES_MAX = 8 << 20 };

/* ---- bringing back ---- */

static void put_brought(struct job *job, const struct content_brought *done)
{
        struct json *result CLEANUP_JSON = json_new_object();

        json_put_int(result, "added", (int64_t)done->added);
        json_put_int(result, "changed", (int64_t)done->changed);
        json_put_int(result, "same", (int64_t)done->same);
        json_put_int(result, "listed", (int64_t)done->listed);
        json_put_int(result, "files", (int64_t)done->files);
        json_put_int(result, "kept", (int64_t)done->kept);
        json_render(result, false, &job->json);
}

int order_bring_back(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct received received CLEANUP(received_close) = { .copy = NULL };
        struct content_bring_options options = { .backup = (int64_t)message_get_u64(msg) };
        struct content_brought done = { 0 };

        (void)fd;
        options.actor = (int64_t)message_get_u64(msg);
        int r = received_open(msg, &received, err);

        options.project = message_get_str(msg);
        options.topic = message_get_str(msg);
        if (r == 0) {
                job_progress(job, "restoring", 0, 0);
                r = content_bring_back(received.live, received.copy, &options, &done, err);
        }
        if (r == 0)
                put_brought(job, &done);
        return r;
}

/* ---- telling what it holds ---- */

struct look {
        struct buf rows;                /* one JSON object a line */
        int64_t listed, counts[4];      /* by enum compared */
};

static int on_topic(void *ctx, const struct compared_topic *t, struct err *err)
{
        struct look *look = ctx;
        struct json *o CLEANUP_JSON = NULL;

        (void)err;
        look->counts[t->is]++;
        if (t->is == COMPARED_SAME || look->listed >= ROWS_MAX || look->rows.n >= BYTES_MAX)
                return 0;
        o = json_new_object();
        json_put_bool(o, "gone", t->is == COMPARED_GONE);
        json_put_text(o, "project", t->project);
        json_put_text(o, "project_title", t->project_title);
        json_put_text(o, "topic", t->topic);
        json_put_text(o, "title", t->title);
        json_put_int(o, "updated", t->updated);
        json_render(o, false, &look->rows);
        buf_putc(&look->rows, '\n');
        look->listed++;
        return 0;
}

static void write_head(const struct look *look, int64_t backup, struct buf *out)
{
        struct json *o CLEANUP_JSON = json_new_object();

        json_put_int(o, "backup", backup);
        json_put_int(o, "gone", look->counts[COMPARED_GONE]);
        json_put_int(o, "changed", look->counts[COMPARED_CHANGED]);
        json_put_int(o, "same", look->counts[COMPARED_SAME]);
        json_put_int(o, "listed", look->listed);
        json_render(o, false, out);
        buf_putc(out, '\n');
}

/* It is read from the moment that it has its name. */
static int write_inside(struct str head, struct str rows, struct err *err)
{
        int fd CLEANUP_FD = open(INSIDE_PART, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0)
                return err_errno(err, "make %s", INSIDE_PART);
        int r = fd_write_all(fd, head.p, head.n, err);

        if (r == 0)
                r = fd_write_all(fd, rows.p, rows.n, err);
        if (r == 0 && rename(INSIDE_PART, INSIDE) < 0)
                r = err_errno(err, "name %s", INSIDE);
        if (r < 0)
                (void)unlink(INSIDE_PART);
        return r;
}

int order_look(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct received received CLEANUP(received_close) = { .copy = NULL };
        struct look look = { .listed = 0 };
        struct buf head CLEANUP_BUF = { 0 };
        int64_t backup = (int64_t)message_get_u64(msg);
        int r = received_open(msg, &received, err);

        (void)fd;
        if (r == 0) {
                job_progress(job, "comparing", 0, 0);
                r = content_compare(received.live, received.copy, on_topic, &look, err);
        }
        if (r == 0) {
                write_head(&look, backup, &head);
                r = write_inside(buf_str(&head), buf_str(&look.rows), err);
        }
        buf_free(&look.rows);
        return r;
}
