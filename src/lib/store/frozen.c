/*
 * frozen.c -- a publication's pages, contents and files.
 */
#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/publication.h"

static void frozen_row(struct query *q, struct arena *arena, void *item)
{
        struct store_frozen *p = item;

        p->id = query_int(q, 0);
        p->slug = arena_str(arena, query_text(q, 1));
        p->title = arena_str(arena, query_text(q, 2));
        p->topic = query_int(q, 3);
        p->revision = query_int(q, 4);
        p->source_path = arena_str(arena, query_text(q, 5));
        p->position = query_int(q, 6);
        p->etag = arena_str(arena, query_text(q, 7));
        p->updated = query_int(q, 8);
        p->description = arena_str(arena, query_text(q, 9));
}

int store_frozen_list(struct store *store, int64_t publication, struct arena *arena,
                      struct store_frozen **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT id, slug, title, topic, revision, source_path, position, etag,"
                         " updated, description FROM publication_page WHERE publication = $1"
                         " ORDER BY position",
                         ARGS(V_INT(publication)), sizeof **out, frozen_row, arena, out, out_n,
                         err);
}

int store_frozen_add(struct store *store, int64_t publication, const struct store_frozen *p,
                     const struct store_bodies *b, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "INSERT INTO publication_page(publication, slug, title, topic, revision,"
                       " source_path, position, etag, updated, description, brotli, gzip, identity,"
                       " text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                       "$14)",
                       ARGS(V_INT(publication), V_TEXT(p->slug), V_TEXT(p->title), V_INT(p->topic),
                            V_INT(p->revision), V_TEXT(p->source_path), V_INT(p->position),
                            V_TEXT(p->etag), V_INT(p->updated), V_TEXT(p->description),
                            V_BLOB(b->brotli), V_BLOB(b->gzip),
                            V_BLOB(b->gzip.n == 0 ? b->identity : STR("")), V_TEXT(b->text)),
                       err);
}

int store_frozen_change(struct store *store, const struct store_frozen *p,
                        const struct store_bodies *b, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "UPDATE publication_page SET slug = $1, title = $2, topic = $3,"
                       " revision = $4, source_path = $5, position = $6, etag = $7, updated = $8,"
                       " description = $9, brotli = $10, gzip = $11, identity = $12, text = $13"
                       " WHERE id = $14",
                       ARGS(V_TEXT(p->slug), V_TEXT(p->title), V_INT(p->topic), V_INT(p->revision),
                            V_TEXT(p->source_path), V_INT(p->position), V_TEXT(p->etag),
                            V_INT(p->updated), V_TEXT(p->description), V_BLOB(b->brotli),
                            V_BLOB(b->gzip), V_BLOB(b->gzip.n == 0 ? b->identity : STR("")),
                            V_TEXT(b->text), V_INT(p->id)),
                       err);
}

int store_frozen_remove(struct store *store, int64_t id, struct err *err)
{
        check(store->writing);
        return sql_run(store, "DELETE FROM publication_page WHERE id = $1", ARGS(V_INT(id)), err);
}

int store_frozen_toc_replace(struct store *store, int64_t publication,
                             const struct store_frozen_toc *nodes, size_t n, struct err *err)
{
        check(store->writing);
        int r = sql_run(store, "DELETE FROM publication_toc WHERE publication = $1",
                        ARGS(V_INT(publication)), err);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = sql_run(store,
                            "INSERT INTO publication_toc(publication, position, depth, title, page,"
                            " url) VALUES ($1, $2, $3, $4, $5, $6)",
                            ARGS(V_INT(publication), V_INT(i), V_INT(nodes[i].depth),
                                 V_TEXT(nodes[i].title), V_TEXT(nodes[i].page),
                                 V_TEXT(nodes[i].url)),
                            err);
        return r;
}

static void toc_row(struct query *q, struct arena *arena, void *item)
{
        struct store_frozen_toc *t = item;

        t->depth = (unsigned)query_int(q, 0);
        t->title = arena_str(arena, query_text(q, 1));
        t->page = arena_str(arena, query_text(q, 2));
        t->url = arena_str(arena, query_text(q, 3));
}

int store_frozen_toc_list(struct store *store, int64_t publication, struct arena *arena,
                          struct store_frozen_toc **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT depth, title, page, url FROM publication_toc"
                         " WHERE publication = $1 ORDER BY position",
                         ARGS(V_INT(publication)), sizeof **out, toc_row, arena, out, out_n, err);
}

int store_frozen_files_copy(struct store *store, int64_t publication, int64_t project, int64_t now,
                            struct err *err)
{
        check(store->writing);
        int r = sql_run(store,
                        "DELETE FROM publication_file WHERE publication = $1 AND NOT EXISTS"
                        " (SELECT 1 FROM file f WHERE f.project = $2"
                        " AND f.path = publication_file.path AND f.blob = publication_file.blob"
                        " AND f.media_type = publication_file.media_type)",
                        ARGS(V_INT(publication), V_INT(project)), err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "INSERT INTO publication_file(publication, path, media_type, blob, updated)"
                       " SELECT $1, f.path, f.media_type, f.blob, $2 FROM file f"
                       " WHERE f.project = $3 AND NOT EXISTS (SELECT 1 FROM publication_file x"
                       " WHERE x.publication = $1 AND x.path = f.path)",
                       ARGS(V_INT(publication), V_INT(now), V_INT(project)), err);
}

static void file_row(struct query *q, struct arena *arena, void *item)
{
        struct store_project_file *f = item;

        f->path = arena_str(arena, query_text(q, 0));
        f->media_type = arena_str(arena, query_text(q, 1));
        f->blob = query_int(q, 2);
}

int store_frozen_file_list(struct store *store, int64_t publication, struct arena *arena,
                           struct store_project_file **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT path, media_type, blob FROM publication_file"
                         " WHERE publication = $1 ORDER BY path",
                         ARGS(V_INT(publication)), sizeof **out, file_row, arena, out, out_n, err);
}
