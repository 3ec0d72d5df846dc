/*
 * publication.c -- publications and the site's own pages.
 */
#include "store/publication.h"

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/standing.h"

#define PUBLICATION_COLUMNS                                                                        \
        "p.id, p.project, p.slug, p.title, p.version, p.visibility, p.language, p.direction,"      \
        " p.description, p.first_page, p.pages, p.updated"

static void publication_columns(struct query *q, int at, struct arena *arena,
                                struct store_publication_row *p)
{
        p->id = query_int(q, at);
        p->project = query_int(q, at + 1);
        p->slug = arena_str(arena, query_text(q, at + 2));
        p->title = arena_str(arena, query_text(q, at + 3));
        p->version = arena_str(arena, query_text(q, at + 4));
        p->visibility = (enum store_visibility)query_int(q, at + 5);
        p->language = arena_str(arena, query_text(q, at + 6));
        p->rtl = str_is(query_text(q, at + 7), "rtl");
        p->description = arena_str(arena, query_text(q, at + 8));
        p->first_page = arena_str(arena, query_text(q, at + 9));
        p->pages = query_int(q, at + 10);
        p->updated = query_int(q, at + 11);
}

static void publication_row(struct query *q, struct arena *arena, void *item)
{
        publication_columns(q, 0, arena, item);
}

int store_publication_find(struct store *store, struct str slug, struct arena *arena,
                           struct store_publication_row *out, struct err *err)
{
        struct store_publication_row *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, "SELECT " PUBLICATION_COLUMNS
                          " FROM publication p WHERE p.slug = $1",
                          ARGS(V_TEXT(slug)), sizeof *rows, publication_row, arena, &rows, &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return err_set(err, ERR_NOT_FOUND, "there is no publication '%.*s'", STR_ARG(slug));
        *out = rows[0];
        return 0;
}

int store_publication_set_visibility(struct store *store, int64_t id,
                                     enum store_visibility visibility, struct err *err)
{
        int64_t unused;

        check(store->writing);
        int r = sql_one(store, "UPDATE publication SET visibility = $1 WHERE id = $2 RETURNING id",
                        ARGS(V_INT(visibility), V_INT(id)), &unused, err);

        if (r < 0)
                return r;
        return r == 1 ? 0 : err_set(err, ERR_NOT_FOUND, "there is no such publication");
}

int store_publication_all(struct store *store, struct arena *arena,
                          struct store_publication_row **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " PUBLICATION_COLUMNS
                         " FROM publication p ORDER BY p.title, p.slug",
                         NO_ARGS, sizeof **out, publication_row, arena, out, out_n, err);
}

/* A row and what decides about it. */
struct listed {
        struct store_publication_row row;
        enum store_standing standing;
};

static void listed_row(struct query *q, struct arena *arena, void *item)
{
        struct listed *l = item;

        l->standing = (enum store_standing)query_int(q, 0);
        publication_columns(q, 1, arena, &l->row);
}

int store_publication_list(struct store *store, const struct reader *reader, struct arena *arena,
                           struct store_publication_row **out, size_t *out_n, struct err *err)
{
        const struct reader asking = reader_checked(reader);
        struct listed *all = NULL;
        size_t n = 0, kept = 0;
        int r = list_rows(store,
                          "SELECT " STANDING ", " PUBLICATION_COLUMNS
                          " FROM publication p ORDER BY p.title, p.slug",
                          ARGS(READER_ARGS(asking)), sizeof *all, listed_row, arena, &all, &n, err);

        if (r < 0)
                return r;
        struct store_publication_row *rows = arena_array(arena, n, sizeof *rows);

        for (size_t i = 0; i < n; i++) {
                const struct store_publication p = { all[i].row.id, all[i].row.visibility,
                                                     all[i].standing };

                if (may_read(&p, reader))
                        rows[kept++] = all[i].row;
        }
        *out = rows;
        *out_n = kept;
        return 0;
}

static int publication_add(struct store *store, const struct store_publication_row *p,
                           struct str direction, int64_t now, int64_t *out_id, struct err *err)
{
        return sql_insert(store,
                          "INSERT INTO publication(project, title, version, visibility, language,"
                          " direction, description, first_page, pages, updated, created, slug)"
                          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
                          ARGS(V_INT(p->project), V_TEXT(p->title), V_TEXT(p->version),
                               V_INT(p->visibility), V_TEXT(p->language), V_TEXT(direction),
                               V_TEXT(p->description), V_TEXT(p->first_page), V_INT(p->pages),
                               V_INT(now), V_TEXT(p->slug)),
                          out_id, err);
}

static int publication_change(struct store *store, const struct store_publication_row *p,
                              struct str direction, int64_t now, int64_t id, struct err *err)
{
        return sql_run(store,
                       "UPDATE publication SET project = $1, title = $2, version = $3,"
                       " visibility = $4, language = $5, direction = $6, description = $7,"
                       " first_page = $8, pages = $9, updated = $10 WHERE id = $11",
                       ARGS(V_INT(p->project), V_TEXT(p->title), V_TEXT(p->version),
                            V_INT(p->visibility), V_TEXT(p->language), V_TEXT(direction),
                            V_TEXT(p->description), V_TEXT(p->first_page), V_INT(p->pages),
                            V_INT(now), V_INT(id)),
                       err);
}

static int publication_id(struct store *store, struct str slug, int64_t *out_id, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT id FROM publication WHERE slug = $1",
                            ARGS(V_TEXT(slug)), &q, err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        if (r == 1)
                *out_id = query_int(q, 0);
        return r;
}

int store_publication_put(struct store *store, const struct store_publication_row *p, int64_t now,
                          int64_t *out_id, struct err *err)
{
        struct str direction = p->rtl ? STR("rtl") : STR("ltr");
        int64_t id = 0;

        check(store->writing);
        int r = publication_id(store, p->slug, &id, err);

        if (r == 1)
                r = publication_change(store, p, direction, now, id, err);
        else if (r == 0)
                r = publication_add(store, p, direction, now, &id, err);
        if (r == 0)
                *out_id = id;
        return r;
}

int store_redirect_put(struct store *store, int64_t publication,
                       const struct store_redirect *redirect, struct err *err)
{
        check(store->writing);
        /* What led to the origin until now leads on, so that no chain ever forms. */
        int r = sql_run(
                store, "UPDATE redirect SET to_slug = $1 WHERE publication = $2 AND to_slug = $3",
                ARGS(V_TEXT(redirect->to), V_INT(publication), V_TEXT(redirect->from)), err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "INSERT INTO redirect(publication, from_slug, to_slug) VALUES ($1, $2, $3)"
                       " ON CONFLICT (publication, from_slug)"
                       " DO UPDATE SET to_slug = excluded.to_slug",
                       ARGS(V_INT(publication), V_TEXT(redirect->from), V_TEXT(redirect->to)), err);
}

int store_redirect_tidy(struct store *store, int64_t publication, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "DELETE FROM redirect WHERE publication = $1 AND ("
                       "EXISTS (SELECT 1 FROM publication_page g WHERE g.publication = $1"
                       " AND g.slug = redirect.from_slug) OR "
                       "NOT EXISTS (SELECT 1 FROM publication_page g WHERE g.publication = $1"
                       " AND g.slug = redirect.to_slug))",
                       ARGS(V_INT(publication)), err);
}

int store_site_page_put(struct store *store, const struct store_site_page *page, int64_t now,
                        struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "INSERT INTO site_page(path, media_type, etag, updated, brotli, gzip,"
                       " identity) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (path)"
                       " DO UPDATE SET media_type = excluded.media_type, etag = excluded.etag,"
                       " updated = excluded.updated, brotli = excluded.brotli,"
                       " gzip = excluded.gzip, identity = excluded.identity",
                       ARGS(V_TEXT(page->path), V_TEXT(page->media_type), V_TEXT(page->etag),
                            V_INT(now), V_BLOB(page->brotli), V_BLOB(page->gzip),
                            V_BLOB(page->gzip.n == 0 ? page->identity : STR(""))),
                       err);
}
