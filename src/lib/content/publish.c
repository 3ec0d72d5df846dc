/*
 * publish.c -- freeze a project; render what was frozen.
 */
#include <string.h>

#include "base/clock.h"
#include "content/content.h"
#include "content/render.h"
#include "store/blob.h"

int content_check_slug(struct str slug, const char *what, struct err *err)
{
        bool good = slug.n >= 1 && slug.n <= 64 && slug.p[0] != '-' && slug.p[slug.n - 1] != '-';

        for (size_t i = 0; good && i < slug.n; i++) {
                char c = slug.p[i];

                good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        }
        if (!good)
                return err_set(err, ERR_INVALID,
                               "'%.*s' cannot be the name of a %s: use 1 to 64 lower-case letters,"
                               " digits and '-'",
                               (int)(slug.n < 80 ? slug.n : 80), slug.p, what);
        return 0;
}

/* A publication while it is frozen. */
struct freezing {
        struct store *store;
        struct arena *arena;
        const struct content_publish_options *options;
        const struct content_report *report;
        struct content_published *out;
        int64_t now;
        struct store_project project;
        struct store_publication_row row;
        struct store_frozen *old;       /* the pages it had */
        size_t nold;
        struct render_page *pages;
        size_t npages;
};

/* The pages in the order of the contents, each topic once; and the contents by their slugs. */
static int choose_pages(struct freezing *f, struct store_frozen_toc **out_toc, size_t *out_n,
                        struct err *err)
{
        struct store_toc *toc = NULL;
        struct store_topic *topics = NULL;
        struct map *by_id CLEANUP_MAP = map_new();
        struct map *taken CLEANUP_MAP = map_new();
        size_t ntoc = 0, ntopics = 0;
        int r = store_toc_list(f->store, f->project.id, f->arena, &toc, &ntoc, err);

        if (r == 0)
                r = store_topic_list(f->store, f->project.id, f->arena, &topics, &ntopics, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ntopics; i++)
                map_put(by_id, str_make((const char *)&topics[i].id, sizeof topics[i].id),
                        &topics[i]);
        struct store_frozen_toc *frozen = arena_array(f->arena, ntoc + 1, sizeof *frozen);

        f->pages = arena_array(f->arena, ntoc + 1, sizeof *f->pages);
        for (size_t i = 0; i < ntoc; i++) {
                const struct store_topic *t =
                        map_get(by_id, str_make((const char *)&toc[i].topic, sizeof toc[i].topic));

                frozen[i] = (struct store_frozen_toc){ toc[i].depth, toc[i].title, { "", 0 },
                                                       toc[i].url };
                if (t == NULL)
                        continue;
                frozen[i].page = t->slug;
                if (map_put(taken, t->slug, &topics[0]) != NULL)
                        continue;
                f->pages[f->npages].row = (struct store_frozen){
                        .slug = t->slug, .title = t->title, .topic = t->id, .revision = t->revision,
                        .source_path = t->source_path, .position = (int64_t)f->npages,
                        .description = t->description,
                };
                f->npages++;
        }
        *out_toc = frozen;
        *out_n = ntoc;
        return f->npages > 0 ? 0 :
                               err_set(err, ERR_NOT_FOUND,
                                       "the project '%.*s' has no topic in its contents; import or"
                                       " write one first",
                                       STR_ARG(f->project.slug));
}

static int put_publication(struct freezing *f, struct str slug, struct err *err)
{
        struct store_publication_row old;
        int r = store_publication_find(f->store, slug, f->arena, &old, err);

        if (r < 0 && r != ERR_NOT_FOUND)
                return r;
        if (r == 0 && old.project != f->project.id)
                return err_set(err, ERR_EXISTS,
                               "the publication '%.*s' shows another project; choose another name"
                               " with --as",
                               STR_ARG(slug));
        f->row = (struct store_publication_row){
                .project = f->project.id, .slug = slug, .title = f->project.title,
                .version = f->options->version, .visibility = f->options->visibility,
                .language = f->project.language, .rtl = f->project.rtl,
                .description = f->project.description, .first_page = f->pages[0].row.slug,
                .pages = (int64_t)f->npages,
        };
        if (r == 0 && f->options->keep_visibility)
                f->row.visibility = old.visibility;
        f->out->visibility = f->row.visibility;
        if (r == 0)
                r = store_frozen_list(f->store, old.id, f->arena, &f->old, &f->nold, err);
        else
                r = 0;
        return r < 0 ? r : store_publication_put(f->store, &f->row, f->now, &f->row.id, err);
}

static bool same_row(const struct store_frozen *a, const struct store_frozen *b)
{
        return a->topic == b->topic && a->revision == b->revision && a->position == b->position &&
               str_eq(a->source_path, b->source_path);
}

/*
 * Old pages keep their row where the slug stays; the others go, and lead on where their topic went.
 */
static int match_old_pages(struct freezing *f, struct err *err)
{
        struct map *by_slug CLEANUP_MAP = map_new();
        struct map *by_topic CLEANUP_MAP = map_new();

        for (size_t i = 0; i < f->npages; i++) {
                const int64_t *topic = &f->pages[i].row.topic;

                map_put(by_slug, f->pages[i].row.slug, &f->pages[i]);
                map_put(by_topic, str_make((const char *)topic, sizeof *topic), &f->pages[i]);
        }
        for (size_t i = 0; i < f->nold; i++) {
                const struct store_frozen *old = &f->old[i];
                struct render_page *page = map_get(by_slug, old->slug);

                if (page != NULL) {
                        page->row.id = old->id;
                        page->old_etag = old->etag;
                        page->same_row = same_row(&page->row, old);
                        continue;
                }
                int r = store_frozen_remove(f->store, old->id, err);

                page = map_get(by_topic, str_make((const char *)&old->topic, sizeof old->topic));
                if (r == 0 && page != NULL) {
                        const struct store_redirect moved = { old->slug, page->row.slug };

                        r = store_redirect_put(f->store, f->row.id, &moved, err);
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

static int copy_redirects(struct freezing *f, struct err *err)
{
        struct store_redirect *list = NULL;
        size_t n = 0;
        int r = store_project_redirect_list(f->store, f->project.id, f->arena, &list, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = store_redirect_put(f->store, f->row.id, &list[i], err);
        return r == 0 ? store_redirect_tidy(f->store, f->row.id, err) : r;
}

static int freeze(struct freezing *f, struct str project, struct err *err)
{
        struct store_frozen_toc *toc = NULL;
        size_t n = 0;
        int r = store_project_find(f->store, project, f->arena, &f->project, err);

        if (r == 0)
                r = choose_pages(f, &toc, &n, err);
        if (r == 0)
                r = put_publication(f, f->options->as.n > 0 ? f->options->as : project, err);
        if (r == 0)
                r = store_frozen_toc_replace(f->store, f->row.id, toc, n, err);
        if (r == 0)
                r = store_frozen_files_copy(f->store, f->row.id, f->project.id, f->now, err);
        if (r == 0)
                r = match_old_pages(f, err);
        if (r == 0)
                r = render_pages(f->store, &f->row, f->pages, f->npages, f->report, f->out, err);
        if (r == 0)
                r = copy_redirects(f, err);
        if (r == 0)
                r = site_render(f->store, f->now, err);
        return r == 0 ? store_blob_sweep(f->store, err) : r;
}

int content_publish(struct store *store, struct str project,
                    const struct content_publish_options *options,
                    const struct content_report *report, struct content_published *out,
                    struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(64 * KIB);
        struct content_published made = { 0 };
        struct freezing f = { .store = store, .arena = arena, .options = options, .report = report,
                              .out = &made, .now = clock_unix() };
        int r = content_check_slug(options->as.n > 0 ? options->as : project, "publication", err);

        if (r == 0)
                r = store_begin(store, err);
        if (r < 0)
                return r;
        r = freeze(&f, project, err);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        r = store_commit(store, err);
        if (r < 0)
                return r;
        /* The log now holds every page once more; readers' look-ups are quicker without it. */
        store_checkpoint(store);
        *out = made;
        return 0;
}

static int refresh_one(struct store *store, const struct store_publication_row *row,
                       const struct content_report *report, struct content_published *out,
                       struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(64 * KIB);
        struct store_frozen *old = NULL;
        size_t n = 0;
        int r = store_frozen_list(store, row->id, arena, &old, &n, err);

        if (r < 0)
                return r;
        struct render_page *pages = arena_array(arena, n + 1, sizeof *pages);

        for (size_t i = 0; i < n; i++)
                pages[i] = (struct render_page){ old[i], old[i].etag, true };
        return render_pages(store, row, pages, n, report, out, err);
}

int content_refresh(struct store *store, const struct content_report *report,
                    struct content_published *out, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_publication_row *rows = NULL;
        struct content_published made = { 0 };
        size_t n = 0;
        int r = store_publication_all(store, arena, &rows, &n, err);

        /* One round more than publications: the last renders the pages of the site. */
        for (size_t i = 0; r == 0 && i <= n; i++) {
                r = store_begin(store, err);
                if (r < 0)
                        return r;
                r = i < n ? refresh_one(store, &rows[i], report, &made, err) :
                            site_render(store, clock_unix(), err);
                if (r == 0)
                        r = store_commit(store, err);
                else
                        store_rollback(store);
        }
        if (r == 0) {
                store_checkpoint(store);
                *out = made;
        }
        return r;
}
