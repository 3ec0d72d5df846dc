/*
 * exports.c -- everything of a portal out as one archive, and such an archive into a new container.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fd.h"
#include "export/export.h"
#include "orders.h"
#include "store/audit.h"
#include "store/content_hash.h"

/* The portal opens it by this name, too: takeaway.c there. keeping.c removes both. */
#define TAKEAWAY "takeaway.zip"
#define TAKEAWAY_PART "takeaway.part"

enum { JOB_CACHE_KIB = 16 * 1024, JOB_BUSY_MS = 30000, STEP_MS = 200 };

struct telling {
        struct job *job;
        uint64_t last_ms;
        const char *stage;
};

/* Often enough to be watched, seldom enough to cost nothing. */
static void on_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
        struct telling *t = ctx;
        uint64_t now = clock_ms();

        if (stage == t->stage && now < t->last_ms + STEP_MS)
                return;
        t->stage = stage;
        t->last_ms = now;
        job_progress(t->job, stage, done, total);
}

/* ---- out ---- */

static void put_done(struct json *answer, const struct export_done *done, bool whole)
{
        char hex[DIGEST_HEX_LEN + 1];

        digest_hex(&done->content, hex);
        if (whole)
                json_put_text(answer, "content_hash", str_of(hex));
        if (whole)
                json_put_int(answer, "rows", (int64_t)done->rows);
        json_put_int(answer, "projects", (int64_t)done->projects);
        json_put_int(answer, "topics", (int64_t)done->topics);
        json_put_int(answer, "revisions", (int64_t)done->revisions);
        json_put_int(answer, "files", (int64_t)done->files);
        json_put_int(answer, "publications", (int64_t)done->publications);
        json_put_int(answer, "entries", (int64_t)done->entries);
        json_put_int(answer, "bytes", (int64_t)done->bytes);
}

/* Logged first: that somebody took all data away is known even when the archive's end went wrong. */
static int log_export(struct store *store, const struct export_options *options, int64_t actor,
                      struct err *err)
{
        struct json *detail CLEANUP_JSON = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };

        json_put_text(detail, "project", options->project);
        json_put_bool(detail, "credentials", options->credentials);
        json_render(detail, false, &text);
        return log_portal(store, actor, STR("portal.export"), buf_str(&text), err);
}

/* ---- an export that waits in the container to be fetched ---- */

/* Under its name only when it is whole and on the disk. */
static int keep_export(struct store *store, const struct export_options *options,
                       struct export_done *done, struct err *err)
{
        kept_expire(KEPT_EXPORT, 0);
        int fd CLEANUP_FD = open(TAKEAWAY_PART, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        int r = fd < 0 ? err_errno(err, "make the export's file")
                       : export_write(store, fd, options, done, err);

        if (r == 0 && fdatasync(fd) < 0)
                r = err_errno(err, "sync the export's file");
        if (r == 0 && rename(TAKEAWAY_PART, TAKEAWAY) < 0)
                r = err_errno(err, "name the export's file");
        if (r < 0)
                kept_expire(KEPT_EXPORT, 0);
        return r;
}

int order_export(struct job *job, struct message *msg, int fd, struct err *err)
{
        const struct store_options open = { .cache_kib = JOB_CACHE_KIB, .busy_ms = JOB_BUSY_MS };
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store *store CLEANUP_STORE = NULL;
        struct json *answer CLEANUP_JSON = json_new_object();
        struct telling telling = { .job = job };
        struct export_done done = { .rows = 0 };
        struct export_options options = { .now = clock_unix(), .progress = on_progress,
                                          .ctx = &telling };

        options.portal = arena_str(arena, message_get_str(msg));
        options.project = arena_str(arena, message_get_str(msg));
        options.credentials = message_get_u32(msg) == 1;
        int64_t actor = (int64_t)message_get_u64(msg);
        int r = store_open(".", &open, &store, err);

        if (r == 0)
                r = log_export(store, &options, actor, err);
        if (r == 0 && fd >= 0)
                r = export_write(store, fd, &options, &done, err);
        else if (r == 0)
                r = keep_export(store, &options, &done, err);
        if (r < 0)
                return r;
        put_done(answer, &done, options.project.n == 0);
        json_render(answer, false, &job->json);
        return 0;
}

/* Nobody uses the portal any more: its own database is read, without a copy. */
int order_measure(struct job *job, struct message *msg, int fd, struct err *err)
{
        const struct store_options open = { .as_is = true, .cache_kib = JOB_CACHE_KIB,
                                            .busy_ms = JOB_BUSY_MS };
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store *store CLEANUP_STORE = NULL;
        struct json *answer CLEANUP_JSON = json_new_object();
        struct json *tables = json_new_object();
        struct store_content content = { .ntables = 0 };
        char hex[DIGEST_HEX_LEN + 1];

        (void)msg;
        (void)fd;
        json_put(answer, "tables", tables);
        int r = store_open(".", &open, &store, err);

        if (r == 0)
                r = store_content_hash(store, arena, &content, err);
        if (r < 0)
                return r;
        digest_hex(&content.hash, hex);
        json_put_text(answer, "content_hash", str_of(hex));
        json_put_int(answer, "rows", (int64_t)content.rows);
        for (size_t i = 0; i < content.ntables; i++)
                json_put_int(tables, content.tables[i].name.p, (int64_t)content.tables[i].rows);
        json_render(answer, false, &job->json);
        return 0;
}

int order_tidy(struct job *job, struct message *msg, int fd, struct err *err)
{
        (void)job;
        (void)fd;
        (void)err;
        export_tidy();
        uint64_t keep = message_get_u64(msg);

        kept_expire(message_get_u32(msg), keep);
        return 0;
}

/* ---- in ---- */

int order_take(struct job *job, int fd, struct err *err)
{
        const struct store_options open = { .busy_ms = JOB_BUSY_MS };
        struct store *store CLEANUP_STORE = NULL;
        struct telling telling = { .job = job };
        struct export_taken taken = { .rows = 0 };
        char hex[DIGEST_HEX_LEN + 1], detail[200];
        int r = export_take(fd, on_progress, &telling, &taken, err);

        if (r < 0)
                return r;
        digest_hex(&taken.content, hex);
        snprintf(detail, sizeof detail, "{\"content_hash\":\"%s\",\"rows\":%llu,\"credentials\":%s}", hex,
                 (unsigned long long)taken.rows, taken.credentials ? "true" : "false");
        r = store_open(".", &open, &store, err);
        return r < 0 ? r : log_portal(store, AUDIT_HOST, STR("portal.import"), str_of(detail), err);
}
