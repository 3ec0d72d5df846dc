/*
 * share.c -- share links.
 */
#include "store/share.h"

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"

#define SHARE_COLUMNS                                                                              \
        "l.id, l.publication, p.slug, l.note, l.created, coalesce(l.created_by, 0), l.expires,"    \
        " l.revoked, l.opened, l.seen,"                                                            \
        " coalesce((SELECT CASE u.name WHEN '' THEN u.login ELSE u.name END FROM person u"         \
        " WHERE u.id = l.created_by), '')"

static void share_row(struct query *q, struct arena *arena, void *item)
{
        struct store_share *s = item;

        s->id = query_int(q, 0);
        s->publication = query_int(q, 1);
        s->slug = arena_str(arena, query_text(q, 2));
        s->note = arena_str(arena, query_text(q, 3));
        s->created = query_int(q, 4);
        s->created_by = query_int(q, 5);
        s->expires = query_int(q, 6);
        s->revoked = query_int(q, 7);
        s->opened = query_int(q, 8);
        s->seen = query_int(q, 9);
        s->creator = arena_str(arena, query_text(q, 10));
}

static int check_room(struct store *store, int64_t publication, int64_t now, struct err *err)
{
        int64_t n = 0;
        int r = sql_one(store,
                        "SELECT count(*) FROM share_link WHERE publication = $1 AND revoked = 0"
                        " AND expires > $2",
                        ARGS(V_INT(publication), V_INT(now)), &n, err);

        if (r < 0)
                return r;
        if (n >= SHARES_MAX)
                return err_set(err, ERR_LIMIT, "a publication has at most %d share links; revoke some",
                               SHARES_MAX);
        return 0;
}

int store_share_add(struct store *store, const struct store_share *s, int64_t now, int64_t *out_id,
                    struct err *err)
{
        check(store->writing);
        if (s->note.n > SHARE_NOTE_MAX || !str_is_utf8(s->note))
                return err_set(err, ERR_INVALID, "a share link's note is text of at most %d bytes",
                               SHARE_NOTE_MAX);
        if (s->expires <= now || s->expires > now + SHARE_DAYS_MAX * (int64_t)86400)
                return err_set(err, ERR_INVALID, "a share link ends within %d days; choose its end",
                               SHARE_DAYS_MAX);
        int r = check_room(store, s->publication, now, err);

        if (r < 0)
                return r;
        return sql_insert(store,
                          "INSERT INTO share_link(publication, note, created, created_by, expires,"
                          " revoked, opened, seen) VALUES ($1, $2, $3, $4, $5, 0, 0, 0)",
                          ARGS(V_INT(s->publication), V_TEXT(s->note), V_INT(now),
                               s->created_by > 0 ? V_INT(s->created_by) : V_NULL,
                               V_INT(s->expires)),
                          out_id, err);
}

static int over(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "this share link is no longer valid; ask for a new one");
}

int store_share_find(struct store *store, int64_t id, int64_t now, struct arena *arena,
                     struct store_share *out, struct err *err)
{
        struct store_share *rows = NULL;
        size_t n = 0;
        int r = list_rows(store,
                          "SELECT " SHARE_COLUMNS " FROM share_link l"
                          " JOIN publication p ON p.id = l.publication"
                          " WHERE l.id = $1 AND l.revoked = 0 AND l.expires > $2",
                          ARGS(V_INT(id), V_INT(now)), sizeof *rows, share_row, arena, &rows, &n,
                          err);

        if (r < 0)
                return r;
        if (n == 0)
                return over(err);
        *out = rows[0];
        return 0;
}

int store_share_list(struct store *store, int64_t publication, struct arena *arena,
                     struct store_share **out, size_t *out_n, struct err *err)
{
        static const char of_one[] = "SELECT " SHARE_COLUMNS " FROM share_link l"
                                     " JOIN publication p ON p.id = l.publication"
                                     " WHERE l.publication = $1 ORDER BY l.id DESC LIMIT $2";
        static const char of_all[] = "SELECT " SHARE_COLUMNS " FROM share_link l"
                                     " JOIN publication p ON p.id = l.publication"
                                     " WHERE l.id > $1 ORDER BY l.id DESC LIMIT $2";

        return list_rows(store, publication != 0 ? of_one : of_all,
                         ARGS(V_INT(publication), V_INT(SHARE_LIST_MAX)), sizeof **out, share_row,
                         arena, out, out_n, err);
}

int store_share_revoke(struct store *store, int64_t id, int64_t now, struct err *err)
{
        int64_t unused;

        check(store->writing && now > 0);
        int r = sql_one(store,
                        "UPDATE share_link SET revoked = $1 WHERE id = $2 AND revoked = 0"
                        " RETURNING id",
                        ARGS(V_INT(now), V_INT(id)), &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : over(err);
}

int store_share_revoke_all(struct store *store, int64_t publication, int64_t now, struct err *err)
{
        check(store->writing && now > 0);
        return sql_run(store,
                       "UPDATE share_link SET revoked = $1 WHERE publication = $2 AND revoked = 0",
                       ARGS(V_INT(now), V_INT(publication)), err);
}

int store_share_count_by(struct store *store, int64_t person, int64_t now, int64_t *out,
                         struct err *err)
{
        int64_t n = 0;
        int r = sql_one(store,
                        "SELECT count(*) FROM share_link WHERE created_by = $1 AND revoked = 0"
                        " AND expires > $2",
                        ARGS(V_INT(person), V_INT(now)), &n, err);

        if (r < 0)
                return r;
        *out = n;
        return 0;
}

int store_share_touch(struct store *store, int64_t id, bool opened, int64_t now, struct err *err)
{
        check(store->writing && now > 0);
        return sql_run(store,
                       "UPDATE share_link SET opened = opened + $1, seen = $2"
                       " WHERE id = $3 AND seen <= $2 - $4",
                       ARGS(V_INT(opened), V_INT(now), V_INT(id), V_INT(SHARE_SEEN_SECONDS)), err);
}
