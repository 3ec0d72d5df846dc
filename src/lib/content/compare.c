/*
 * compare.c -- the same pairs of topics as bring_back.c makes, with nothing changed.
 */
#include "content/compare.h"

#include "content/bringing.h"

enum { PROJECTS_AT_ONCE = 50 };

static enum compared standing(const struct plan *plan)
{
        return plan->today == NULL          ? COMPARED_GONE
               : bring_is_as_today(plan) ? COMPARED_SAME
                                         : COMPARED_CHANGED;
}

static int load(struct bringing *b, struct err *err)
{
        struct store_topic *topics = NULL;
        size_t n = 0;
        int r = store_topic_list(b->copy, b->then.id, b->arena, &topics, &n, err);

        if (r < 0)
                return r;
        b->plans = arena_array(b->arena, n + 1, sizeof *b->plans);
        b->nplans = n;
        for (size_t i = 0; i < n; i++)
                b->plans[i].then = &topics[i];
        r = store_project_find(b->live, b->then.slug, b->arena, &b->today, err);
        return r == ERR_NOT_FOUND ? 0 : r < 0 ? r : bring_match(b, err);
}

static int compare_project(struct store *live, struct store *copy, const struct store_project *then,
                           compared_fn *each, void *ctx, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct bringing b = { .live = live, .copy = copy, .arena = arena, .then = *then };
        int r = load(&b, err);

        for (size_t i = 0; r == 0 && i < b.nplans; i++) {
                const struct store_topic *topic = b.plans[i].then;

                r = each(ctx, &(struct compared_topic){
                        .project = then->slug, .project_title = then->title, .topic = topic->slug,
                        .title = topic->title, .updated = topic->updated, .is = standing(&b.plans[i]),
                }, err);
        }
        return r;
}

int content_compare(struct store *live, struct store *copy, compared_fn *each, void *ctx, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_project *projects = NULL;
        struct str after = STR("");
        size_t n = 0;
        int r;

        do {
                r = store_project_list(copy, after, PROJECTS_AT_ONCE, arena, &projects, &n, err);
                for (size_t i = 0; r == 0 && i < n; i++)
                        r = compare_project(live, copy, &projects[i], each, ctx, err);
                after = n > 0 ? projects[n - 1].slug : after;
        } while (r == 0 && n == PROJECTS_AT_ONCE);
        return r;
}
