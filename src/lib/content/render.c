/*
 * render.c -- pages.
 */
#include "content/render.h"

#include <string.h>

#include "compress/compress.h"
#include "content/tree.h"
#include "crypto/digest.h"
#include "page/page.h"
#include "store/blob.h"
#include "store/read.h"

enum { ETAG_LEN = 32, DESCRIPTION_MAX = 160 };

struct rendering {
        struct store *store;
        const struct store_publication_row *publication;
        struct site site;
        struct links links;
        struct link_target **targets;   /* by page */
        struct tree tree;
        struct render_page *pages;
        size_t n;
        bool best;
        struct content_published *out;
        struct buf html, brotli, gzip;  /* kept from page to page */
        struct buf head;                /* of the picture that is measured */
};

int render_body(struct arena *arena, struct str source, struct str language,
                struct link_place *place, struct markdown_doc *out, struct err *err)
{
        struct markdown_options options = { .link = place != NULL ? links_resolve : NULL,
                                            .picture = place != NULL ? links_picture : NULL,
                                            .link_ctx = place, .drop_first_h1 = true };

        page_markdown_words(language, &options);
        return markdown_render(arena, source, &options, out, err);
}

int render_compress(struct str identity, bool best, struct buf *brotli, struct buf *gzip,
                    struct err *err)
{
        enum compress_effort effort = best ? COMPRESS_BEST : COMPRESS_QUICK;
        int r = compress_brotli(identity, effort, brotli, err);

        if (r == 0)
                r = compress_gzip(identity, effort, gzip, err);
        if (r < 0)
                return r;
        if (!compress_pays(identity.n, brotli->n))
                buf_clear(brotli);
        if (!compress_pays(identity.n, gzip->n))
                buf_clear(gzip);
        return 0;
}

/* The beginning of the text up to a word's end, when the author wrote no description. */
static struct str describe(struct arena *arena, struct str given, struct str title, struct str text)
{
        if (given.n > 0)
                return given;
        text = str_trim(text);
        if (title.n > 0 && str_starts(text, title))
                text = str_trim(str_make(text.p + title.n, text.n - title.n));
        char *out = arena_alloc(arena, DESCRIPTION_MAX + 4);
        size_t n = 0, word = 0;

        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];
                bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';

                if (space && n > 0 && out[n - 1] == ' ')
                        continue;
                if (space)
                        word = n;
                if (n == DESCRIPTION_MAX) {
                        n = word > 0 ? word : 0;
                        memcpy(out + n, "\xe2\x80\xa6", 3);
                        return str_make(out, n + 3);
                }
                out[n++] = space ? ' ' : c;
        }
        return str_trim(str_make(out, n));
}

static struct page_link link_to(const struct rendering *r, size_t page)
{
        return (struct page_link){ r->pages[page].row.title, r->targets[page]->url };
}

static void fill_page(const struct rendering *r, struct arena *arena, size_t i,
                      const struct markdown_doc *doc, struct page_topic *page)
{
        const struct store_publication_row *p = r->publication;
        struct store_frozen *row = &r->pages[i].row;

        if (doc->title.n > 0)
                row->title = doc->title;
        row->description = describe(arena, row->description, doc->title, doc->text);
        *page = (struct page_topic){
                .site = { r->site.title, p->language, p->rtl },
                .publication = p->title,
                .publication_url = links_page_url(arena, p->slug, STR("")),
                .version = p->version,
                .title = row->title,
                .url = r->targets[i]->url,
                .markdown_url = str_of(
                        arena_printf(arena, "%.*s.md", STR_ARG(r->targets[i]->url))),
                .description = row->description,
                .body = doc->body,
                .headings = doc->headings,
                .nheadings = doc->nheadings,
                .toc = tree_for_page(arena, &r->tree, i),
                .updated = row->updated,
        };
        page->ncrumbs = tree_crumbs(arena, &r->tree, i, &page->crumbs);
}

static struct str etag_of(struct arena *arena, struct str html)
{
        struct digest d;
        char hex[DIGEST_HEX_LEN + 1];

        digest_of(html, &d);
        digest_hex(&d, hex);
        return arena_str(arena, str_make(hex, ETAG_LEN));
}

static int store_page(struct rendering *r, struct render_page *page, struct str text,
                      struct err *err)
{
        struct str html = buf_str(&r->html);
        bool same_bytes = page->row.id != 0 && str_eq(page->old_etag, page->row.etag);

        r->out->pages++;
        r->out->bytes += html.n;
        if (same_bytes && page->same_row)
                return 0;
        r->out->rendered++;
        buf_clear(&r->brotli);
        buf_clear(&r->gzip);
        int x = render_compress(html, r->best, &r->brotli, &r->gzip, err);

        if (x < 0)
                return x;
        const struct store_bodies bodies = { buf_str(&r->brotli), buf_str(&r->gzip), html, text };

        return page->row.id != 0 ?
                       store_frozen_change(r->store, &page->row, &bodies, err) :
                       store_frozen_add(r->store, r->publication->id, &page->row, &bodies, err);
}

static int one_page(struct rendering *r, struct arena *scratch, size_t i, struct err *err)
{
        struct render_page *page = &r->pages[i];
        struct link_place place = { .links = &r->links, .from = r->targets[i],
                                    .scratch = scratch };
        struct page_topic view;
        struct markdown_doc doc = { .nheadings = 0 };
        struct buf source CLEANUP_BUF = { 0 };
        struct str description = page->row.description;
        int x = store_revision_read(r->store, page->row.topic, page->row.revision, &source,
                                    &page->row.updated, err);

        if (x == 0)
                x = render_body(scratch, buf_str(&source), r->publication->language, &place, &doc,
                                err);
        if (x < 0)
                return err_wrap(err, x, "topic '%.*s'", STR_ARG(page->row.slug));
        struct page_link before, after;

        fill_page(r, scratch, i, &doc, &view);
        if (i > 0) {
                before = link_to(r, i - 1);
                view.previous = &before;
        }
        if (i + 1 < r->n) {
                after = link_to(r, i + 1);
                view.next = &after;
        }
        buf_clear(&r->html);
        page_render_topic(&r->html, &view);
        page->row.etag = etag_of(scratch, buf_str(&r->html));
        x = store_page(r, page, doc.text, err);
        /* Both live in scratch, which is about to go. */
        page->row.etag = (struct str){ "", 0 };
        page->row.description = description;
        page->row.title = arena_str(r->links.arena, page->row.title);
        return x;
}

/* The ids of one page, before any link is resolved. */
static int note_ids(struct rendering *r, struct arena *scratch, size_t i, struct err *err)
{
        const struct store_frozen *row = &r->pages[i].row;
        struct buf source CLEANUP_BUF = { 0 };
        struct markdown_doc doc = { .nheadings = 0 };
        int64_t created;
        int x = store_revision_read(r->store, row->topic, row->revision, &source, &created, err);

        if (x == 0)
                x = render_body(scratch, buf_str(&source), r->publication->language, NULL, &doc,
                                err);
        if (x < 0)
                return err_wrap(err, x, "topic '%.*s'", STR_ARG(row->slug));
        links_note_ids(&r->links, r->targets[i], &doc);
        return 0;
}

/* A picture that cannot be read keeps no place free; that must not stop a publication. */
static bool measure(void *ctx, int64_t blob, struct picture_size *out)
{
        static const size_t steps[] = { STORE_PART, PICTURE_HEAD };    /* the second for a JPEG's profiles */
        struct rendering *r = ctx;

        for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
                buf_clear(&r->head);
                if (store_blob_head(r->store, blob, steps[i], &r->head, NULL) < 0)
                        return false;
                if (picture_measure(buf_str(&r->head), out))
                        return true;
                if (r->head.n < steps[i])
                        return false;
        }
        return false;
}

/* What all pages share: link targets, contents, the portal's name. */
static int prepare(struct rendering *r, struct arena *arena, struct map *slugs, struct err *err)
{
        struct store_frozen_toc *toc = NULL;
        struct store_project_file *files = NULL;
        size_t ntoc = 0, nfiles = 0;
        int64_t id = r->publication->id;
        int x = store_frozen_toc_list(r->store, id, arena, &toc, &ntoc, err);

        if (x == 0)
                x = store_frozen_file_list(r->store, id, arena, &files, &nfiles, err);
        if (x == 0)
                x = site_read(r->store, arena, &r->site, err);
        if (x < 0)
                return x;
        r->targets = arena_array(arena, r->n + 1, sizeof *r->targets);
        for (size_t i = 0; i < r->n; i++) {
                const struct store_frozen *row = &r->pages[i].row;

                r->targets[i] = links_add_topic(&r->links, row->slug, row->source_path);
                map_put(slugs, row->slug, (void *)(uintptr_t)(i + 1));
        }
        for (size_t i = 0; i < nfiles; i++)
                links_add_file(&r->links, files[i].path, files[i].blob);
        r->links.measure = measure;
        r->links.measure_ctx = r;
        tree_build(arena, toc, ntoc, slugs, r->n, r->publication->slug, &r->tree);
        return 0;
}

/*
 * Per 30 KB page, brotli 11 with gzip 9 take 25 ms and brotli 5 with gzip 6 take 0.5 ms; brotli
 * then sends 14 % fewer bytes. An ordinary manual is worth three seconds of a job; 10,000 topics
 * have to be out in ten (docs/formats/portal-db.md has the figures).
 */
enum { BEST_UP_TO_PAGES = 128 };

int render_pages(struct store *store, const struct store_publication_row *publication,
                 struct render_page *pages, size_t n, const struct content_report *report,
                 struct content_published *out, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(64 * KIB);
        struct arena *scratch CLEANUP_ARENA = arena_new(64 * KIB);
        struct map *slugs CLEANUP_MAP = map_new();
        struct rendering r = { .store = store, .publication = publication, .pages = pages, .n = n,
                               .out = out, .best = n <= BEST_UP_TO_PAGES };

        links_open(&r.links, arena, publication->slug, report);
        int x = prepare(&r, arena, slugs, err);

        for (size_t i = 0; x == 0 && i < n; i++) {
                x = note_ids(&r, scratch, i, err);
                arena_reset(scratch);
        }
        for (size_t i = 0; x == 0 && i < n; i++) {
                x = one_page(&r, scratch, i, err);
                arena_reset(scratch);
        }
        out->lost += r.links.lost;
        /* Titles were moved to this arena; nobody reads them after it. */
        for (size_t i = 0; i < n; i++)
                pages[i].row.title = (struct str){ "", 0 };
        links_close(&r.links);
        buf_free(&r.html);
        buf_free(&r.brotli);
        buf_free(&r.gzip);
        buf_free(&r.head);
        return x;
}
