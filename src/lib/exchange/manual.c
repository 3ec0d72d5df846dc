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

enum { TOC_DEPTH_MAX = 16, SLUG_MAX = 300, REDIRECTS_MAX = 20000, PATTERNS_MAX = 200 };

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

struct entry *plan_entry(const struct plan *plan, struct str path)
{
        struct str full;

        return path_resolve(plan->arena, plan->root, path, &full) ? bundle_find(plan->b, full)
                                                                  : NULL;
}

bool plan_inside(const struct plan *plan, struct str path, struct str *out)
{
        if (plan->root.n == 0) {
                *out = path;
                return true;
        }
        if (!str_starts(path, plan->root) || path.n <= plan->root.n + 1 ||
            path.p[plan->root.n] != '/')
                return false;
        *out = str_make(path.p + plan->root.n + 1, path.n - plan->root.n - 1);
        return true;
}

struct source *plan_source(const struct plan *plan, struct str path)
{
        struct str at;

        if (!path_resolve(plan->arena, STR(""), path, &at))
                return NULL;
        struct source *s = map_get(plan->by_path, at);

        if (s == NULL && str_ends(at, STR(".html")))
                s = map_get(plan->by_path,
                            str_of(arena_printf(plan->arena, "%.*s.md", STR_ARG(path_stem(at)))));
        return s;
}

void plan_redirect(struct plan *plan, struct str from_path, struct str to_path, unsigned line)
{
        struct str from, name = path_name(from_path);
        const struct source *to = plan_source(plan, link_path(plan->arena, to_path));
        bool index = str_starts(name, STR("index.")) || str_starts(name, STR("README."));

        if (!path_resolve(plan->arena, STR(""), link_path(plan->arena, from_path), &from) ||
            from.n == 0 || to == NULL || plan->nredirects >= REDIRECTS_MAX) {
                notes_add(plan->notes, MANUAL_LOST, plan->config, line,
                          "The redirect from '%.*s' to '%.*s' leads to no topic.",
                          STR_ARG(from_path), STR_ARG(to_path));
                return;
        }
        plan->redirects[plan->nredirects++] =
                (struct manual_redirect){ path_slug(plan->arena, from, index), to->slug };
}

/* What kind of manual this is, told by its configuration file. */
static int configure(struct plan *plan, struct err *err)
{
        static const char *const mkdocs[] = { "mkdocs.yml", "mkdocs.yaml" };
        static const char *const mdbook[] = { "book.toml", "src/SUMMARY.md", "SUMMARY.md" };
        static const char *const docusaurus[] = { "docusaurus.config.js", "docusaurus.config.ts" };

        for (size_t i = 0; i < ARRAY_LEN(mkdocs); i++) {
                plan->config = str_of(mkdocs[i]);
                if (bundle_find(plan->b, plan->config) != NULL) {
                        plan->kind = MANUAL_MKDOCS;
                        return mkdocs_configure(plan, err);
                }
        }
        for (size_t i = 0; i < ARRAY_LEN(mdbook); i++)
                if (bundle_find(plan->b, str_of(mdbook[i])) != NULL) {
                        plan->kind = MANUAL_MDBOOK;
                        return mdbook_configure(plan, err);
                }
        plan->kind = MANUAL_FOLDER;
        for (size_t i = 0; i < ARRAY_LEN(docusaurus); i++) {
                plan->config = str_of(docusaurus[i]);
                if (bundle_find(plan->b, plan->config) == NULL)
                        continue;
                plan->root = STR("docs");
                notes_add(plan->notes, MANUAL_INFO, plan->config, 0,
                          "This is a program and is not run: topics are ordered by their front"
                          " matter, their _category_ files and their names.");
                return 0;
        }
        plan->config = STR("");
        return 0;
}

/* exclude_docs: one pattern a line; with '/' it means the path, else the name. */
static bool excluded(const struct plan *plan, struct str path)
{
        struct str rest = plan->excluded;

        for (size_t i = 0; rest.n > 0 && i < PATTERNS_MAX; i++) {
                struct str p = str_trim(str_cut(&rest, '\n'));

                if (p.n == 0 || p.p[0] == '#' || p.p[0] == '!' || p.n > 200)
                        continue;
                bool whole = str_find(p, '/') >= 0;

                if (p.p[0] == '/')
                        p = str_make(p.p + 1, p.n - 1);
                if (p.n > 0 && p.p[p.n - 1] == '/' && str_starts(path, p))
                        return true;
                if (path_matches(p, whole ? path : path_name(path)))
                        return true;
        }
        return false;
}

static bool index_name(struct str name)
{
        static const char *const names[] = { "index.md",   "index.markdown", "index.mdx",
                                             "index.html", "index.htm",      "_index.md" };

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_eq_nocase(name, str_of(names[i])))
                        return true;
        return false;
}

static bool has_index(const struct plan *plan, struct str folder)
{
        static const char *const names[] = { "index.md", "index.mdx", "index.html", "_index.md" };

        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                struct str path;

                if (path_resolve(plan->arena, folder, str_of(names[i]), &path) &&
                    plan_entry(plan, path) != NULL)
                        return true;
        }
        return false;
}

static int add_source(struct plan *plan, struct entry *e, struct str path, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct source *s = arena_alloc(plan->arena, sizeof *s);
        struct str extension = path_extension(path), name = path_name(path);

        if (e->size > plan->b->limits->text)
                return err_set(
                        err, ERR_LIMIT, "'%.*s' is longer than %llu KiB; split it into topics",
                        STR_ARG(e->path), (unsigned long long)(plan->b->limits->text / 1024));
        int r = bundle_read(plan->b, e, &text, err);

        if (r < 0)
                return r;
        s->entry = e;
        s->path = path;
        s->is_html = str_eq_nocase(extension, STR("html")) || str_eq_nocase(extension, STR("htm"));
        s->is_mdx = str_eq_nocase(extension, STR("mdx"));
        s->is_index = index_name(name) || (str_eq_nocase(path_stem(name), STR("readme")) &&
                                           !has_index(plan, path_folder(path)));
        r = front_read(plan, s, buf_str(&text), err);
        if (r < 0)
                return r;
        plan->sources[plan->nsources++] = s;
        map_put(plan->by_path, path, s);
        return 0;
}

static int by_bytes(const void *a, const void *b)
{
        const struct source *const *x = a, *const *y = b;
        size_t n = (*x)->path.n < (*y)->path.n ? (*x)->path.n : (*y)->path.n;
        int order = memcmp((*x)->path.p, (*y)->path.p, n);

        return order != 0 ? order : (*x)->path.n < (*y)->path.n ? -1 : (*x)->path.n > (*y)->path.n;
}

/* "slug:" in front matter: from the root with '/', else the last part; every part made a slug. */
static struct str wanted_slug(struct plan *plan, const struct source *s)
{
        struct str path, folder = s->is_index ? path_folder(path_folder(s->path)) :
                                                path_folder(s->path);

        if (!path_resolve(plan->arena, folder, s->wanted_slug, &path))
                return (struct str){ "", 0 };
        /* path_slug() cuts off an extension; a slug has none to lose. */
        return path_slug(plan->arena, str_of(arena_printf(plan->arena, "%.*s.x", STR_ARG(path))),
                         path.n == 0);
}

static int name_sources(struct plan *plan, struct map *slugs, struct err *err)
{
        for (size_t i = 0; i < plan->nsources; i++) {
                struct source *s = plan->sources[i];

                if (s->wanted_slug.n > 0)
                        s->slug = wanted_slug(plan, s);
                if (s->slug.n == 0)
                        s->slug = path_slug(plan->arena, s->path, s->is_index);
                if (s->slug.n > SLUG_MAX)
                        return err_set(err, ERR_LIMIT,
                                       "the name of '%.*s' is too long for an address",
                                       STR_ARG(s->entry->path));
                const struct source *other = map_put(slugs, s->slug, s);

                if (other != NULL)
                        return err_set(err, ERR_INVALID,
                                       "'%.*s' and '%.*s' would both be the topic '%.*s'; rename "
                                       "one"
                                       " of them",
                                       STR_ARG(other->entry->path), STR_ARG(s->entry->path),
                                       STR_ARG(s->slug));
        }
        return 0;
}

static int find_sources(struct plan *plan, struct err *err)
{
        struct str path, type;

        plan->sources = arena_array(plan->arena, plan->b->n, sizeof *plan->sources);
        for (size_t i = 0; i < plan->b->n; i++) {
                struct entry *e = plan->b->entries[i];

                if (!plan_inside(plan, e->path, &path) || media_of(path, &type) != MEDIA_TOPIC ||
                    excluded(plan, path))
                        continue;
                int r = add_source(plan, e, path, err);

                if (r < 0)
                        return r;
        }
        if (plan->nsources == 0)
                return err_set(err, ERR_NOT_FOUND,
                               "there is no Markdown or HTML file in '%.*s'; nothing was imported",
                               STR_ARG(plan->root));
        qsort(plan->sources, plan->nsources, sizeof *plan->sources, by_bytes);
        return 0;
}

/* Take out of the navigation what has no topic; NULL when nothing of the node is left. */
static struct nav *settle(struct plan *plan, struct nav *n)
{
        struct nav *first = NULL, **tail = &first;

        for (struct nav *child = n->children, *next; child != NULL; child = next) {
                next = child->next;
                child->next = NULL;
                *tail = settle(plan, child);
                if (*tail != NULL)
                        tail = &(*tail)->next;
        }
        n->children = first;
        if (n->path.n > 0) {
                struct source *s = plan_source(plan, n->path);

                if (s != NULL) {
                        n->path = s->path;
                        s->listed = true;
                        if (s->nav_title.n == 0)
                                s->nav_title = n->title;
                } else {
                        notes_add(plan->notes, MANUAL_LOST, plan->config, n->line,
                                  "The contents name '%.*s', which is no topic of this archive.",
                                  STR_ARG(n->path));
                        n->path = (struct str){ "", 0 };
                        if (n->children == NULL)
                                return NULL;
                }
        }
        return n;
}

/* Topics the navigation does not name follow at the end: nothing that was written is hidden. */
static void append_unlisted(struct plan *plan, struct nav *top)
{
        struct nav **tail = &top->children;

        while (*tail != NULL)
                tail = &(*tail)->next;
        for (size_t i = 0; i < plan->nsources; i++) {
                struct source *s = plan->sources[i];

                if (s->listed || s->draft)
                        continue;
                struct nav *n = arena_alloc(plan->arena, sizeof *n);

                n->path = s->path;
                s->listed = true;
                *tail = n;
                tail = &n->next;
                notes_add(plan->notes, MANUAL_INFO, s->entry->path, 0,
                          "No entry of the contents names this topic; it stands at their end.");
        }
}

static int navigate(struct plan *plan, struct nav *top, struct err *err)
{
        int r = plan->kind == MANUAL_MKDOCS ? mkdocs_navigate(plan, err) :
                plan->kind == MANUAL_MDBOOK ? mdbook_navigate(plan, err) :
                                              folder_navigate(plan, STR(""), &plan->nav, err);

        if (r < 0)
                return r;
        top->children = plan->nav;
        settle(plan, top);
        append_unlisted(plan, top);
        return 0;
}

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

static size_t count_nodes(const struct nav *n)
{
        size_t count = 0;

        for (; n != NULL; n = n->next)
                count += 1 + count_nodes(n->children);
        return count;
}

static void flatten(struct plan *plan, struct loaded *l, const struct nav *n, unsigned depth,
                    struct manual_node *nodes)
{
        for (; n != NULL; n = n->next) {
                const struct source *s = n->path.n > 0 ? map_get(plan->by_path, n->path) : NULL;
                struct str title = n->title;

                /* A draft stays out, what is below it moves up. */
                if (s != NULL && s->draft) {
                        flatten(plan, l, n->children, depth, nodes);
                        continue;
                }
                if (title.n == 0 && s != NULL)
                        title = s->label.n > 0 ? s->label : s->title;
                nodes[l->manual.nnodes++] =
                        (struct manual_node){ depth, title.n > 0 ? title : STR("Untitled"),
                                              s != NULL ? s->topic : NULL, n->url };
                /* Deeper than a page can show: on the last level, in the same order. */
                flatten(plan, l, n->children, depth + 1 < TOC_DEPTH_MAX ? depth + 1 : depth, nodes);
        }
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
                if (excluded(plan, path))
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
        plan.redirects = arena_array(b->arena, REDIRECTS_MAX, sizeof *plan.redirects);
        int r = configure(&plan, err);

        if (r == 0)
                r = find_sources(&plan, err);
        if (r == 0)
                r = name_sources(&plan, l->slugs, err);
        if (r == 0)
                r = navigate(&plan, &top, err);
        if (r == 0)
                r = convert_sources(&plan, l, err);
        if (r == 0) {
                struct manual_node *nodes = arena_array(
                        b->arena, count_nodes(top.children) + 1, sizeof *nodes);

                flatten(&plan, l, top.children, 0, nodes);
                take_files(&plan, l);
                l->manual.kind = plan.kind;
                l->manual.nodes = nodes;
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
