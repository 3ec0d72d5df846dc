/*
 * routes.c -- which handler answers which path, and for whom. A path that no row names does not exist.
 */
#include "routes.h"

#include <string.h>

#include "api/api.h"
#include "api/table.h"
#include "base/clock.h"
#include "page/account.h"

enum match { EXACT, PREFIX };
enum method { GET, POST };
enum proof { ANY, RECENT };

static const struct route {
        const char *path;
        enum match match;
        enum method method;
        enum who who;
        enum proof proof;
        open_fn *open;                  /* for everybody */
        guarded_fn *guarded;
} routes[] = {
#define OPEN(path, match, method, handler) { path, match, method, WHO_EVERYBODY, ANY, handler, NULL },
#define GUARDED(path, match, method, who, proof, handler) \
        { path, match, method, WHO_##who, proof, NULL, handler },
#include "routes.def"
#undef OPEN
#undef GUARDED
};

/* The rows of one path; NULL: it does not know that method. */
struct place {
        const struct route *get;
        const struct route *post;
};

/* The longest path that fits is meant, so that a page below another can have a row of its own. */
static struct place find(struct str path)
{
        struct place place = { NULL, NULL };
        size_t longest = 0;

        for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
                const struct route *row = &routes[i];
                struct str mine = str_of(row->path);
                bool fits = row->match == EXACT ? str_eq(path, mine) : str_starts(path, mine);

                if (!fits || mine.n < longest)
                        continue;
                if (mine.n > longest)
                        place = (struct place){ NULL, NULL };
                longest = mine.n;
                *(row->method == GET ? &place.get : &place.post) = row;
        }
        return place;
}

static void refuse_method(struct place place, struct http_exchange *x)
{
        bool get = place.get != NULL || place.post == NULL, post = place.post != NULL;
        const struct http_response refusal = {
                .status = 405,
                .allow = get && post ? STR("GET, HEAD, POST") : post ? STR("POST") : STR("GET, HEAD"),
                .content_type = STR("text/plain; charset=utf-8"),
                .body = http_body_static(STR("This address does not understand that method.\n")),
        };

        http_reply(x, &refusal);
}

bool who_includes(enum who who, enum person_role role)
{
        switch (who) {
        case WHO_EVERYBODY:
        case WHO_NEWCOMER:
        case WHO_PERSON:
                return true;
        case WHO_AUTHOR:
                return person_role_is_author(role);
        case WHO_WRITER:
                return role == ROLE_ADMINISTRATOR || role == ROLE_WRITER;
        case WHO_ADMINISTRATOR:
                return role == ROLE_ADMINISTRATOR;
        }
        return false;
}

const char *who_name(enum who who)
{
        static const char *const names[] = {
                "everybody", "newcomer", "person", "author", "writer", "administrator",
        };

        return names[who];
}

/* To a page that asks who they are, and from there back to where this came from. */
static void lead_to(struct http_exchange *x, const char *page, enum method method)
{
        const struct http_request *req = http_exchange_request(x);
        struct str next = method == GET ? local_path(req->path) : own_referer(req);

        form_wipe(x);
        reply_moved(x, 303, path_with_next(http_exchange_arena(x), page, next));
}

/* May they who ask have this row's answer? If not, they have another one by then. */
static bool admit(struct conn *conn, const struct route *route, struct http_exchange *x,
                  const struct identity *who)
{
        if (!who->known && !who->newcomer) {
                lead_to(x, "/login", route->method);
                return false;
        }
        if (who->newcomer && route->who != WHO_NEWCOMER) {
                form_wipe(x);
                reply_moved(x, 303, STR("/account/security"));
                return false;
        }
        if (!who_includes(route->who, who->session.role)) {
                form_wipe(x);
                reply_missing(conn->portal, x);
                return false;
        }
        if (route->proof == RECENT && who->session.elevated <= clock_unix()) {
                lead_to(x, "/login/confirm", route->method);
                return false;
        }
        return true;
}

/* The one way to a handler. */
static void enter(struct conn *conn, const struct route *route, struct http_exchange *x)
{
        if (route->who == WHO_EVERYBODY) {
                route->open(conn, x);
                return;
        }
        struct identity *who = arena_alloc(http_exchange_arena(x), sizeof *who);

        *who = identity_of(conn->portal, x);
        if (admit(conn, route, x, who))
                route->guarded(conn, x, who);
}

/* The one way to a handler that changes something. */
static void change(struct conn *conn, const struct route *route, struct http_exchange *x)
{
        struct err err;

        if (form_check(conn->portal, x, &err) == 0) {
                enter(conn, route, x);
                return;
        }
        form_wipe(x);
        struct buf out = { 0 };

        page_render_notice(&out, &(struct page_notice){
                .site = *site_of(conn->portal), .kind = PAGE_NOTICE_FORM_EXPIRED,
        });
        reply_private(x, 403, &out, NULL, 0, 0);
}

/* Forms that may be long, where nobody else's may. */
static const char *const long_forms[] = { "/edit/people/import" };
enum { LONG_FORM_MAX = 1024 * 1024 };

/* Asked before the body comes: only who may send the form is let send so much. */
size_t routes_body_limit(void *ctx, const struct http_request *req)
{
        struct conn *conn = ctx;
        struct place place = find(req->path);

        if (api_owns(req->path))
                return api_body_limit(conn, req);
        if (req->method != HTTP_POST || place.post == NULL || place.post->who == WHO_EVERYBODY)
                return FORM_BODY_MAX;
        for (size_t i = 0; i < ARRAY_LEN(long_forms); i++) {
                if (!str_is(req->path, long_forms[i]))
                        continue;
                struct arena *arena CLEANUP_ARENA = arena_new(1024);
                struct identity who = identity_from(conn->portal, req, arena);

                if (who.known && who_includes(place.post->who, who.session.role))
                        return LONG_FORM_MAX;
        }
        return FORM_BODY_MAX;
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
        if (api_owns(req->path)) {      /* programs have a door of their own: tokens, no cookies, no forms */
                api_handle(conn, x);
                return;
        }
        struct place place = find(req->path);
        bool reads = req->method == HTTP_GET || req->method == HTTP_HEAD;

        if (reads && place.get == NULL)
                reply_missing(conn->portal, x);
        else if (reads)
                enter(conn, place.get, x);
        else if (req->method == HTTP_POST && place.post != NULL)
                change(conn, place.post, x);
        else
                refuse_method(place, x);
}

size_t routes_count(void)
{
        return ARRAY_LEN(routes);
}

struct str routes_describe(size_t i, struct arena *arena)
{
        static const char *const methods[] = { "GET", "POST" };
        static const char *const matches[] = { "exact", "prefix" };
        static const char *const proofs[] = { "any", "recent" };
        const struct route *row = &routes[i];

        return str_of(arena_printf(arena, "%s %s %s %s %s", methods[row->method], row->path,
                                   matches[row->match], who_name(row->who), proofs[row->proof]));
}
