/*
 * contents.c -- the contents of a manual: every topic that is no draft has a place in them.
 */
#include "exchange/plan.h"

enum { TOC_DEPTH_MAX = 16 };

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

int contents_navigate(struct plan *plan, struct nav *top, struct err *err)
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

static size_t count_nodes(const struct nav *n)
{
        size_t count = 0;

        for (; n != NULL; n = n->next)
                count += 1 + count_nodes(n->children);
        return count;
}

static void flatten(struct plan *plan, const struct nav *n, unsigned depth,
                    struct manual_node *nodes, size_t *nnodes)
{
        for (; n != NULL; n = n->next) {
                const struct source *s = n->path.n > 0 ? map_get(plan->by_path, n->path) : NULL;
                struct str title = n->title;

                /* A draft stays out, what is below it moves up. */
                if (s != NULL && s->draft) {
                        flatten(plan, n->children, depth, nodes, nnodes);
                        continue;
                }
                if (title.n == 0 && s != NULL)
                        title = s->label.n > 0 ? s->label : s->title;
                nodes[(*nnodes)++] =
                        (struct manual_node){ depth, title.n > 0 ? title : STR("Untitled"),
                                              s != NULL ? s->topic : NULL, n->url };
                /* Deeper than a page can show: on the last level, in the same order. */
                flatten(plan, n->children, depth + 1 < TOC_DEPTH_MAX ? depth + 1 : depth, nodes,
                        nnodes);
        }
}

void contents_flatten(struct plan *plan, const struct nav *nav, struct manual *out)
{
        struct manual_node *nodes = arena_array(plan->arena, count_nodes(nav) + 1, sizeof *nodes);

        out->nnodes = 0;
        flatten(plan, nav, 0, nodes, &out->nnodes);
        out->nodes = nodes;
}
