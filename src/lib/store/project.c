/*
 * project.c -- projects, topics, revisions and settings.
 */
#include "store/project.h"

#include <string.h>

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"

#define PROJECT_COLUMNS "id, slug, title, language, direction, licence, description, updated"

static void project_row(struct query *q, struct arena *arena, void *item)
{
        struct store_project *p = item;

        p->id = query_int(q, 0);
        p->slug = arena_str(arena, query_text(q, 1));
        p->title = arena_str(arena, query_text(q, 2));
        p->language = arena_str(arena, query_text(q, 3));
        p->rtl = str_is(query_text(q, 4), "rtl");
        p->licence = arena_str(arena, query_text(q, 5));
        p->description = arena_str(arena, query_text(q, 6));
        p->updated = query_int(q, 7);
}

int store_project_find(struct store *store, struct str slug, struct arena *arena,
                       struct store_project *out, struct err *err)
{
        struct store_project *rows = NULL;
        size_t n = 0;
        int r = list_rows(store, "SELECT " PROJECT_COLUMNS " FROM project WHERE slug = $1",
                          ARGS(V_TEXT(slug)), sizeof *rows, project_row, arena, &rows, &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return err_set(err, ERR_NOT_FOUND, "there is no project '%.*s'; import one first",
                               STR_ARG(slug));
        *out = rows[0];
        return 0;
}

static int check_limit(size_t limit, struct err *err)
{
        if (limit == 0 || limit > PROJECTS_MAX)
                return err_set(err, ERR_LIMIT, "ask for 1 to %d at a time", PROJECTS_MAX);
        return 0;
}

int store_project_list(struct store *store, struct str after, size_t limit, struct arena *arena,
                       struct store_project **out, size_t *out_n, struct err *err)
{
        int r = check_limit(limit, err);

        if (r < 0)
                return r;
        return list_rows(store,
                         "SELECT " PROJECT_COLUMNS " FROM project WHERE slug > $1 ORDER BY slug"
                         " LIMIT $2",
                         ARGS(V_TEXT(after), V_INT(limit)), sizeof **out, project_row, arena, out,
                         out_n, err);
}

static int project_id(struct store *store, struct str slug, int64_t *out_id, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT id FROM project WHERE slug = $1", ARGS(V_TEXT(slug)), &q,
                            err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        if (r == 1)
                *out_id = query_int(q, 0);
        return r;
}

int store_project_put(struct store *store, const struct store_project *p, int64_t now,
                      int64_t *out_id, struct err *err)
{
        struct str direction = p->rtl ? STR("rtl") : STR("ltr");
        int64_t id = 0;

        check(store->writing);
        int r = project_id(store, p->slug, &id, err);

        if (r == 1)
                r = sql_run(store,
                            "UPDATE project SET title = $1, language = $2, direction = $3,"
                            " licence = $4, description = $5, updated = $6 WHERE id = $7",
                            ARGS(V_TEXT(p->title), V_TEXT(p->language), V_TEXT(direction),
                                 V_TEXT(p->licence), V_TEXT(p->description), V_INT(now), V_INT(id)),
                            err);
        else if (r == 0)
                r = sql_insert(store,
                               "INSERT INTO project(slug, title, language, direction, licence,"
                               " description, created, updated)"
                               " VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                               ARGS(V_TEXT(p->slug), V_TEXT(p->title), V_TEXT(p->language),
                                    V_TEXT(direction), V_TEXT(p->licence), V_TEXT(p->description),
                                    V_INT(now)),
                               &id, err);
        if (r == 0)
                *out_id = id;
        return r;
}

static void topic_row(struct query *q, struct arena *arena, void *item)
{
        struct store_topic *t = item;
        struct str digest = query_text(q, 7);

        t->id = query_int(q, 0);
        t->slug = arena_str(arena, query_text(q, 1));
        t->title = arena_str(arena, query_text(q, 2));
        t->source_path = arena_str(arena, query_text(q, 3));
        t->description = arena_str(arena, query_text(q, 4));
        t->metadata = arena_str(arena, query_text(q, 5));
        t->revision = query_int(q, 6);
        if (digest.n == sizeof t->digest.b)
                memcpy(t->digest.b, digest.p, digest.n);
        t->updated = query_int(q, 8);
}

#define TOPIC_COLUMNS                                                                              \
        "id, slug, title, source_path, description, metadata, revision, digest, updated"

int store_topic_find(struct store *store, int64_t project, struct str slug, struct arena *arena,
                     struct store_topic *out, struct err *err)
{
        struct store_topic *rows = NULL;
        size_t n = 0;
        int r = list_rows(store,
                          "SELECT " TOPIC_COLUMNS " FROM topic WHERE project = $1 AND slug = $2",
                          ARGS(V_INT(project), V_TEXT(slug)), sizeof *rows, topic_row, arena, &rows,
                          &n, err);

        if (r < 0)
                return r;
        if (n == 0)
                return err_set(err, ERR_NOT_FOUND, "there is no topic '%.*s'", STR_ARG(slug));
        *out = rows[0];
        return 0;
}

int store_topic_page(struct store *store, int64_t project, struct str after, size_t limit,
                     struct arena *arena, struct store_topic **out, size_t *out_n, struct err *err)
{
        int r = check_limit(limit, err);

        if (r < 0)
                return r;
        return list_rows(store,
                         "SELECT " TOPIC_COLUMNS " FROM topic WHERE project = $1 AND slug > $2"
                         " ORDER BY slug LIMIT $3",
                         ARGS(V_INT(project), V_TEXT(after), V_INT(limit)), sizeof **out, topic_row,
                         arena, out, out_n, err);
}

int store_topic_list(struct store *store, int64_t project, struct arena *arena,
                     struct store_topic **out, size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT " TOPIC_COLUMNS " FROM topic WHERE project = $1 ORDER BY id",
                         ARGS(V_INT(project)), sizeof(struct store_topic), topic_row, arena, out,
                         out_n, err);
}

static int add_revision(struct store *store, int64_t topic, struct str source, struct str author,
                        struct str note, int64_t now, struct err *err)
{
        return sql_run(store,
                       "INSERT INTO revision(topic, number, format, created, author, note, source)"
                       " SELECT $1, coalesce(max(number), 0) + 1, 'markdown', $2, $3, $4, $5"
                       " FROM revision WHERE topic = $1",
                       ARGS(V_INT(topic), V_INT(now), V_TEXT(author), V_TEXT(note), V_TEXT(source)),
                       err);
}

int store_topic_add(struct store *store, int64_t project, const struct store_topic *t,
                    struct str source, struct str author, struct str note, int64_t now,
                    int64_t *out_id, struct err *err)
{
        struct digest digest;
        int64_t id = 0;

        check(store->writing);
        digest_of(source, &digest);
        int r = sql_insert(store,
                           "INSERT INTO topic(project, slug, title, source_path, description,"
                           " metadata, revision, digest, updated)"
                           " VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)",
                           ARGS(V_INT(project), V_TEXT(t->slug), V_TEXT(t->title),
                                V_TEXT(t->source_path), V_TEXT(t->description), V_TEXT(t->metadata),
                                V_BLOB(str_make((const char *)digest.b, DIGEST_LEN)), V_INT(now)),
                           &id, err);

        if (r == 0)
                r = add_revision(store, id, source, author, note, now, err);
        if (r == 0)
                *out_id = id;
        return r;
}

int store_topic_describe(struct store *store, const struct store_topic *t, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "UPDATE topic SET slug = $1, title = $2, source_path = $3, description = $4,"
                       " metadata = $5 WHERE id = $6",
                       ARGS(V_TEXT(t->slug), V_TEXT(t->title), V_TEXT(t->source_path),
                            V_TEXT(t->description), V_TEXT(t->metadata), V_INT(t->id)),
                       err);
}

int store_topic_revise(struct store *store, int64_t topic, struct str source, struct str author,
                       struct str note, int64_t now, struct err *err)
{
        struct digest digest;

        check(store->writing);
        digest_of(source, &digest);
        int r = add_revision(store, topic, source, author, note, now, err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "UPDATE topic SET digest = $1, updated = $2, revision ="
                       " (SELECT max(number) FROM revision WHERE topic = $3) WHERE id = $3",
                       ARGS(V_BLOB(str_make((const char *)digest.b, DIGEST_LEN)), V_INT(now),
                            V_INT(topic)),
                       err);
}

int store_revision_read(struct store *store, int64_t topic, int64_t number, struct buf *out,
                        int64_t *out_created, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store,
                            "SELECT created, source FROM revision WHERE topic = $1 AND number = $2",
                            ARGS(V_INT(topic), V_INT(number)), &q, err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return err_set(err, ERR_NOT_FOUND, "there is no such revision");
        buf_add_str(out, query_text(q, 1));
        *out_created = query_int(q, 0);
        return 0;
}

int store_meta_put(struct store *store, struct str key, struct str value, struct err *err)
{
        check(store->writing);
        return sql_run(store,
                       "INSERT INTO meta(key, value) VALUES ($1, $2)"
                       " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                       ARGS(V_TEXT(key), V_TEXT(value)), err);
}

int store_meta_find(struct store *store, struct str key, struct arena *arena, struct str *out,
                    struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT value FROM meta WHERE key = $1", ARGS(V_TEXT(key)), &q,
                            err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return err_set(err, ERR_NOT_FOUND, "'%.*s' was never set", STR_ARG(key));
        *out = arena_str(arena, query_text(q, 0));
        return 0;
}
