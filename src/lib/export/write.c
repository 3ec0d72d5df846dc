/*
 * write.c -- a copy of one moment, and everything that is read from it.
 */
#include "export/export.h"

#include "base/fd.h"
#include "export/work.h"
#include "export/writing.h"
#include "store/snapshot.h"
#include "store/strip.h"

static void on_copied(void *ctx, uint64_t done, uint64_t total)
{
        sink_progress(ctx, "copying", done, total);
}

static int open_copy(struct sink *sink, struct store *live, struct store **out, struct err *err)
{
        static const struct store_options options = { .cache_kib = 16 * 1024 };
        int r = store_snapshot(live, EXPORT_FOLDER, on_copied, sink, err);

        if (r == 0)
                r = store_open(EXPORT_FOLDER, &options, out, err);
        if (r == 0 && sink->options->project.n == 0 && !sink->options->credentials)
                r = store_strip(*out, err);
        return r;
}

static int write_projects(struct sink *sink, struct store *copy, int64_t *out_id, struct err *err)
{
        struct json *projects CLEANUP_JSON = NULL;
        struct str only = sink->options->project;
        int r = sink_rows(copy, EXTRACT_PROJECTS, 0, &projects, err);

        for (size_t i = 0; r == 0 && i < json_length(projects); i++) {
                const struct json *project = json_at(projects, i);

                if (only.n > 0 && !str_eq(only, json_get_text(project, "slug")))
                        continue;
                *out_id = json_get_int(project, "id");
                r = write_project(sink, copy, project, err);
        }
        if (r == 0 && only.n > 0 && sink->done.projects == 0)
                return err_set(err, ERR_NOT_FOUND, "there is no project '%.*s' to export",
                               STR_ARG(only));
        return r;
}

static int write_one_project(struct sink *sink, struct store *copy, struct err *err)
{
        int64_t id = 0;
        int r = write_projects(sink, copy, &id, err);

        if (r == 0)
                r = write_publications(sink, copy, id, err);
        return r < 0 ? r : write_manifest(sink, NULL, err);
}

/* The copy is closed before its file is written anew. */
static int write_whole(struct sink *sink, struct store **copy, struct err *err)
{
        struct store_content content;
        int64_t id = 0;
        int r;

        sink_progress(sink, "hashing", 0, 0);
        r = store_content_hash(*copy, sink->arena, &content, err);
        if (r == 0)
                r = write_portal(sink, *copy, err);
        if (r == 0)
                r = write_projects(sink, *copy, &id, err);
        if (r == 0)
                r = write_publications(sink, *copy, 0, err);
        if (r < 0)
                return r;
        store_close(copy);
        sink_progress(sink, "database", 0, 0);
        r = write_database(sink, err);
        if (r == 0)
                r = write_manifest(sink, &content, err);
        sink->done.content = content.hash;
        sink->done.rows = content.rows;
        return r;
}

int export_write(struct store *store, int fd, const struct export_options *options,
                 struct export_done *out, struct err *err)
{
        int lock CLEANUP_WORK = -1;
        struct sink sink CLEANUP_SINK = { 0 };
        struct store *copy CLEANUP_STORE = NULL;
        int r = work_open(&lock, err);

        if (r == 0)
                r = sink_open(&sink, fd, options, err);
        if (r == 0)
                r = open_copy(&sink, store, &copy, err);
        if (r == 0)
                r = write_readme(&sink, err);
        if (r == 0)
                r = options->project.n > 0 ? write_one_project(&sink, copy, err)
                                           : write_whole(&sink, &copy, err);
        if (r == 0)
                r = zip_finish(sink.zip, err);
        if (r < 0)
                return r;
        sink.done.bytes = zip_written(sink.zip);
        *out = sink.done;
        return 0;
}
