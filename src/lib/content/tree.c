/*
 * tree.c -- contents, whole or by branch.
 */
#include "content/tree.h"

#include "content/links.h"

void tree_build(struct arena *arena, const struct store_frozen_toc *toc, size_t n,
                const struct map *slugs, size_t npages, struct str publication, struct tree *out)
{
        size_t last[64], open = 0;      /* the newest node of each depth */
        size_t index;

        *out = (struct tree){ arena_array(arena, n + 1, sizeof(struct tree_node)), n,
                              arena_array(arena, npages + 1, sizeof(size_t)), npages };
        for (size_t i = 0; i < npages; i++)
                out->first[i] = TREE_NONE;
        for (size_t i = 0; i < n; i++) {
                struct tree_node *t = &out->nodes[i];
                size_t depth = toc[i].depth < open ? toc[i].depth : open;

                if (depth >= sizeof last / sizeof last[0])
                        depth = sizeof last / sizeof last[0] - 1;
                *t = (struct tree_node){ toc[i].title, toc[i].url, TREE_NONE, TREE_NONE, TREE_NONE,
                                         TREE_NONE };
                if (depth > 0)
                        t->parent = last[depth - 1];
                if (depth < open)
                        out->nodes[last[depth]].next = i;
                else if (depth > 0)
                        out->nodes[t->parent].child = i;
                last[depth] = i;
                open = depth + 1;
                index = toc[i].page.n > 0 ? (size_t)(uintptr_t)map_get(slugs, toc[i].page) : 0;
                if (index == 0)
                        continue;
                t->page = index - 1;
                t->url = links_page_url(arena, publication, toc[i].page);
                if (out->first[t->page] == TREE_NONE)
                        out->first[t->page] = i;
        }
}

static bool is_above(const struct tree *tree, size_t node, size_t below)
{
        while (below != TREE_NONE && below != node)
                below = tree->nodes[below].parent;
        return below == node;
}

static size_t siblings(const struct tree *tree, size_t at)
{
        size_t n = 0;

        for (; at != TREE_NONE; at = tree->nodes[at].next)
                n++;
        return n;
}

/* A neighbour that is not shown: a way on, without its title. */
static struct page_toc *more(struct arena *arena, struct str url)
{
        struct page_toc *t = arena_alloc(arena, sizeof *t);

        *t = (struct page_toc){ .title = STR("\xe2\x80\xa6"), .url = url };
        return t;
}

static const struct page_toc *level(struct arena *arena, const struct tree *tree, size_t at,
                                    size_t current);

static struct page_toc *one(struct arena *arena, const struct tree *tree, size_t at, size_t current)
{
        const struct tree_node *n = &tree->nodes[at];
        struct page_toc *t = arena_alloc(arena, sizeof *t);

        *t = (struct page_toc){ .title = n->title, .url = n->url, .current = at == current };
        t->open = is_above(tree, at, current);
        if (n->child != TREE_NONE && (t->open || tree->n <= TREE_WHOLE))
                t->children = level(arena, tree, n->child, current);
        return t;
}

/* The first node below `at` (or itself) that has an address. */
static struct str some_url(const struct tree *tree, size_t at)
{
        size_t node = at;

        while (node != TREE_NONE && tree->nodes[node].url.n == 0)
                node = tree->nodes[node].child;
        return node != TREE_NONE ? tree->nodes[node].url : (struct str){ "", 0 };
}

static const struct page_toc *level(struct arena *arena, const struct tree *tree, size_t at,
                                    size_t current)
{
        const struct page_toc *first = NULL, **tail = &first;
        size_t n = siblings(tree, at), here = 0, i = 0, before = TREE_NONE;

        if (n > TREE_LEVEL)
                for (size_t s = at, k = 0; s != TREE_NONE; s = tree->nodes[s].next, k++)
                        if (is_above(tree, s, current))
                                here = k;
        bool cut = n > TREE_LEVEL && tree->n > TREE_WHOLE;
        size_t from = cut && here > TREE_LEVEL / 2 ? here - TREE_LEVEL / 2 : 0;

        for (; at != TREE_NONE; before = at, at = tree->nodes[at].next, i++) {
                if (cut && i < from)
                        continue;
                struct page_toc *t;

                if (cut && i == from && before != TREE_NONE) {
                        t = more(arena, some_url(tree, before));
                        *tail = t;
                        tail = &t->next;
                }
                if (cut && i >= from + TREE_LEVEL) {
                        *tail = more(arena, some_url(tree, at));
                        break;
                }
                t = one(arena, tree, at, current);
                *tail = t;
                tail = &t->next;
        }
        return first;
}

const struct page_toc *tree_for_page(struct arena *arena, const struct tree *tree, size_t page)
{
        return tree->n > 0 ? level(arena, tree, 0, tree->first[page]) : NULL;
}

size_t tree_crumbs(struct arena *arena, const struct tree *tree, size_t page,
                   const struct page_link **out)
{
        size_t node = tree->first[page], n = 0;

        if (node == TREE_NONE)
                return 0;
        for (size_t up = tree->nodes[node].parent; up != TREE_NONE; up = tree->nodes[up].parent)
                n++;
        struct page_link *links = arena_array(arena, n + 1, sizeof *links);
        size_t at = n;

        for (size_t up = tree->nodes[node].parent; up != TREE_NONE; up = tree->nodes[up].parent)
                links[--at] = (struct page_link){ tree->nodes[up].title, tree->nodes[up].url };
        *out = links;
        return n;
}
