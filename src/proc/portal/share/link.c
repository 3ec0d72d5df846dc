/*
 * link.c -- share links: /s/NUMBER.MAC, and who reads by one.
 *
 * A link may be opened as often as one likes until it ends: a mail program or a chat that looks at
 * it first, a second device or a cleared browser use nothing up. The answer is a cookie for this one
 * publication and a redirect to it, so that the secret stays in no address from there on; what is not
 * right is led to /s/, which says so. The cookie's name is the publication's, so that somebody may
 * have several.
 *
 * Who reads by a link is a reader without an account, or a person who has one besides; may_read() asks the
 * link's row again at every page.
 */
#include "base/clock.h"
#include "page/account.h"
#include "people/share_link.h"
#include "proc/portal/identity.h"
#include "proc/portal/routes.h"

#define PATH_LINK "/s/"

/* Exact to a minute, so that reading writes at most once in that time. */
static void touch(struct portal *portal, const struct store_share *share, bool opened, int64_t now)
{
        struct err err;

        if (!store_share_is_due(share, now) || store_begin(portal->store, &err) < 0)
                return;
        if (store_share_touch(portal->store, share->id, opened, now, &err) < 0)
                store_rollback(portal->store);
        else if (store_commit(portal->store, &err) < 0)
                service_log(LOG_WARNING, "use of a share link not noted: %s", err.text);
}

/* The name of a cookie; NULL when no publication can have this name. */
static const char *cookie_name(struct arena *arena, struct str publication)
{
        bool good = publication.n > 0 && publication.n <= 64;

        for (size_t i = 0; good && i < publication.n; i++) {
                char c = publication.p[i];

                good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        }
        return good ? arena_printf(arena, COOKIE_SHARE "%.*s", STR_ARG(publication)) : NULL;
}

struct reader reader_of(struct portal *portal, struct http_exchange *x, struct str publication)
{
        struct arena *arena = http_exchange_arena(x);
        struct reader reader = identity_of(portal, x).reader;
        const char *name = cookie_name(arena, publication);
        struct store_share share;
        int64_t now = clock_unix();

        if (name == NULL)
                return reader;
        struct str shown = http_request_cookie(http_exchange_request(x), name);

        if (shown.p == NULL ||
            share_link_find(portal->store, shown, SHARE_COOKIE, now, arena, &share, NULL) < 0)
                return reader;
        touch(portal, &share, false, now);
        if (reader.kind == READER_ANONYMOUS)
                reader.kind = READER_SHARE;
        reader.share = share.id;
        reader.now = now;
        return reader;
}

static void send_over(struct portal *portal, struct http_exchange *x)
{
        struct buf out = { 0 };

        page_render_notice(&out, &(struct page_notice){
                .site = *site_of(portal), .kind = PAGE_NOTICE_SHARE_OVER,
        });
        reply_private(x, 404, &out, NULL, 0, 0);
}

/* The link that was shown, and the cookie for it; may_read() must agree that it opens something. */
static int exchange(struct portal *portal, struct http_exchange *x, struct str shown,
                    struct store_share *share, struct str *cookie, struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        int64_t now = clock_unix();
        struct str topic;
        int r = share_link_find(portal->store, shown, SHARE_LINK, now, arena, share, err);

        if (r < 0)
                return r;
        const struct reader reader = { .kind = READER_SHARE, .share = share->id, .now = now };

        r = store_first_page_find(portal->store, &reader, share->slug, arena, &topic, err);
        if (r == 0)
                r = share_link_secret(portal->store, share, SHARE_COOKIE, arena, cookie, err);
        if (r == 0 && http_exchange_request(x)->method == HTTP_GET)
                touch(portal, share, true, now);
        return r;
}

void share_link_page(struct conn *conn, struct http_exchange *x)
{
        struct portal *portal = conn->portal;
        struct arena *arena = http_exchange_arena(x);
        struct str path = http_exchange_request(x)->path;
        struct str shown = str_make(path.p + sizeof PATH_LINK - 1, path.n - (sizeof PATH_LINK - 1));
        struct store_share share;
        struct str secret;
        struct err err;

        if (shown.n == 0) {
                send_over(portal, x);
                return;
        }
        int r = exchange(portal, x, shown, &share, &secret, &err);

        if (r == 0) {
                const char *name = cookie_name(arena, share.slug);
                const struct http_header cookie =
                        cookie_set(arena, name, secret, share.expires - clock_unix());

                reply_see_other(x, str_of(arena_printf(arena, "/docs/%.*s/", STR_ARG(share.slug))), &cookie,
                                1);
                return;
        }
        /* The path is not in the log: it holds the secret. */
        if (r != ERR_NOT_FOUND)
                service_log(LOG_ERROR, "share link: %s", err.text);
        reply_see_other(x, STR(PATH_LINK), NULL, 0);
}
