/*
 * groups.c -- access groups and grants.
 */
#include "store/groups.h"

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/person_row.h"

static void group_row(struct query *q, struct arena *arena, void *item)
{
        struct store_group *g = item;

        g->id = query_int(q, 0);
        g->slug = arena_str(arena, query_text(q, 1));
        g->title = arena_str(arena, query_text(q, 2));
        g->created = query_int(q, 3);
        g->members = query_int(q, 4);
}

#define GROUP_COLUMNS                                                                              \
        "g.id, g.slug, g.title, g.created,"                                                        \
        " (SELECT count(*) FROM group_member n WHERE n.access_group = g.id)"

static int missing(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "there is no such group; list the groups to see all");
}

static bool is_slug(struct str s)
{
        if (s.n == 0 || s.n > GROUP_SLUG_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-')
                return false;
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (c == '-' ? s.p[i - 1] == '-' :
                               !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
                        return false;
        }
        return true;
}

static int check_title(struct str title, struct err *err)
{
        if (title.n == 0 || title.n > GROUP_TITLE_MAX || !str_is_utf8(title))
                return err_set(err, ERR_INVALID, "a group's title is text of 1 to %d bytes",
                               GROUP_TITLE_MAX);
        return 0;
}

int store_group_add(struct store *store, struct str slug, struct str title, int64_t now,
                    int64_t *out_id, struct err *err)
{
        int64_t taken;

        check(store->writing);
        if (!is_slug(slug))
                return err_set(err, ERR_INVALID,
                               "a group's short name has 1 to %d of a-z, 0-9 and single hyphens",
                               GROUP_SLUG_MAX);
        int r = check_title(title, err);

        if (r == 0)
                r = sql_one(store, "SELECT id FROM access_group WHERE slug = $1",
                            ARGS(V_TEXT(slug)), &taken, err);
        if (r < 0)
                return r;
        if (r > 0)
                return err_set(err, ERR_EXISTS, "there is a group '%.*s' already", STR_ARG(slug));
        return sql_insert(store,
                          "INSERT INTO access_group(slug, title, created) VALUES ($1, $2, $3)",
                          ARGS(V_TEXT(slug), V_TEXT(title), V_INT(now)), out_id, err);
}

int store_group_rename(struct store *store, int64_t id, struct str title, struct err *err)
{
        int64_t unused;
        int r = check_title(title, err);

        check(store->writing);
        if (r < 0)
                return r;
        r = sql_one(store, "UPDATE access_group SET title = $1 WHERE id = $2 RETURNING id",
                    ARGS(V_TEXT(title), V_INT(id)), &unused, err);
        if (r < 0)
                return r;
        return r == 1 ? 0 : missing(err);
}

int store_group_remove(struct store *store, int64_t id, struct err *err)
{
        int64_t unused;
        int r;

        check(store->writing);
        r = sql_run(store, "DELETE FROM group_member WHERE access_group = $1", ARGS(V_INT(id)),
                    err);
        if (r == 0)
                r = sql_run(store, "DELETE FROM publication_access WHERE access_group = $1",
                            ARGS(V_INT(id)), err);
        if (r == 0)
                r = sql_one(store, "DELETE FROM access_group WHERE id = $1 RETURNING id",
                            ARGS(V_INT(id)), &unused, err);
        if (r < 0)
                return r;
        return r == 1 ? 0 : missing(err);
}

int store_group_find(struct store *store, struct str slug, struct arena *arena,
                     struct store_group *out, struct err *err)
{
        struct store_group *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, "SELECT " GROUP_COLUMNS " FROM access_group g WHERE g.slug = $1",
                          ARGS(V_TEXT(slug)), sizeof *rows, group_row, arena, &rows, &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return missing(err);
        *out = rows[0];
        return 0;
}

int store_group_list(struct store *store, struct arena *arena, struct store_group **out,
                     size_t *out_n, struct err *err)
{
        return list_rows(store, "SELECT " GROUP_COLUMNS " FROM access_group g ORDER BY g.slug",
                         NO_ARGS, sizeof **out, group_row, arena, out, out_n, err);
}

int store_group_list_of(struct store *store, int64_t person, struct arena *arena,
                        struct store_group **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " GROUP_COLUMNS " FROM group_member m"
                         " JOIN access_group g ON g.id = m.access_group WHERE m.person = $1"
                         " ORDER BY g.slug",
                         ARGS(V_INT(person)), sizeof **out, group_row, arena, out, out_n, err);
}

int store_group_list_named(struct store *store, int64_t publication, struct arena *arena,
                           struct store_group **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " GROUP_COLUMNS " FROM publication_access a"
                         " JOIN access_group g ON g.id = a.access_group WHERE a.publication = $1"
                         " ORDER BY g.slug",
                         ARGS(V_INT(publication)), sizeof **out, group_row, arena, out, out_n, err);
}

/* An INSERT ... SELECT that finds nothing to insert has met something that does not exist. */
static int add(struct store *store, const char *text, int64_t a, int64_t b, const char *what,
               struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store, text, ARGS(V_INT(a), V_INT(b)), &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_NOT_FOUND, "there is no such %s", what);
}

static int take_away(struct store *store, const char *text, int64_t a, int64_t b, struct err *err)
{
        check(store->writing);
        return sql_run(store, text, ARGS(V_INT(a), V_INT(b)), err);
}

int store_group_join(struct store *store, int64_t group, int64_t person, struct err *err)
{
        return add(store,
                   "INSERT INTO group_member(access_group, person)"
                   " SELECT g.id, p.id FROM access_group g CROSS JOIN person p"
                   " WHERE g.id = $1 AND p.id = $2 AND p.state <> 3"
                   " ON CONFLICT (access_group, person) DO UPDATE SET person = excluded.person"
                   " RETURNING id",
                   group, person, "group or account", err);
}

int store_group_leave(struct store *store, int64_t group, int64_t person, struct err *err)
{
        return take_away(store, "DELETE FROM group_member WHERE access_group = $1 AND person = $2",
                         group, person, err);
}

int store_group_members(struct store *store, int64_t group, struct arena *arena,
                        struct store_person **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " PERSON_COLUMNS " FROM group_member m JOIN person p ON p.id = "
                                                  "m.person"
                         " WHERE m.access_group = $1 ORDER BY p.login",
                         ARGS(V_INT(group)), sizeof **out, person_row, arena, out, out_n, err);
}

int store_grant_person(struct store *store, int64_t publication, int64_t person, struct err *err)
{
        return add(store,
                   "INSERT INTO publication_access(publication, person)"
                   " SELECT b.id, p.id FROM publication b CROSS JOIN person p"
                   " WHERE b.id = $1 AND p.id = $2 AND p.state <> 3"
                   " ON CONFLICT (publication, person) DO UPDATE SET person = excluded.person"
                   " RETURNING id",
                   publication, person, "publication or account", err);
}

int store_grant_group(struct store *store, int64_t publication, int64_t group, struct err *err)
{
        return add(store,
                   "INSERT INTO publication_access(publication, access_group)"
                   " SELECT b.id, g.id FROM publication b CROSS JOIN access_group g"
                   " WHERE b.id = $1 AND g.id = $2"
                   " ON CONFLICT (publication, access_group)"
                   " DO UPDATE SET access_group = excluded.access_group RETURNING id",
                   publication, group, "publication or group", err);
}

int store_revoke_person(struct store *store, int64_t publication, int64_t person, struct err *err)
{
        return take_away(store,
                         "DELETE FROM publication_access WHERE publication = $1 AND person = $2",
                         publication, person, err);
}

int store_revoke_group(struct store *store, int64_t publication, int64_t group, struct err *err)
{
        return take_away(store,
                         "DELETE FROM publication_access WHERE publication = $1 AND access_group = "
                         "$2",
                         publication, group, err);
}

static void grant_row(struct query *q, struct arena *arena, void *item)
{
        struct store_grant *g = item;

        g->person = query_is_null(q, 0) ? 0 : query_int(q, 0);
        g->group = query_is_null(q, 1) ? 0 : query_int(q, 1);
        g->name = arena_str(arena, query_text(q, 2));
        g->title = arena_str(arena, query_text(q, 3));
}

int store_grant_list(struct store *store, int64_t publication, struct arena *arena,
                     struct store_grant **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT a.person, a.access_group, coalesce(p.login, g.slug),"
                         " coalesce(p.name, g.title) FROM publication_access a"
                         " LEFT JOIN person p ON p.id = a.person"
                         " LEFT JOIN access_group g ON g.id = a.access_group"
                         " WHERE a.publication = $1 ORDER BY a.person IS NULL, 3",
                         ARGS(V_INT(publication)), sizeof **out, grant_row, arena, out, out_n, err);
}
