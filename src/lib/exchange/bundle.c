/*
 * bundle.c -- the files of an archive by name.
 */
#include "exchange/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "exchange/path.h"
#include "exchange/visit.h"

int bundle_open(struct bundle *b, int spool_dir, const struct exchange_limits *limits,
                struct err *err)
{
        memset(b, 0, sizeof *b);
        b->spool.fd = -1;
        int r = spool_open(&b->spool, spool_dir, err);

        if (r < 0)
                return r;
        b->arena = arena_new(64 * KIB);
        b->by_path = map_new();
        b->by_fold = map_new();
        b->limits = limits;
        b->notes = (struct notes){ .arena = b->arena, .max = limits->notes };
        return 0;
}

void bundle_close(struct bundle *b)
{
        if (b->arena == NULL)
                return;
        spool_close(&b->spool);
        map_free(&b->by_path);
        map_free(&b->by_fold);
        free(b->entries);
        arena_free(&b->arena);
}

/* What a folded name stands for; as map values. */
static char a_file, a_folder;

/* All folders above path exist by being named; a file of that name would clash with them. */
static int claim_parents(struct bundle *b, struct str path, struct err *err)
{
        for (struct str up = path_folder(path); up.n > 0; up = path_folder(up)) {
                void *old = map_get(b->by_fold, path_fold(b->arena, up));

                if (old == &a_file)
                        return err_set(err, ERR_INVALID,
                                       "'%.*s' is a file and a folder in this archive",
                                       STR_ARG(up));
                if (old == &a_folder)
                        return 0;
                map_put(b->by_fold, path_fold(b->arena, up), &a_folder);
        }
        return 0;
}

int bundle_claim(struct bundle *b, struct str path, bool folder, struct err *err)
{
        struct str folded = path_fold(b->arena, path);
        const void *old = map_get(b->by_fold, folded);

        if (old != NULL && !(folder && old == &a_folder))
                return err_set(err, ERR_INVALID,
                               "the archive holds '%.*s' twice (upper and lower case count as the"
                               " same); keep one of them",
                               STR_ARG(path));
        map_put(b->by_fold, folded, folder ? &a_folder : &a_file);
        return claim_parents(b, path, err);
}

struct entry *bundle_add(struct bundle *b, struct str path)
{
        struct entry *e = arena_alloc(b->arena, sizeof *e);

        if (b->n == b->cap) {
                b->cap = b->cap > 0 ? b->cap * 2 : 64;
                b->entries = xrealloc(b->entries, b->cap, sizeof *b->entries);
        }
        e->path = arena_str(b->arena, path);
        e->offset = b->spool.end;
        b->entries[b->n++] = e;
        return e;
}

static struct str first_part(struct str path)
{
        struct str rest = path;

        return str_find(path, '/') < 0 ? (struct str){ "", 0 } : str_cut(&rest, '/');
}

/*
 * The only top folder, or empty: archives are often packed with the folder that holds everything.
 */
static struct str common_folder(const struct bundle *b)
{
        struct str top = b->n > 0 ? first_part(b->entries[0]->path) : (struct str){ "", 0 };

        for (size_t i = 0; i < b->n && top.n > 0; i++)
                if (!str_eq(first_part(b->entries[i]->path), top))
                        top.n = 0;
        return top;
}

static int by_path(const void *a, const void *b)
{
        const struct entry *const *x = a, *const *y = b;

        return path_compare((*x)->path, (*y)->path);
}

int bundle_finish(struct bundle *b, struct err *err)
{
        struct str top = common_folder(b);

        if (b->n == 0)
                return err_set(err, ERR_NOT_FOUND, "the archive holds no files");
        for (size_t i = 0; i < b->n; i++) {
                struct entry *e = b->entries[i];

                if (top.n > 0)
                        e->path = str_make(e->path.p + top.n + 1, e->path.n - top.n - 1);
                map_put(b->by_path, e->path, e);
        }
        qsort(b->entries, b->n, sizeof *b->entries, by_path);
        return 0;
}

struct entry *bundle_find(const struct bundle *b, struct str path)
{
        return path.n > 0 ? map_get(b->by_path, path) : NULL;
}

int bundle_read(const struct bundle *b, const struct entry *e, struct buf *out, struct err *err)
{
        return spool_slurp(&b->spool, e->offset, e->size, out, err);
}

/* ---- from an archive ---- */

struct loading {
        struct bundle *b;
        struct entry *e;                /* the file that is being read */
        struct digest_stream digest;
};

static int on_begin(void *ctx, struct str path, bool folder, struct err *err)
{
        struct loading *l = ctx;
        int r = bundle_claim(l->b, path, folder, err);

        if (r < 0 || folder)
                return r;
        l->e = bundle_add(l->b, path);
        digest_start(&l->digest);
        return 0;
}

static int on_data(void *ctx, const void *p, size_t n, struct err *err)
{
        struct loading *l = ctx;

        digest_add(&l->digest, p, n);
        l->e->size += n;
        return spool_append(&l->b->spool, p, n, err);
}

static int on_end(void *ctx, struct err *err)
{
        struct loading *l = ctx;

        (void)err;
        digest_finish(&l->digest, &l->e->digest);
        return 0;
}

int bundle_load(struct bundle *b, int fd, struct err *err)
{
        static const struct archive_visitor visitor = { on_begin, on_data, on_end };
        struct loading l = { .b = b };

        return archive_visit(fd, b->limits, &visitor, &l, err);
}
