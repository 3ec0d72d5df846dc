/*
 * site.c -- what a portal has besides topics: home, assets, robots, sitemap, health.
 */
#include <stdio.h>

#include "page/assets.h"
#include "proc/portal/identity.h"
#include "proc/portal/routes.h"
#include "store/publication.h"

static int find_home(struct portal *portal, struct http_exchange *x, unsigned accepted,
                     struct store_page *out, struct err *err)
{
        return store_home_find(portal->store, &reader_anonymous, accepted, http_exchange_arena(x), out,
                               err);
}

/* Somebody who is logged in sees what is open to them, too; made for this answer and kept by nobody. */
static void own_home(struct portal *portal, struct http_exchange *x, const struct identity *who)
{
        struct arena *arena = http_exchange_arena(x);
        struct store_publication_row *rows;
        struct buf out = { 0 };
        struct err err;
        size_t n;

        if (store_publication_list(portal->store, &who->reader, arena, &rows, &n, &err) < 0) {
                service_log(LOG_ERROR, "home: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        struct page_home_entry *entries = arena_array(arena, n + 1, sizeof *entries);

        for (size_t i = 0; i < n; i++)
                entries[i] = (struct page_home_entry){
                        .title = rows[i].title,
                        .url = str_of(arena_printf(arena, "/docs/%.*s/", STR_ARG(rows[i].slug))),
                        .version = rows[i].version,
                        .description = rows[i].description,
                        .topics = (size_t)rows[i].pages,
                };
        page_render_home(&out, &(struct page_home){
                .site = *site_of(portal), .entries = entries, .nentries = n,
                .author = person_role_is_author(who->session.role),
        });
        reply_private(x, 200, &out, NULL, 0, 0);
}

void site_home(struct conn *conn, struct http_exchange *x)
{
        struct identity who = identity_of(conn->portal, x);

        if (who.known)
                own_home(conn->portal, x, &who);
        else
                reply_page(conn, x, http_exchange_request(x)->path, find_home, reply_missing);
}

/* Not from the Host header: its port is whatever the client wrote, and what is made from it is kept for
 * others. */
struct str origin_of(struct portal *portal, struct http_exchange *x)
{
        const struct conn *conn = http_exchange_ctx(x);
        struct arena *arena = http_exchange_arena(x);
        unsigned port = portal->setup->https_port;

        return str_of(port == 443 ? arena_printf(arena, "https://%s", conn->host->name)
                                  : arena_printf(arena, "https://%s:%u", conn->host->name, port));
}

static int find_robots(struct portal *portal, struct http_exchange *x, unsigned accepted,
                       struct store_page *out, struct err *err)
{
        (void)accepted;
        return store_robots_find(portal->store, &reader_anonymous, origin_of(portal, x),
                                 http_exchange_arena(x), out, err);
}

static int find_sitemap(struct portal *portal, struct http_exchange *x, unsigned accepted,
                        struct store_page *out, struct err *err)
{
        (void)accepted;
        return store_sitemap_find(portal->store, &reader_anonymous, origin_of(portal, x),
                                  http_exchange_arena(x), out, err);
}

/* What names its own address is another page for each of the portal's host names. No path looks so. */
static struct str key_of_host(struct conn *conn, struct http_exchange *x)
{
        return str_of(arena_printf(http_exchange_arena(x), "%s%.*s", conn->host->name,
                                   STR_ARG(http_exchange_request(x)->path)));
}

void site_robots(struct conn *conn, struct http_exchange *x)
{
        reply_page(conn, x, key_of_host(conn, x), find_robots, reply_missing);
}

void site_sitemap(struct conn *conn, struct http_exchange *x)
{
        reply_page(conn, x, key_of_host(conn, x), find_sitemap, reply_missing);
}

void site_asset(struct conn *conn, struct http_exchange *x)
{
        bool stale = false;
        const struct asset *asset = asset_find(http_exchange_request(x)->path, &stale);

        if (asset == NULL) {
                reply_missing(conn->portal, x);
                return;
        }
        /* The path without its leading "/-/" holds the content's hash: it is the tag. A stale path shows
         * another release's name, so its answer must be asked for again. */
        const struct http_entity entity = {
                .tag = str_make(asset->path.p + 3, asset->path.n - 3),
                .content_type = asset->media_type,
                .cache_control = stale ? STR("public, no-cache")
                                       : STR("public, max-age=31536000, immutable"),
                .identity = http_body_static(asset->identity),
                .gzip = asset->gzip,
                .brotli = asset->brotli,
        };

        http_reply_entity(x, &entity);
}

void site_favicon(struct conn *conn, struct http_exchange *x)
{
        (void)conn;
        reply_moved(x, 302, asset_path("favicon.svg"));
}

void site_health(struct conn *conn, struct http_exchange *x)
{
        (void)conn;
        http_reply_text(x, 200, "ok\n");
}
