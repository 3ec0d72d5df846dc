/*
 * take.c -- an export into an empty container. Every byte is read and held against the manifest before
 * anything has a name that counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fd.h"
#include "base/map.h"
#include "exchange/visit.h"
#include "export/export.h"
#include "export/manifest.h"
#include "export/work.h"
#include "store/audit.h"
#include "store/content_hash.h"

/* In the container's own folder: a file cannot be moved from one folder to another here. */
#define COPY WORK_TAKEN

static const struct exchange_limits limits = {
        .entries = EXPORT_ENTRIES_MAX + 1000,
        .total = UINT64_C(64) << 30,
        .file = UINT64_C(64) << 30,
};

/* What an entry turned out to be. */
struct found {
        struct str path;
        uint64_t size;
        struct digest digest;
        struct found *next;
};

struct taking {
        struct arena *arena;
        struct map *names;
        struct found *all, *now;
        struct digest_stream digest;
        struct buf manifest;
        int database;                   /* -1 until there is one */
        enum { TO_NOTHING, TO_MANIFEST, TO_DATABASE } to;
        uint64_t bytes;
        export_progress_fn *progress;
        void *ctx;
};

/* ---- reading ---- */

static int open_target(struct taking *t, struct str path, struct err *err)
{
        t->to = TO_NOTHING;
        if (str_is(path, "MANIFEST.json"))
                t->to = TO_MANIFEST;
        if (!str_is(path, "portal.db"))
                return 0;
        t->to = TO_DATABASE;
        t->database = open(COPY, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        return t->database < 0 ? err_errno(err, "make room for the database") : 0;
}

static int on_begin(void *ctx, struct str path, bool folder, struct err *err)
{
        struct taking *t = ctx;

        if (folder)
                return 0;
        struct found *f = arena_alloc(t->arena, sizeof *f);

        f->path = arena_str(t->arena, path);
        if (map_put(t->names, f->path, f) != NULL)
                return err_set(err, ERR_CORRUPT, "the export holds '%.*s' twice", STR_ARG(path));
        f->next = t->all;
        t->all = t->now = f;
        digest_start(&t->digest);
        return open_target(t, path, err);
}

static int on_data(void *ctx, const void *p, size_t n, struct err *err)
{
        struct taking *t = ctx;
        uint64_t before = t->bytes;

        digest_add(&t->digest, p, n);
        t->now->size += n;
        t->bytes += n;
        if (t->progress != NULL && before >> 24 != t->bytes >> 24)
                t->progress(t->ctx, "reading (MiB)", t->bytes >> 20, 0);
        if (t->to == TO_DATABASE)
                return fd_write_all(t->database, p, n, err);
        if (t->to != TO_MANIFEST)
                return 0;
        buf_add(&t->manifest, p, n);
        return t->manifest.over ? err_set(err, ERR_LIMIT, "the export's manifest is too long") : 0;
}

static int on_end(void *ctx, struct err *err)
{
        struct taking *t = ctx;

        (void)err;
        digest_finish(&t->digest, &t->now->digest);
        return 0;
}

static int read_archive(struct taking *t, int fd, struct err *err)
{
        static const struct archive_visitor visitor = { on_begin, on_data, on_end };
        int r = archive_visit(fd, &limits, &visitor, t, err);

        if (r < 0)
                return r;
        if (map_get(t->names, STR("MANIFEST.json")) == NULL)
                return err_set(err, ERR_INVALID, "this is no export of Carrel, or it was cut short:"
                               " there is no MANIFEST.json in it");
        return 0;
}

/* ---- believing ---- */

static int compare_entries(const struct taking *t, struct manifest *m, struct err *err)
{
        for (const struct found *f = t->all; f != NULL; f = f->next) {
                if (str_is(f->path, "MANIFEST.json"))
                        continue;
                struct manifest_entry *e = manifest_find(m, f->path);

                if (e == NULL)
                        return err_set(err, ERR_CORRUPT, "the export holds '%.*s', which its manifest"
                                       " does not name", STR_ARG(f->path));
                if (e->size != f->size || memcmp(&e->digest, &f->digest, sizeof f->digest) != 0)
                        return err_set(err, ERR_CORRUPT, "'%.*s' is not what the export's manifest"
                                       " says; the file was changed or damaged", STR_ARG(f->path));
                e->seen = true;
        }
        const struct manifest_entry *missing = manifest_unseen(m);

        if (missing != NULL)
                return err_set(err, ERR_CORRUPT, "the export lacks '%.*s', which its manifest names",
                               STR_ARG(missing->path));
        return t->database >= 0 ? 0 : err_set(err, ERR_CORRUPT, "the export lacks its database");
}

static int check_content(struct store *copy, const struct manifest *m, struct arena *arena,
                         struct export_taken *out, struct err *err)
{
        struct store_content content = { .rows = 0 };
        struct store_audit_head head;
        int64_t broken;
        int r = store_verify(copy, err);

        if (r == 0)
                r = store_content_hash(copy, arena, &content, err);
        if (r < 0)
                return r;
        if (content.schema != manifest_schema(m) ||
            memcmp(&content.hash, manifest_content(m), sizeof content.hash) != 0)
                return err_set(err, ERR_CORRUPT, "the export's database does not hold what its manifest"
                               " says");
        r = store_audit_verify(copy, &head, &broken, err);
        if (r < 0)
                return r;
        *out = (struct export_taken){ content.hash, content.rows, manifest_credentials(m) };
        return 0;
}

/* As it was written, then brought up to date; then its tables must be this release's. */
static int check_database(struct taking *t, const struct manifest *m, struct export_taken *out,
                          struct err *err)
{
        const struct store_options look = { .name = COPY, .as_is = true,
                                            .cache_kib = 16 * 1024 };
        const struct store_options update = { .name = COPY, .cache_kib = 1024 };
        struct store *copy CLEANUP_STORE = NULL;
        int r = store_open(".", &look, &copy, err);

        if (r == 0)
                r = check_content(copy, m, t->arena, out, err);
        store_close(&copy);
        if (r == 0)
                r = store_open(".", &update, &copy, err);
        return r < 0 ? r : store_verify_schema(copy, err);
}

static int sync_folder(struct err *err)
{
        int fd CLEANUP_FD = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? err_errno(err, "sync the container") : 0;
}

/* Closing the copy has left no log beside it: the file is all there is. */
static int put_in_place(struct taking *t, struct err *err)
{
        if (fsync(t->database) < 0)
                return err_errno(err, "sync the database");
        if (access("portal.db", F_OK) == 0)
                return err_set(err, ERR_EXISTS, "this portal has a database already");
        if (rename(COPY, "portal.db") < 0)
                return err_errno(err, "put the database in its place");
        return sync_folder(err);
}

static int take(struct taking *t, int fd, struct export_taken *out, struct err *err)
{
        struct manifest *m CLEANUP_MANIFEST = NULL;
        int r = read_archive(t, fd, err);

        if (r == 0)
                r = manifest_parse(buf_str(&t->manifest), &m, err);
        if (r == 0)
                r = compare_entries(t, m, err);
        if (r == 0 && t->progress != NULL)
                t->progress(t->ctx, "checking", 0, 0);
        if (r == 0)
                r = check_database(t, m, out, err);
        return r < 0 ? r : put_in_place(t, err);
}

int export_take(int fd, export_progress_fn *progress, void *ctx, struct export_taken *out,
                struct err *err)
{
        int lock CLEANUP_WORK = -1;
        struct taking t = { .database = -1, .progress = progress, .ctx = ctx };
        int r = work_open(&lock, err);

        if (r < 0)
                return r;
        t.arena = arena_new(0);
        t.names = map_new();
        t.manifest.max = MANIFEST_BYTES_MAX;
        r = take(&t, fd, out, err);
        fd_close(&t.database);
        buf_free(&t.manifest);
        map_free(&t.names);
        arena_free(&t.arena);
        return r;
}
