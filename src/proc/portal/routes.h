/*
 * routes.h -- the handlers of a portal. Each answers its exchange exactly once, now or later.
 *
 * Trust:  paths and headers are a stranger's; slugs go to the store as bound parameters only.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "identity.h"
#include "portal.h"

/* For everybody. Who asks is found by identity_of(), where it matters. */
typedef void open_fn(struct conn *conn, struct http_exchange *x);

/* For those its row names; who that is, it hears. So no such handler can be reached without the question. */
typedef void guarded_fn(struct conn *conn, struct http_exchange *x, const struct identity *who);

#define OPEN(path, match, method, handler) open_fn handler;
#define GUARDED(path, match, method, who, proof, handler) guarded_fn handler;
#include "routes.def"
#undef OPEN
#undef GUARDED

/* Who may have something: everybody, or who is logged in (or shows a token) in a role. */
enum who { WHO_EVERYBODY, WHO_NEWCOMER, WHO_PERSON, WHO_AUTHOR, WHO_WRITER, WHO_ADMINISTRATOR };
bool who_includes(enum who who, enum person_role role);
const char *who_name(enum who who);

/* How many rows there are, and each as "METHOD PATH exact|prefix WHO any|recent". */
size_t routes_count(void);
struct str routes_describe(size_t i, struct arena *arena);

struct store_settings;
/* The length a new password must have here, in code points. */
unsigned password_minimum_of(const struct store_settings *settings);

/* read/site.c: "https://docs.example.com:8443", by the name the connection was made to. */
struct str origin_of(struct portal *portal, struct http_exchange *x);

/* errors.c: the same bytes for "not there" and "not yours" */
void reply_missing(struct portal *portal, struct http_exchange *x);
void reply_error(struct portal *portal, struct http_exchange *x, unsigned status);
void reply_moved(struct http_exchange *x, unsigned status, struct str path);

/* A page for this visitor only: takes what is in out. retry_after in seconds, or 0. */
void reply_private(struct http_exchange *x, unsigned status, struct buf *out,
                   const struct http_header *headers, size_t nheaders, unsigned retry_after);
/* docs.c: a file of a publication; path gives its name. An API's answer is kept by nobody. */
struct store_file;
enum reply_file_cache { REPLY_FILE_BY_VISIBILITY, REPLY_FILE_UNCACHED };
void reply_file(struct conn *conn, struct http_exchange *x, struct str path, const struct store_file *file,
                enum reply_file_cache cache);

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
