/*
 * routes.h -- the handlers of a portal. Each answers its exchange exactly once, now.
 *
 * Trust:  paths and headers are a stranger's; slugs go to the store as bound parameters only.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "portal.h"

typedef void route_fn(struct conn *conn, struct http_exchange *x);

/* docs.c */
route_fn docs_topic;            /* /docs/PUBLICATION/TOPIC and TOPIC.md */
route_fn docs_file;             /* /files/PUBLICATION/PATH */

/* site.c */
route_fn site_home;
route_fn site_asset;
route_fn site_trust;
route_fn site_robots;
route_fn site_sitemap;
route_fn site_favicon;
route_fn site_health;

/* errors.c: the same bytes for "not there" and "not yours" */
void reply_missing(struct portal *portal, struct http_exchange *x);
void reply_error(struct portal *portal, struct http_exchange *x, unsigned status);
void reply_moved(struct http_exchange *x, unsigned status, struct str path);

/* pages.c */

/*
 * Answer with a page of the store: conditions, coding and caching by visibility. key: what the page is
 * remembered by; everything it depends on but the coding must be in it.
 */
typedef int page_find_fn(struct portal *portal, struct http_exchange *x, unsigned accepted,
                         struct store_page *out, struct err *err);
typedef void page_missing_fn(struct portal *portal, struct http_exchange *x);
void reply_page(struct conn *conn, struct http_exchange *x, struct str key, page_find_fn *find,
                page_missing_fn *missing);
