/*
 * shares.c -- links by which somebody without an account reads a restricted publication for a while.
 */
#include "base/clock.h"
#include "orders.h"
#include "people/share_link.h"
#include "store/publication.h"

enum { DAY_SECONDS = 86400, DAYS_USUAL = 30, DATE_LEN = 10 };

/* ---- one link ---- */

static const char *state_word(const struct store_share *share, int64_t now)
{
        if (share->revoked != 0)
                return "revoked";
        return share->expires <= now ? "expired" : "open";
}

static void put_day(struct json *o, const char *key, int64_t when)
{
        char text[CLOCK_ISO_LEN + 1];

        clock_iso(when, text);
        json_put_text(o, key, str_make(text, DATE_LEN));
}

static void put_moment(struct json *o, const char *key, int64_t when)
{
        char text[CLOCK_ISO_LEN + 1];

        if (when == 0)
                return;
        clock_iso(when, text);
        json_put_text(o, key, str_of(text));
}

static void describe(const struct order *order, const struct store_share *share, struct json *o)
{
        json_put_int(o, "link", share->id);
        json_put_text(o, "publication", share->slug);
        json_put_text(o, "state", str_of(state_word(share, order->now)));
        put_day(o, "created", share->created);
        put_moment(o, "valid_until", share->expires);
        json_put_text(o, "created_by", share->creator.n > 0 ? share->creator : STR("operator"));
        json_put_text(o, "note", share->note);
        json_put_int(o, "opened", share->opened);
        put_moment(o, "last_used", share->seen);
}

/* ---- share.add ---- */

static int read_days(const struct order *order, int64_t *out, struct err *err)
{
        struct str text = order_argument(order, "days");
        int64_t number = json_get_int(order->request->arguments, "days");
        uint64_t days = DAYS_USUAL;

        if (text.n > 0 && str_to_u64(text, SHARE_DAYS_MAX, &days, NULL) < 0)
                days = 0;
        else if (text.n == 0 && order_has(order, "days"))
                days = number > 0 ? (uint64_t)number : 0;
        if (days < 1 || days > SHARE_DAYS_MAX)
                return err_set(err, ERR_INVALID, "a share link is open for 1 to %d days", SHARE_DAYS_MAX);
        *out = (int64_t)days;
        return 0;
}

/* Only what is restricted is shared: the rest would mislead whoever makes or gets the link. */
static int may_be_shared(const struct store_publication_row *publication, struct err *err)
{
        if (publication->visibility == STORE_PUBLIC)
                return err_set(err, ERR_DENIED, "%.*s is public: send its address, everybody may read it",
                               STR_ARG(publication->slug));
        if (publication->visibility == STORE_PRIVATE)
                return err_set(err, ERR_DENIED,
                               "%.*s is private: publish it as restricted before you share it",
                               STR_ARG(publication->slug));
        return 0;
}

static int add_link(struct order *order, const struct store_publication_row *publication, int64_t days,
                    struct err *err)
{
        struct store_share share = {
                .publication = publication->id, .note = order_argument(order, "note"),
                .created_by = order->request->actor, .expires = order->now + days * DAY_SECONDS,
        };
        struct str secret = STR("");
        int64_t id = 0;
        int r = store_share_add(order->store, &share, order->now, &id, err);

        if (r == 0)
                r = store_share_find(order->store, id, order->now, order->arena, &share, err);
        if (r == 0)
                r = share_link_make_key(order->store, err);
        if (r == 0)
                r = share_link_secret(order->store, &share, SHARE_LINK, order->arena, &secret, err);
        if (r < 0)
                return r;
        describe(order, &share, order->result);
        json_put_text(order->result, "path",
                      str_of(arena_printf(order->arena, "/s/%.*s", STR_ARG(secret))));
        json_put_text(order->detail, "publication", publication->slug);
        json_put_int(order->detail, "days", days);
        order_log_number(order, "share", id);
        return 0;
}

int share_add(struct order *order, struct err *err)
{
        struct store_publication_row publication;
        int64_t days = 0;
        int r = order_publication(order, &publication, err);

        if (r == 0)
                r = read_days(order, &days, err);
        if (r == 0)
                r = may_be_shared(&publication, err);
        return r < 0 ? r : add_link(order, &publication, days, err);
}

/* ---- share.list ---- */

int share_list(struct order *order, struct err *err)
{
        struct store_publication_row publication = { .id = 0 };
        struct store_share *rows = NULL;
        size_t n = 0;
        int r = order_argument(order, "publication").n > 0 ? order_publication(order, &publication, err)
                                                           : 0;

        if (r == 0)
                r = store_share_list(order->store, publication.id, order->arena, &rows, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
                struct json *o = json_new_object();

                describe(order, &rows[i], o);
                json_append(order->result, o);
        }
        return r;
}

/* ---- share.revoke ---- */

static int read_link(const struct order *order, int64_t *out, struct err *err)
{
        struct str text = order_argument(order, "link");
        uint64_t id = 0;

        *out = json_get_int(order->request->arguments, "link");
        if (text.n > 0 && str_to_u64(text, INT64_MAX, &id, NULL) == 0)
                *out = (int64_t)id;
        if (*out > 0)
                return 0;
        return err_set(err, ERR_INVALID, "a share link is named by its number, not '%.*s'",
                       (int)(text.n < 40 ? text.n : 40), text.p);
}

/* The number alone would do; the publication is asked for so that a slip revokes nothing. */
static int revoke_one(struct order *order, const struct store_publication_row *publication, struct err *err)
{
        struct store_share share;
        int64_t id = 0;
        int r = read_link(order, &id, err);

        if (r == 0)
                r = store_share_find(order->store, id, order->now, order->arena, &share, err);
        if (r == ERR_NOT_FOUND || (r == 0 && share.publication != publication->id))
                return err_set(err, ERR_NOT_FOUND, "%.*s has no open share link with the number %lld",
                               STR_ARG(publication->slug), (long long)id);
        if (r == 0)
                r = store_share_revoke(order->store, id, order->now, err);
        json_put_int(order->result, "link", id);
        order_log_number(order, "share", id);
        return r;
}

int share_revoke(struct order *order, struct err *err)
{
        struct store_publication_row publication;
        int r = order_publication(order, &publication, err);

        if (r < 0)
                return r;
        json_put_text(order->result, "publication", publication.slug);
        json_put_text(order->detail, "publication", publication.slug);
        if (order_has(order, "link"))
                return revoke_one(order, &publication, err);
        json_put_bool(order->detail, "all", true);
        order_log(order, "publication", publication.slug);
        return store_share_revoke_all(order->store, publication.id, order->now, err);
}

void share_remark(struct order *order, int64_t person)
{
        int64_t n = 0;

        if (store_share_count_by(order->store, person, order->now, &n, NULL) == 0 && n > 0)
                order_note(order, "share links that they made stay open; revoke those that they may "
                           "have kept");
}
