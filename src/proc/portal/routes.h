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

/* login.c, welcome.c, account.c */
route_fn login_page, login_post, logout_post;
route_fn welcome_page, welcome_post;
route_fn account_page, account_password_post, account_end_post, account_end_others_post;

struct store_settings;
/* The length a new password must have here, in code points. */
unsigned password_minimum_of(const struct store_settings *settings);

/* errors.c: the same bytes for "not there" and "not yours" */
void reply_missing(struct portal *portal, struct http_exchange *x);
void reply_error(struct portal *portal, struct http_exchange *x, unsigned status);
void reply_moved(struct http_exchange *x, unsigned status, struct str path);

/* A page for this visitor only: takes what is in out. retry_after in seconds, or 0. */
void reply_private(struct http_exchange *x, unsigned status, struct buf *out,
                   const struct http_header *headers, size_t nheaders, unsigned retry_after);
/* Done; go on there (RFC 9110, 15.4.4). */
void reply_see_other(struct http_exchange *x, struct str path, const struct http_header *headers,
                     size_t nheaders);
/* Too much is asked of the host at this moment: 503. */
void reply_busy(struct portal *portal, struct http_exchange *x);

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
