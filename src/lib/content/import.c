/*
 * import.c -- a manual into the store.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "content/content.h"
#include "content/language.h"
#include "content/links.h"
#include "content/render.h"
#include "store/blob.h"
#include "store/project.h"

enum { TITLE_MAX = 200, REMOVED_MAX = 20 };

struct importing {
        struct store *store;
        struct arena *arena;
        const struct content_import_options *options;
        const struct manual *manual;
        const struct content_report *report;
        struct content_imported *out;
        int64_t now;
        struct store_project project;
        struct store_topic *topics;     /* what the project had */
        size_t ntopics;
        struct map *by_slug, *by_source;
        bool *claimed;                  /* by index of topics */
        int64_t *ids;                   /* by index of the manual's topics */
};

static void tell(struct importing *im, enum manual_severity severity, struct str file,
                 unsigned line, struct str text)
{
        im->out->lost += severity == MANUAL_LOST;
        if (im->report != NULL)
                im->report->fn(im->report->ctx, severity, file, line, text);
}

static struct str cut_title(struct str title)
{
        if (title.n <= TITLE_MAX)
                return title;
        title.n = TITLE_MAX;
        while (title.n > 0 && ((unsigned char)title.p[title.n] & 0xc0) == 0x80)
                title.n--;
        return title;
}

static struct str first_given(struct str a, struct str b, struct str c)
{
        return a.n > 0 ? a : b.n > 0 ? b : c;
}

static int put_project(struct importing *im, struct str slug, struct err *err)
{
        struct store_project old = { .title = slug, .language = STR("en") };
        const struct content_import_options *o = im->options;
        struct str asked = language_tag(im->arena, o->language);
        int r = store_project_find(im->store, slug, im->arena, &old, err);

        if (r < 0 && r != ERR_NOT_FOUND)
                return r;
        if (o->language.n > 0 && asked.n == 0)
                return err_set(err, ERR_INVALID,
                               "'%.*s' is no language tag; write \"en\" or \"pt-BR\"",
                               STR_ARG(o->language));
        struct str language = first_given(asked, language_tag(im->arena, im->manual->language),
                                          old.language);

        im->project = (struct store_project){
                .slug = slug,
                .title = cut_title(first_given(o->title, im->manual->title, old.title)),
                .language = language,
                .rtl = language_is_rtl(language),
                .licence = first_given(o->licence, old.licence, STR("")),
                .description = first_given(im->manual->description, old.description, STR("")),
        };
        return store_project_put(im->store, &im->project, im->now, &im->project.id, err);
}

static int list_topics(struct importing *im, struct err *err)
{
        int r = store_topic_list(im->store, im->project.id, im->arena, &im->topics, &im->ntopics,
                                 err);

        if (r < 0)
                return r;
        im->claimed = arena_array(im->arena, im->ntopics + 1, sizeof *im->claimed);
        im->ids = arena_array(im->arena, im->manual->ntopics + 1, sizeof *im->ids);
        for (size_t i = 0; i < im->ntopics; i++) {
                map_put(im->by_slug, im->topics[i].slug, &im->topics[i]);
                if (im->topics[i].source_path.n > 0)
                        map_put(im->by_source, im->topics[i].source_path, &im->topics[i]);
        }
        for (size_t i = 0; i < im->manual->ntopics; i++) {
                const struct store_topic *t = map_get(im->by_slug, im->manual->topics[i].slug);

                if (t != NULL)
                        im->claimed[t - im->topics] = true;
        }
        return 0;
}

/* The topic this one was: by its address, else by its file when no other topic claims that. */
static struct store_topic *find_old(struct importing *im, const struct manual_topic *t)
{
        struct store_topic *old = map_get(im->by_slug, t->slug);

        if (old != NULL)
                return old;
        old = map_get(im->by_source, t->source_path);
        if (old == NULL || im->claimed[old - im->topics])
                return NULL;
        im->claimed[old - im->topics] = true;
        return old;
}

static int change_topic(struct importing *im, const struct store_topic *old,
                        const struct store_topic *wanted, struct str source, struct err *err)
{
        struct digest digest;
        int r = 0;

        digest_of(source, &digest);
        if (!str_eq(old->slug, wanted->slug)) {
                const struct store_redirect moved = { old->slug, wanted->slug };

                r = store_project_redirect_put(im->store, im->project.id, &moved, err);
        }
        if (r == 0 &&
            (!str_eq(old->slug, wanted->slug) || !str_eq(old->title, wanted->title) ||
             !str_eq(old->source_path, wanted->source_path) ||
             !str_eq(old->description, wanted->description) ||
             !str_eq(old->metadata, wanted->metadata)))
                r = store_topic_describe(im->store, wanted, err);
        if (r < 0)
                return r;
        if (memcmp(digest.b, old->digest.b, DIGEST_LEN) == 0) {
                im->out->same++;
                return 0;
        }
        im->out->changed++;
        return store_topic_revise(im->store, old->id, source, im->options->author, STR("import"),
                                  im->now, err);
}

static int put_topic(struct importing *im, size_t i, struct err *err)
{
        const struct manual_topic *t = &im->manual->topics[i];
        const struct store_topic *old = find_old(im, t);
        struct store_topic wanted = { .id = old != NULL ? old->id : 0, .slug = t->slug,
                                      .title = cut_title(t->title), .source_path = t->source_path,
                                      .description = t->description, .metadata = t->metadata };
        struct buf source CLEANUP_BUF = { 0 };
        int r = manual_source(im->manual, t, &source, err);

        if (r < 0)
                return r;
        if (old != NULL) {
                im->ids[i] = old->id;
                return change_topic(im, old, &wanted, buf_str(&source), err);
        }
        im->out->added++;
        return store_topic_add(im->store, im->project.id, &wanted, buf_str(&source),
                               im->options->author, STR("import"), im->now, &im->ids[i], err);
}

/* What the import no longer has leaves the contents and stays in the project. */
static int note_kept(struct importing *im, struct err *err)
{
        struct store_toc *toc = NULL;
        struct map *listed CLEANUP_MAP = map_new();
        size_t n = 0;
        int r = store_toc_list(im->store, im->project.id, im->arena, &toc, &n, err);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                map_put(listed, str_make((const char *)&toc[i].topic, sizeof toc[i].topic),
                        &toc[i]);
        for (size_t i = 0; i < im->ntopics; i++) {
                const struct store_topic *t = &im->topics[i];

                if (im->claimed[i] ||
                    map_get(listed, str_make((const char *)&t->id, sizeof t->id)) == NULL)
                        continue;
                im->out->kept++;
                tell(im, MANUAL_INFO, t->source_path, 0,
                     str_of(arena_printf(im->arena,
                                         "The topic '%.*s' is no longer in the import. It is out of"
                                         " the contents; its text is kept.",
                                         STR_ARG(t->slug))));
        }
        return 0;
}

static int put_contents(struct importing *im, struct err *err)
{
        const struct manual *m = im->manual;
        struct store_toc *toc = arena_array(im->arena, m->nnodes + 1, sizeof *toc);

        for (size_t i = 0; i < m->nnodes; i++) {
                const struct manual_node *n = &m->nodes[i];

                toc[i] = (struct store_toc){ n->depth, cut_title(n->title), 0, n->url };
                if (n->topic != NULL)
                        toc[i].topic = im->ids[n->topic - m->topics];
        }
        return store_toc_replace(im->store, im->project.id, toc, m->nnodes, err);
}

struct file_bytes {
        const struct manual *manual;
        const struct manual_file *file;
};

static int give_bytes(void *ctx, uint64_t offset, void *p, size_t n, struct err *err)
{
        const struct file_bytes *b = ctx;

        return manual_bytes(b->manual, b->file, offset, p, n, err);
}

static int put_files(struct importing *im, struct err *err)
{
        struct store_project_file *old = NULL;
        size_t n = 0;
        int r = store_project_file_list(im->store, im->project.id, im->arena, &old, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (manual_file_at(im->manual, old[i].path) == NULL)
                        r = store_project_file_remove(im->store, im->project.id, old[i].path, err);
        for (size_t i = 0; r == 0 && i < im->manual->nfiles; i++) {
                const struct manual_file *f = &im->manual->files[i];
                struct file_bytes bytes = { im->manual, f };
                struct store_project_file row = { f->path, f->media_type, 0 };

                r = store_blob_put(im->store, &f->digest, f->size, give_bytes, &bytes, &row.blob,
                                   err);
                if (r == 0)
                        r = store_project_file_put(im->store, im->project.id, &row, err);
        }
        im->out->files = im->manual->nfiles;
        return r == 0 ? store_blob_sweep(im->store, err) : r;
}

static int put_redirects(struct importing *im, struct err *err)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < im->manual->nredirects; i++) {
                const struct store_redirect d = { im->manual->redirects[i].from,
                                                  im->manual->redirects[i].to };

                if (!str_eq(d.from, d.to))
                        r = store_project_redirect_put(im->store, im->project.id, &d, err);
        }
        return r;
}

static int put_all(struct importing *im, struct str slug, struct err *err)
{
        int r = put_project(im, slug, err);

        if (r == 0)
                r = list_topics(im, err);
        for (size_t i = 0; r == 0 && i < im->manual->ntopics; i++)
                r = put_topic(im, i, err);
        if (r == 0)
                r = note_kept(im, err);
        if (r == 0)
                r = put_contents(im, err);
        if (r == 0)
                r = put_files(im, err);
        return r == 0 ? put_redirects(im, err) : r;
}

static unsigned find_line(const void *ctx, const struct link_target *from, struct str text)
{
        const struct manual *manual = ctx;
        const struct manual_topic *topic = manual_topic_at(manual, from->source_path);

        return topic != NULL ? manual_line_of(manual, topic, text) : 0;
}

static void tell_removed(struct importing *im, struct arena *scratch, const struct manual_topic *t,
                         const struct html_removed *removed)
{
        for (int n = 0; removed != NULL && n < REMOVED_MAX; removed = removed->next, n++) {
                /* The link check has said that already. */
                if (str_starts(removed->what, STR("remote image")) ||
                    str_starts(removed->what, STR("URL " LINKS_MISSING)))
                        continue;
                bool looks = str_starts(removed->what, STR("class ")) ||
                             str_starts(removed->what, STR("attribute "));

                tell(im, looks ? MANUAL_INFO : MANUAL_LOST, t->source_path, 0,
                     str_of(arena_printf(scratch, "Left out of the raw HTML: %.*s.",
                                         (int)(removed->what.n < 120 ? removed->what.n : 120),
                                         removed->what.p)));
        }
}

/* One topic: its ids (resolve false), or its links and what the sanitiser takes (true). */
static int check_topic(struct importing *im, struct links *links, struct link_target *target,
                       size_t i, bool resolve, struct err *err)
{
        struct arena *scratch CLEANUP_ARENA = arena_new(64 * KIB);
        const struct manual_topic *t = &im->manual->topics[i];
        struct buf source CLEANUP_BUF = { 0 };
        struct link_place place = { links, target, scratch };
        struct markdown_doc doc = { .nheadings = 0 };
        int r = manual_source(im->manual, t, &source, err);

        if (r == 0)
                r = render_body(scratch, buf_str(&source), STR("en"), resolve ? &place : NULL, &doc,
                                err);
        if (r < 0)
                return err_wrap(err, r, "%.*s", STR_ARG(t->source_path));
        if (resolve)
                tell_removed(im, scratch, t, doc.removed);
        else
                links_note_ids(links, target, &doc);
        return 0;
}

/*
 * Render everything once for its ids and once for its links, to see what they lead to; nothing is
 * kept.
 */
static int check_links(struct importing *im, struct err *err)
{
        const struct manual *m = im->manual;
        struct link_target **targets = arena_array(im->arena, m->ntopics + 1, sizeof *targets);
        struct links links;
        int r = 0;

        links_open(&links, im->arena, STR("x"), im->report);
        links.line_of = find_line;
        links.line_ctx = m;
        for (size_t i = 0; i < m->ntopics; i++)
                targets[i] = links_add_topic(&links, m->topics[i].slug, m->topics[i].source_path);
        for (size_t i = 0; i < m->nfiles; i++)
                links_add_file(&links, m->files[i].path, 0);
        for (size_t i = 0; r == 0 && i < m->ntopics; i++)
                r = check_topic(im, &links, targets[i], i, false, err);
        for (size_t i = 0; r == 0 && i < m->ntopics; i++)
                r = check_topic(im, &links, targets[i], i, true, err);
        im->out->lost += links.lost;
        links_close(&links);
        return r;
}

static int import(struct importing *im, struct str slug, struct err *err)
{
        for (const struct manual_note *n = im->manual->notes; n != NULL; n = n->next)
                tell(im, n->severity, n->file, n->line, n->text);
        int r = check_links(im, err);

        if (r == 0)
                r = store_begin(im->store, err);
        if (r < 0)
                return r;
        r = put_all(im, slug, err);
        if (r == 0)
                return store_commit(im->store, err);
        store_rollback(im->store);
        return r;
}

int content_import(struct store *store, struct str slug,
                   const struct content_import_options *options, const struct manual *manual,
                   const struct content_report *report, struct content_imported *out,
                   struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(64 * KIB);
        struct map *by_slug CLEANUP_MAP = map_new();
        struct map *by_source CLEANUP_MAP = map_new();
        struct content_imported made = { 0 };
        struct importing im = { .store = store,
                                .arena = arena,
                                .options = options,
                                .manual = manual,
                                .report = report,
                                .out = &made,
                                .now = clock_unix(),
                                .by_slug = by_slug,
                                .by_source = by_source };
        int r = content_check_slug(slug, "project", err);

        if (r == 0)
                r = import(&im, slug, err);
        if (r == 0)
                *out = made;
        return r;
}
