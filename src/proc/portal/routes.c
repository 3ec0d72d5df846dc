/*
 * routes.c -- which handler answers which path. A path that no row names does not exist.
 */
#include "routes.h"

#include <string.h>

#include "identity.h"
#include "page/account.h"
#include "portal.h"

enum match { EXACT, PREFIX };

/* A row for each path and way of asking. Every POST passes form_check() before its handler sees it. */
static const struct route {
        const char *path;
        enum match match;
        route_fn *get;
        route_fn *post;
} routes[] = {
        { "/docs/", PREFIX, docs_topic, NULL },
        { "/-/", PREFIX, site_asset, NULL },
        { "/files/", PREFIX, docs_file, NULL },
        { "/", EXACT, site_home, NULL },
        { "/login", EXACT, login_page, login_post },
        { "/logout", EXACT, NULL, logout_post },
        { "/welcome", EXACT, welcome_page, welcome_post },
        { "/account", EXACT, account_page, NULL },
        { "/account/password", EXACT, NULL, account_password_post },
        { "/account/sessions/end", EXACT, NULL, account_end_post },
        { "/account/sessions/end-others", EXACT, NULL, account_end_others_post },
        { "/trust", EXACT, site_trust, NULL },
        { "/robots.txt", EXACT, site_robots, NULL },
        { "/sitemap.xml", EXACT, site_sitemap, NULL },
        { "/favicon.ico", EXACT, site_favicon, NULL },
        { "/healthz", EXACT, site_health, NULL },
};

static const struct route *find(struct str path)
{
        for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
                struct str mine = str_of(routes[i].path);

                if (routes[i].match == EXACT ? str_eq(path, mine) : str_starts(path, mine))
                        return &routes[i];
        }
        return NULL;
}

static void refuse_method(const struct route *route, struct http_exchange *x)
{
        bool get = route == NULL || route->get != NULL, post = route != NULL && route->post != NULL;
        const struct http_response refusal = {
                .status = 405,
                .allow = get && post ? STR("GET, HEAD, POST") : post ? STR("POST") : STR("GET, HEAD"),
                .content_type = STR("text/plain; charset=utf-8"),
                .body = http_body_static(STR("This address does not understand that method.\n")),
        };

        http_reply(x, &refusal);
}

/* The one way to a handler that changes something. */
static void change(struct conn *conn, const struct route *route, struct http_exchange *x)
{
        struct err err;

        if (form_check(conn->portal, x, &err) == 0) {
                route->post(conn, x);
                return;
        }
        form_wipe(x);
        struct buf out = { 0 };

        page_render_notice(&out, &(struct page_notice){
                .site = *site_of(conn->portal), .kind = PAGE_NOTICE_FORM_EXPIRED,
        });
        reply_private(x, 403, &out, NULL, 0, 0);
}

void routes_handle(void *ctx, struct http_exchange *x)
{
        struct conn *conn = ctx;
        const struct http_request *req = http_exchange_request(x);

        conn->asked = true;
        if (conn->portal->retiring)
                http_conn_shutdown(conn->http); /* this answer says that it is the last */
        /* The connection was made to one name with that name's certificate: nothing else is answered. */
        if (!http_host_is(req, conn->host->name)) {
                http_reply_text(x, 421, "This connection is for another host name.");
                return;
        }
        const struct route *route = find(req->path);
        bool reads = req->method == HTTP_GET || req->method == HTTP_HEAD;

        if (reads && (route == NULL || route->get == NULL))
                reply_missing(conn->portal, x);
        else if (reads)
                route->get(conn, x);
        else if (req->method == HTTP_POST && route != NULL && route->post != NULL)
                change(conn, route, x);
        else
                refuse_method(route, x);
}
