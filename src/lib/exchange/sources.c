/*
 * sources.c -- the files that become topics, each with a slug of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "exchange/media.h"
#include "exchange/path.h"
#include "exchange/plan.h"

enum { SLUG_MAX = 300 };

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

int sources_name(struct plan *plan, struct map *slugs, struct err *err)
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

int sources_find(struct plan *plan, struct err *err)
{
        struct str path, type;

        plan->sources = arena_array(plan->arena, plan->b->n, sizeof *plan->sources);
        for (size_t i = 0; i < plan->b->n; i++) {
                struct entry *e = plan->b->entries[i];

                if (!plan_inside(plan, e->path, &path) || media_of(path, &type) != MEDIA_TOPIC ||
                    plan_excludes(plan, path))
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
