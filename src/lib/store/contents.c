/*
 * contents.c -- a project's table of contents, its files and its old slugs.
 */
#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/project.h"

int store_toc_replace(struct store *store, int64_t project, const struct store_toc *nodes, size_t n,
                      struct err *err)
{
        check(store->writing);
        int r = sql_run(store, "DELETE FROM toc_node WHERE project = $1", ARGS(V_INT(project)),
                        err);

        for (size_t i = 0; r == 0 && i < n; i++) {
                const struct store_toc *t = &nodes[i];

                /* One level deeper than the node before at most, or it would have no parent. */
                check(t->depth <= (i > 0 ? nodes[i - 1].depth + 1 : 0));
                r = sql_run(store,
                            "INSERT INTO toc_node(project, position, depth, title, topic, url)"
                            " VALUES ($1, $2, $3, $4, $5, $6)",
                            ARGS(V_INT(project), V_INT(i), V_INT(t->depth), V_TEXT(t->title),
                                 t->topic != 0 ? V_INT(t->topic) : V_NULL, V_TEXT(t->url)),
                            err);
        }
        return r;
}

static void toc_row(struct query *q, struct arena *arena, void *item)
{
        struct store_toc *t = item;

        t->depth = (unsigned)query_int(q, 0);
        t->title = arena_str(arena, query_text(q, 1));
        t->topic = query_is_null(q, 2) ? 0 : query_int(q, 2);
        t->url = arena_str(arena, query_text(q, 3));
}

int store_toc_list(struct store *store, int64_t project, struct arena *arena,
                   struct store_toc **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT depth, title, topic, url FROM toc_node WHERE project = $1"
                         " ORDER BY position",
                         ARGS(V_INT(project)), sizeof(struct store_toc), toc_row, arena, out, out_n,
                         err);
}

int store_project_file_put(struct store *store, int64_t project,
                           const struct store_project_file *file, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "INSERT INTO file(project, path, media_type, blob) VALUES ($1, $2, $3, $4)"
                       " ON CONFLICT (project, path) DO UPDATE SET"
                       " media_type = excluded.media_type, blob = excluded.blob",
                       ARGS(V_INT(project), V_TEXT(file->path), V_TEXT(file->media_type),
                            V_INT(file->blob)),
                       err);
}

int store_project_file_remove(struct store *store, int64_t project, struct str path,
                              struct err *err)
{
        check(store->writing);
        return sql_run(store, "DELETE FROM file WHERE project = $1 AND path = $2",
                       ARGS(V_INT(project), V_TEXT(path)), err);
}

static void file_row(struct query *q, struct arena *arena, void *item)
{
        struct store_project_file *f = item;

        f->path = arena_str(arena, query_text(q, 0));
        f->media_type = arena_str(arena, query_text(q, 1));
        f->blob = query_int(q, 2);
}

int store_project_file_list(struct store *store, int64_t project, struct arena *arena,
                            struct store_project_file **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT path, media_type, blob FROM file WHERE project = $1 ORDER BY path",
                         ARGS(V_INT(project)), sizeof(struct store_project_file), file_row, arena,
                         out, out_n, err);
}

int store_project_redirect_put(struct store *store, int64_t project,
                               const struct store_redirect *redirect, struct err *err)
{
        check(store->writing);
        int r = sql_run(store,
                        "UPDATE project_redirect SET to_slug = $1 WHERE project = $2 AND to_slug = "
                        "$3",
                        ARGS(V_TEXT(redirect->to), V_INT(project), V_TEXT(redirect->from)), err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "INSERT INTO project_redirect(project, from_slug, to_slug)"
                       " VALUES ($1, $2, $3) ON CONFLICT (project, from_slug)"
                       " DO UPDATE SET to_slug = excluded.to_slug",
                       ARGS(V_INT(project), V_TEXT(redirect->from), V_TEXT(redirect->to)), err);
}

static void redirect_row(struct query *q, struct arena *arena, void *item)
{
        struct store_redirect *d = item;

        d->from = arena_str(arena, query_text(q, 0));
        d->to = arena_str(arena, query_text(q, 1));
}

int store_project_redirect_list(struct store *store, int64_t project, struct arena *arena,
                                struct store_redirect **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT from_slug, to_slug FROM project_redirect WHERE project = $1"
                         " ORDER BY from_slug",
                         ARGS(V_INT(project)), sizeof(struct store_redirect), redirect_row, arena,
                         out, out_n, err);
}
