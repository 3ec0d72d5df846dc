/*
 * manual.c -- an import from its first byte to a manual.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "exchange/convert.h"
#include "exchange/media.h"
#include "exchange/path.h"
#include "exchange/plan.h"

const struct exchange_limits exchange_defaults = {
        .entries = 20000,
        .total = 512 * MIB,
        .file = 64 * MIB,
        .text = 4 * MIB,
        .lines = 100000,
        .notes = 5000,
};

/* The public part comes first, so that a manual's address is the loaded one's. */
struct loaded {
        struct manual manual;
        struct bundle bundle;
        struct map *topics;             /* struct manual_topic by source path */
        struct map *files;              /* struct manual_file by path */
        struct map *slugs;              /* struct source by slug */
};

static int convert_sources(struct plan *plan, struct loaded *l, struct err *err)
{
        struct manual_topic *topics = arena_array(plan->arena, plan->nsources, sizeof *topics);
        struct buf text CLEANUP_BUF = { 0 };
        uint64_t start = l->bundle.spool.end;

        for (size_t i = 0; i < plan->nsources; i++) {
                struct source *s = plan->sources[i];
                struct manual_topic *t = &topics[i];

                buf_clear(&text);
                int r = convert_topic(plan, s, &text, err);

                if (r < 0)
                        return r;
                if (l->bundle.spool.end - start + text.n > l->bundle.limits->total)
                        return err_set(err, ERR_LIMIT, "the topics with their includes are larger"
                                                       " than %llu MiB",
                                       (unsigned long long)(l->bundle.limits->total >> 20));
                *t = (struct manual_topic){ s->slug, s->title, s->description, s->path, s->metadata,
                                            l->bundle.spool.end, text.n };
                r = spool_append(&l->bundle.spool, text.p, text.n, err);
                if (r < 0)
                        return r;
                s->topic = t;
                map_put(l->topics, s->path, t);
                if (s->draft)
                        notes_add(plan->notes, MANUAL_INFO, s->entry->path, 1,
                                  "This is marked as a draft: it is kept, but not in the "
                                  "contents.");
        }
        if (plan->promoted > 0)
                notes_add(plan->notes, MANUAL_CONVERTED, STR(""), 0,
                          "In %zu topics the first heading was of a lower level; it is the topic's"
                          " title now.",
                          plan->promoted);
        l->manual.topics = topics;
        l->manual.ntopics = plan->nsources;
        return 0;
}

static void take_file(struct plan *plan, struct loaded *l, const struct entry *e, struct str path,
                      struct str type, struct manual_file *files)
{
        char first[16];
        size_t n = e->size < sizeof first ? (size_t)e->size : sizeof first;

        if (spool_read(&l->bundle.spool, e->offset, first, n, NULL) < 0)
                n = 0;
        if (!media_agrees(type, str_make(first, n))) {
                notes_add(plan->notes, MANUAL_LOST, e->path, 0,
                          "This is not what its name says (%.*s) and is left out.", STR_ARG(type));
                return;
        }
        struct manual_file *f = &files[l->manual.nfiles++];

        *f = (struct manual_file){ path, type, e->digest, e->offset, e->size };
        map_put(l->files, path, f);
}

static void take_files(struct plan *plan, struct loaded *l)
{
        struct manual_file *files = arena_array(plan->arena, plan->b->n, sizeof *files);
        size_t outside = 0;

        for (size_t i = 0; i < plan->b->n; i++) {
                const struct entry *e = plan->b->entries[i];
                struct str path, type = { "", 0 };

                if (!plan_inside(plan, e->path, &path)) {
                        outside += !str_eq(e->path, plan->config);
                        continue;
                }
                if (plan_excludes(plan, path))
                        continue;
                enum media_use use = media_of(path, &type);

                if (use == MEDIA_FILE)
                        take_file(plan, l, e, path, type, files);
                else if (use == MEDIA_SKIP)
                        notes_add(plan->notes, MANUAL_INFO, e->path, 0,
                                  "This kind of file is not kept.");
        }
        l->manual.files = files;
        if (outside > 0)
                notes_add(plan->notes, MANUAL_INFO, STR(""), 0,
                          "%zu files outside of '%.*s' were read only where a topic includes them.",
                          outside, STR_ARG(plan->root));
}

static int understand(struct loaded *l, struct err *err)
{
        struct bundle *b = &l->bundle;
        struct plan plan = { .b = b, .arena = b->arena, .notes = &b->notes };
        struct nav top = { 0 };

        plan.by_path = map_new();
        plan.redirects = arena_array(b->arena, PLAN_REDIRECTS_MAX, sizeof *plan.redirects);
        int r = plan_configure(&plan, err);

        if (r == 0)
                r = sources_find(&plan, err);
        if (r == 0)
                r = sources_name(&plan, l->slugs, err);
        if (r == 0)
                r = contents_navigate(&plan, &top, err);
        if (r == 0)
                r = convert_sources(&plan, l, err);
        if (r == 0) {
                contents_flatten(&plan, top.children, &l->manual);
                take_files(&plan, l);
                l->manual.kind = plan.kind;
                l->manual.title = plan.title;
                l->manual.language = plan.language;
                l->manual.description = plan.description;
                l->manual.redirects = plan.redirects;
                l->manual.nredirects = plan.nredirects;
                l->manual.notes = b->notes.first;
                l->manual.nnotes = b->notes.count;
        }
        map_free(&plan.by_path);
        return r;
}

int exchange_read(int fd, int spool_dir, const struct exchange_limits *limits, struct manual **out,
                  struct err *err)
{
        struct loaded *l = xalloc(sizeof *l);
        struct manual *manual CLEANUP_MANUAL = &l->manual;

        l->topics = map_new();
        l->files = map_new();
        l->slugs = map_new();
        int r = bundle_open(&l->bundle, spool_dir, limits, err);

        if (r == 0)
                r = bundle_load(&l->bundle, fd, err);
        if (r == 0)
                r = bundle_finish(&l->bundle, err);
        if (r == 0)
                r = understand(l, err);
        if (r < 0)
                return r;
        *out = manual;
        manual = NULL;
        return 0;
}

void manual_free(struct manual **manual)
{
        struct loaded *l = (struct loaded *)(void *)*manual;

        if (l == NULL)
                return;
        bundle_close(&l->bundle);
        map_free(&l->topics);
        map_free(&l->files);
        map_free(&l->slugs);
        free(l);
        *manual = NULL;
}

static const struct loaded *inside(const struct manual *manual)
{
        return (const struct loaded *)(const void *)manual;
}

int manual_source(const struct manual *manual, const struct manual_topic *topic, struct buf *out,
                  struct err *err)
{
        return spool_slurp(&inside(manual)->bundle.spool, topic->offset, topic->size, out, err);
}

int manual_bytes(const struct manual *manual, const struct manual_file *file, uint64_t offset,
                 void *p, size_t n, struct err *err)
{
        return spool_read(&inside(manual)->bundle.spool, file->offset + offset, p, n, err);
}

const struct manual_topic *manual_topic_at(const struct manual *manual, struct str source_path)
{
        return map_get(inside(manual)->topics, source_path);
}

const struct manual_file *manual_file_at(const struct manual *manual, struct str path)
{
        return map_get(inside(manual)->files, path);
}

unsigned manual_line_of(const struct manual *manual, const struct manual_topic *topic,
                        struct str text)
{
        const struct loaded *l = inside(manual);
        struct buf original CLEANUP_BUF = { 0 };
        const struct source *s = map_get(l->slugs, topic->slug);
        unsigned line = 1;

        if (s == NULL || bundle_read(&l->bundle, s->entry, &original, NULL) < 0)
                return 0;
        ptrdiff_t at = str_find_str(buf_str(&original), text);

        if (at < 0 || text.n == 0)
                return 0;
        for (ptrdiff_t i = 0; i < at; i++)
                line += original.p[i] == '\n';
        return line;
}
