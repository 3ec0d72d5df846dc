/*
 * routes.c -- which handler answers which path. A path that no row names does not exist.
 */
#include "routes.h"

#include <string.h>

#include "portal.h"

enum match { EXACT, PREFIX };

static const struct route {
        const char *path;
        enum match match;
        route_fn *handle;
} routes[] = {
        { "/docs/", PREFIX, docs_topic },
        { "/-/", PREFIX, site_asset },
        { "/files/", PREFIX, docs_file },
        { "/", EXACT, site_home },
        { "/trust", EXACT, site_trust },
        { "/robots.txt", EXACT, site_robots },
        { "/sitemap.xml", EXACT, site_sitemap },
        { "/favicon.ico", EXACT, site_favicon },
        { "/healthz", EXACT, site_health },
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
        if (req->method != HTTP_GET && req->method != HTTP_HEAD) {
                struct http_response refusal = {
                        .status = 405, .allow = STR("GET, HEAD"),
                        .content_type = STR("text/plain; charset=utf-8"),
                        .body = http_body_static(STR("Only GET and HEAD are understood here.\n")),
                };

                http_reply(x, &refusal);
                return;
        }
        const struct route *route = find(req->path);

        if (route == NULL)
                reply_missing(conn->portal, x);
        else
                route->handle(conn, x);
}
