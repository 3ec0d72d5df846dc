/*
 * site.c -- the pages that belong to no publication.
 *
 * They list what an anonymous reader may read: other readers' lists are theirs alone and are not
 * kept.
 */
#include "base/clock.h"
#include "content/content.h"
#include "content/language.h"
#include "content/render.h"
#include "crypto/digest.h"
#include "page/page.h"

/* The sitemap protocol's own limit is 50,000 addresses. */
enum { SITEMAP_MAX = 50000, TITLE_MAX = 200 };

int site_read(struct store *store, struct arena *arena, struct site *out, struct err *err)
{
        int r = store_meta_find(store, STR("site.title"), arena, &out->title, err);

        if (r == ERR_NOT_FOUND)
                out->title = STR("Documentation");
        else if (r < 0)
                return r;
        r = store_meta_find(store, STR("site.language"), arena, &out->language, err);
        if (r == ERR_NOT_FOUND)
                out->language = STR("en");
        else if (r < 0)
                return r;
        return 0;
}

static int put(struct store *store, const char *path, const char *type, struct str body,
               bool compressed, int64_t now, struct err *err)
{
        struct buf brotli CLEANUP_BUF = { 0 };
        struct buf gzip CLEANUP_BUF = { 0 };
        struct digest d;
        char hex[DIGEST_HEX_LEN + 1];
        int r = compressed ? render_compress(body, true, &brotli, &gzip, err) : 0;

        if (r < 0)
                return r;
        digest_of(body, &d);
        digest_hex(&d, hex);
        const struct store_site_page page = { str_of(path), str_of(type), str_make(hex, 32),
                                              buf_str(&brotli), buf_str(&gzip), body };

        return store_site_page_put(store, &page, now, err);
}

static int render_home(struct store *store, struct arena *arena,
                       const struct store_publication_row *rows, size_t n, int64_t now,
                       struct err *err)
{
        struct page_home_entry *entries = arena_array(arena, n + 1, sizeof *entries);
        struct buf html CLEANUP_BUF = { 0 };
        struct site site;
        int r = site_read(store, arena, &site, err);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                entries[i] = (struct page_home_entry){ rows[i].title,
                                                       links_page_url(arena, rows[i].slug, STR("")),
                                                       rows[i].version, rows[i].description,
                                                       (size_t)rows[i].pages };
        const struct page_home home = { { site.title, site.language,
                                          language_is_rtl(site.language) },
                                        entries, n, false };

        page_render_home(&html, &home);
        return put(store, "/", "text/html; charset=utf-8", buf_str(&html), true, now, err);
}

static int add_addresses(struct store *store, const struct store_publication_row *row,
                         struct buf *out, size_t *count, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(64 * KIB);
        struct store_frozen *pages = NULL;
        size_t n = 0;
        int r = store_frozen_list(store, row->id, arena, &pages, &n, err);

        for (size_t i = 0; r == 0 && i < n && *count < SITEMAP_MAX; i++, ++*count) {
                char date[CLOCK_ISO_LEN + 1];

                clock_iso(pages[i].updated, date);
                /* Percent-encoded, so nothing in it needs escaping in XML. */
                buf_printf(out,
                           "<url><loc>" STORE_ORIGIN_MARK "%.*s</loc><lastmod>%s</lastmod></url>\n",
                           STR_ARG(links_page_url(arena, row->slug, pages[i].slug)), date);
        }
        return r;
}

static int render_sitemap(struct store *store, const struct store_publication_row *rows, size_t n,
                          int64_t now, struct err *err)
{
        struct buf xml CLEANUP_BUF = { 0 };
        size_t count = 0;
        int r = 0;

        BUF_LIT(&xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
                      "<url><loc>" STORE_ORIGIN_MARK "/</loc></url>\n");
        for (size_t i = 0; r == 0 && i < n; i++)
                r = add_addresses(store, &rows[i], &xml, &count, err);
        BUF_LIT(&xml, "</urlset>\n");
        return r < 0 ? r :
                       put(store, "/sitemap.xml", "application/xml; charset=utf-8", buf_str(&xml),
                           false, now, err);
}

int site_render(struct store *store, int64_t now, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_publication_row *rows = NULL;
        size_t n = 0;
        int r = store_publication_list(store, &reader_anonymous, arena, &rows, &n, err);

        if (r == 0)
                r = render_home(store, arena, rows, n, now, err);
        if (r == 0)
                r = render_sitemap(store, rows, n, now, err);
        if (r == 0)
                r = put(store, "/robots.txt", "text/plain; charset=utf-8",
                        STR("User-agent: *\nDisallow: /login\nDisallow: /account\nDisallow: "
                            "/edit/\n"
                            "Sitemap: " STORE_ORIGIN_MARK "/sitemap.xml\n"),
                        false, now, err);
        return r;
}

int content_renew_site(struct store *store, int64_t now, struct err *err)
{
        return site_render(store, now, err);
}

int content_put_site(struct store *store, struct str title, struct str language, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str tag = language_tag(arena, language);

        title = str_trim(title);
        if (title.n == 0 || title.n > TITLE_MAX || !str_is_utf8(title))
                return err_set(err, ERR_INVALID, "a portal's title has 1 to %d bytes of UTF-8",
                               TITLE_MAX);
        if (tag.n == 0)
                return err_set(err, ERR_INVALID,
                               "'%.*s' is no language tag; write \"en\" or \"pt-BR\"",
                               (int)(language.n < 40 ? language.n : 40), language.p);
        int r = store_meta_put(store, STR("site.title"), title, err);

        return r == 0 ? store_meta_put(store, STR("site.language"), tag, err) : r;
}

int content_set_site(struct store *store, struct str title, struct str language, struct err *err)
{
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = content_put_site(store, title, language, err);
        if (r == 0)
                r = site_render(store, clock_unix(), err);
        if (r == 0)
                return store_commit(store, err);
        store_rollback(store);
        return r;
}
