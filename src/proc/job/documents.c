/*
 * documents.c -- import and publish, and what a container holds.
 */
#include <fcntl.h>

#include "base/arena.h"
#include "base/fd.h"
#include "content/content.h"
#include "json/json.h"
#include "orders.h"
#include "store/publication.h"
#include "store/store.h"

enum { JOB_CACHE_KIB = 32 * 1024, JOB_BUSY_MS = 30000, COUNTS = 3 };

/* Severities as the command line knows them: 0 information, 1 note, 2 warning. */
struct reporter {
        struct job *job;
        size_t counts[COUNTS];
};

static void on_finding(void *ctx, enum manual_severity severity, struct str file, unsigned line,
                       struct str text)
{
        struct reporter *reporter = ctx;
        unsigned level = severity == MANUAL_LOST ? 2 : severity == MANUAL_CONVERTED ? 1 : 0;

        reporter->counts[level]++;
        job_note(reporter->job, level, file, line, text);
}

static void put_counts(struct json *result, const struct reporter *reporter)
{
        static const char *const names[COUNTS] = { "info", "converted", "lost" };
        struct json *counts = json_new_object();

        for (size_t i = 0; i < COUNTS; i++)
                json_put_int(counts, names[i], (int64_t)reporter->counts[i]);
        json_put(result, "notes", counts);
}

static int open_store(struct store **out, struct err *err)
{
        const struct store_options options = { .cache_kib = JOB_CACHE_KIB, .busy_ms = JOB_BUSY_MS };

        return store_open(".", &options, out, err);
}

/* ---- import ---- */

static int import_manual(struct job *job, struct store *store, struct str project,
                         const struct content_import_options *options, const struct manual *manual,
                         struct err *err)
{
        struct reporter reporter = { .job = job };
        const struct content_report report = { on_finding, &reporter };
        struct content_imported done = { 0 };
        struct json *result CLEANUP_JSON = json_new_object();
        int r = content_import(store, project, options, manual, &report, &done, err);

        if (r < 0)
                return r;
        json_put_text(result, "project", project);
        json_put_int(result, "topics", (int64_t)(done.added + done.changed + done.same));
        json_put_int(result, "added", (int64_t)done.added);
        json_put_int(result, "changed", (int64_t)done.changed);
        json_put_int(result, "same", (int64_t)done.same);
        json_put_int(result, "kept", (int64_t)done.kept);
        json_put_int(result, "files", (int64_t)done.files);
        put_counts(result, &reporter);
        json_render(result, false, &job->json);
        return 0;
}

int order_import(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store *store CLEANUP_STORE = NULL;
        struct manual *manual CLEANUP_MANUAL = NULL;
        struct content_import_options options = { .title = { 0 } };
        struct str project = arena_str(arena, message_get_str(msg));

        options.title = arena_str(arena, message_get_str(msg));
        options.language = arena_str(arena, message_get_str(msg));
        options.author = arena_str(arena, message_get_str(msg));
        int r = content_check_slug(project, "project", err);

        if (r < 0)
                return r;
        int folder CLEANUP_FD = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (folder < 0)
                return err_errno(err, "open the container");
        job_progress(job, "reading", 0, 0);
        r = exchange_read(fd, folder, &exchange_defaults, &manual, err);
        if (r < 0)
                return r;
        r = open_store(&store, err);
        if (r < 0)
                return r;
        job_progress(job, "importing", 0, manual->ntopics);
        return import_manual(job, store, project, &options, manual, err);
}

/* ---- publish ---- */

static int publish(struct job *job, struct str project, const struct content_publish_options *options,
                   struct err *err)
{
        struct store *store CLEANUP_STORE = NULL;
        struct reporter reporter = { .job = job };
        const struct content_report report = { on_finding, &reporter };
        struct content_published done = { 0 };
        struct json *result CLEANUP_JSON = json_new_object();
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str slug = options->as.n > 0 ? options->as : project;
        int r = open_store(&store, err);

        if (r == 0)
                r = content_publish(store, project, options, &report, &done, err);
        if (r < 0)
                return r;
        store_checkpoint(store);
        json_put_text(result, "publication", slug);
        json_put_text(result, "path", str_of(arena_printf(arena, "/docs/%.*s/", STR_ARG(slug))));
        json_put_text(result, "visibility", str_of(store_visibility_name(done.visibility)));
        json_put_text(result, "version", options->version);
        json_put_int(result, "pages", (int64_t)done.pages);
        json_put_int(result, "rendered", (int64_t)done.rendered);
        json_put_int(result, "bytes", (int64_t)done.bytes);
        put_counts(result, &reporter);
        json_render(result, false, &job->json);
        return 0;
}

int order_publish(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct content_publish_options options = { .visibility = STORE_PUBLIC };
        struct str project = arena_str(arena, message_get_str(msg));

        (void)fd;
        options.as = arena_str(arena, message_get_str(msg));
        options.version = arena_str(arena, message_get_str(msg));
        struct str visibility = message_get_str(msg);

        /* What is restricted must not become public because somebody left a word out. */
        options.keep_visibility = visibility.n == 0;
        if (visibility.n > 0) {
                int r = store_visibility_parse(visibility, &options.visibility, err);

                if (r < 0)
                        return r;
        }
        job_progress(job, "publishing", 0, 0);
        return publish(job, project, &options, err);
}

/* ---- summary ---- */

int order_summary(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store *store CLEANUP_STORE = NULL;
        struct json *result CLEANUP_JSON = json_new_object();
        struct json *list = json_new_array();
        struct store_publication_row *rows = NULL;
        size_t n = 0;

        (void)msg;
        (void)fd;
        json_put(result, "publications", list);
        int r = open_store(&store, err);

        if (r == 0)
                r = store_publication_all(store, arena, &rows, &n, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++) {
                struct json *o = json_new_object();

                json_put_text(o, "slug", rows[i].slug);
                json_put_text(o, "title", rows[i].title);
                json_put_text(o, "version", rows[i].version);
                json_put_text(o, "visibility", str_of(store_visibility_name(rows[i].visibility)));
                json_put_int(o, "pages", rows[i].pages);
                json_append(list, o);
        }
        json_render(result, false, &job->json);
        return 0;
}
