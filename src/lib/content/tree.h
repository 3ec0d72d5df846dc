/*
 * tree.h -- private to content/: a publication's contents as each page shows them.
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "page/page.h"
#include "store/publication.h"

struct tree_node {
        struct str title;
        struct str url;
        size_t page;                    /* index of the page, or TREE_NONE */
        size_t parent, child, next;     /* indexes, or TREE_NONE */
};

#define TREE_NONE ((size_t)-1)

/*
 * Above TREE_WHOLE entries a page shows only the branch it is in: the ancestors with their
 * neighbours, at most TREE_LEVEL of one level. Otherwise 10,000 pages would each carry 10,000
 * entries.
 */
enum { TREE_WHOLE = 400, TREE_LEVEL = 80 };

struct tree {
        struct tree_node *nodes;
        size_t n;
        size_t *first;                  /* by page: the node where it stands first */
        size_t npages;
};

/*
 * pages: in reading order, as they stand in the toc. slugs gives index + 1 of a page by its slug.
 */
void tree_build(struct arena *arena, const struct store_frozen_toc *toc, size_t n,
                const struct map *slugs, size_t npages, struct str publication, struct tree *out);

/* The contents as page shows them; in arena. */
const struct page_toc *tree_for_page(struct arena *arena, const struct tree *tree, size_t page);

/* The ancestors of a page, outermost first. */
size_t tree_crumbs(struct arena *arena, const struct tree *tree, size_t page,
                   const struct page_link **out);
