/*
 * folder.c -- topics in the order of their folders: positions from front matter and _category_
 * files first, then names as people sort them; a folder's own page leads it.
 */
#include <stdlib.h>

#include "exchange/path.h"
#include "exchange/plan.h"
#include "exchange/yaml_tree.h"

enum { CATEGORY_MAX = 64 * 1024 };

struct item {
        struct nav *nav;
        struct str name;
        bool has_position;
        int64_t position;
};

struct items {
        struct item *v;
        size_t n;
};

static int by_position(const void *a, const void *b)
{
        const struct item *x = a, *y = b;

        if (x->has_position != y->has_position)
                return x->has_position ? -1 : 1;
        if (x->has_position && x->position != y->position)
                return x->position < y->position ? -1 : 1;
        return path_compare(x->name, y->name);
}

/* Docusaurus: label and position of a folder. */
static void read_category(struct plan *plan, struct str folder, struct item *item)
{
        static const char *const names[] = { "_category_.json", "_category_.yml",
                                             "_category_.yaml" };

        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                struct buf text CLEANUP_BUF = { 0 };
                struct yaml *y = NULL;
                struct yaml_odd odd;
                struct err why;
                struct str path = str_of(
                        arena_printf(plan->arena, "%.*s/%s", STR_ARG(folder), names[i]));
                const struct entry *e = plan_entry(plan, path);

                if (e == NULL || e->size > CATEGORY_MAX)
                        continue;
                if (bundle_read(plan->b, e, &text, &why) < 0 ||
                    yaml_parse(plan->arena, buf_str(&text), &y, &odd, &why) < 0) {
                        notes_add(plan->notes, MANUAL_LOST, e->path, 0, "This cannot be read: %s.",
                                  why.text);
                        continue;
                }
                struct str label = yaml_text(y, "label");

                if (label.n > 0)
                        item->nav->title = label;
                if (!item->has_position)
                        item->has_position = yaml_position(y, "position", &item->position);
        }
}

static int folder_level(struct plan *plan, struct str folder, size_t from, size_t to, bool top,
                        struct nav **out, struct source **own, struct err *err);

/* The run of sources below one subfolder, as one node. */
static int subfolder(struct plan *plan, struct str folder, size_t from, size_t to,
                     struct item *item, struct err *err)
{
        struct source *own = NULL;
        int r = folder_level(plan, folder, from, to, false, &item->nav->children, &own, err);

        if (r < 0)
                return r;
        item->name = path_name(folder);
        item->nav->title = path_title(plan->arena, folder);
        if (own != NULL) {
                item->nav->path = own->path;
                item->nav->title = (struct str){ "", 0 };       /* the page's own */
                item->has_position = own->has_position;
                item->position = own->position;
        }
        read_category(plan, folder, item);
        return 0;
}

/* The folder of the next level that path is in, below folder; empty: path is in folder itself. */
static struct str next_level(struct str folder, struct str path)
{
        size_t skip = folder.n > 0 ? folder.n + 1 : 0;
        struct str rest = str_make(path.p + skip, path.n - skip);
        ptrdiff_t slash = str_find(rest, '/');

        return str_make(path.p, slash < 0 ? 0 : skip + (size_t)slash);
}

static void chain(struct items *items, struct nav **out)
{
        qsort(items->v, items->n, sizeof *items->v, by_position);
        for (size_t i = 0; i < items->n; i++) {
                *out = items->v[i].nav;
                out = &(*out)->next;
        }
}

/* sources[from..to) are those below folder, in the order of their names. */
static int folder_level(struct plan *plan, struct str folder, size_t from, size_t to, bool top,
                        struct nav **out, struct source **own, struct err *err)
{
        struct items items = { arena_array(plan->arena, to - from + 1, sizeof(struct item)), 0 };

        for (size_t i = from; i < to;) {
                struct source *s = plan->sources[i];
                struct str deeper = next_level(folder, s->path);
                size_t end = i + 1;

                if (deeper.n == 0 && s->is_index && !top) {
                        *own = s;
                        i = end;
                        continue;
                }
                struct item *item = &items.v[items.n++];

                item->nav = arena_alloc(plan->arena, sizeof *item->nav);
                if (deeper.n > 0) {
                        while (end < to &&
                               str_eq(next_level(folder, plan->sources[end]->path), deeper))
                                end++;
                        int r = subfolder(plan, deeper, i, end, item, err);

                        if (r < 0)
                                return r;
                } else {
                        item->nav->path = s->path;
                        item->name = path_name(s->path);
                        /* The start page leads, wherever the others say they want to be. */
                        item->has_position = s->has_position || s->is_index;
                        item->position = s->is_index ? INT64_MIN : s->position;
                }
                i = end;
        }
        chain(&items, out);
        return 0;
}

int folder_navigate(struct plan *plan, struct str folder, struct nav **out, struct err *err)
{
        size_t from = 0, to;
        struct str inside = folder.n > 0 ?
                                    str_of(arena_printf(plan->arena, "%.*s/", STR_ARG(folder))) :
                                    folder;

        while (from < plan->nsources && !str_starts(plan->sources[from]->path, inside))
                from++;
        for (to = from; to < plan->nsources && str_starts(plan->sources[to]->path, inside);)
                to++;
        *out = NULL;
        return folder_level(plan, folder, from, to, true, out, NULL, err);
}
