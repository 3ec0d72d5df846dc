/*
 * browse.c -- what a reader may list of a publication.
 *
 * The gate's statement stays open while the rows behind it are read, so both see the same state of the
 * database: no list can mix a right of one moment with the content of another.
 */
#include "store/inside.h"
#include "store/list.h"
#include "store/publication.h"
#include "store/readable.h"

/* *id: of a publication this reader may read, while q is open. */
static int open_gate(struct store *store, const struct reader *reader, struct str publication,
                     struct query **q, int64_t *out_id, struct err *err)
{
        static const char text[] = READABLE "p.slug FROM publication p WHERE p.slug = $4";
        enum store_visibility visibility;
        int r = find_readable(store, text, reader, publication, NULL, &visibility, q, err);

        if (r == 0)
                *out_id = query_int(*q, READABLE_ID);
        return r;
}

static int check_limit(size_t limit, struct err *err)
{
        if (limit == 0 || limit > BROWSE_MAX)
                return err_set(err, ERR_LIMIT, "ask for 1 to %d at a time", BROWSE_MAX);
        return 0;
}

static int open_listing(struct store *store, const struct reader *reader, struct str publication,
                        size_t limit, struct query **q, int64_t *out_id, struct err *err)
{
        int r = check_limit(limit, err);

        return r < 0 ? r : open_gate(store, reader, publication, q, out_id, err);
}

int store_publication_read(struct store *store, const struct reader *reader, struct str slug,
                           struct arena *arena, struct store_publication_row *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int64_t id;
        int r = open_gate(store, reader, slug, &q, &id, err);

        return r < 0 ? r : store_publication_find(store, slug, arena, out, err);
}

static void page_row(struct query *q, struct arena *arena, void *item)
{
        struct store_frozen *p = item;

        p->id = query_int(q, 0);
        p->slug = arena_str(arena, query_text(q, 1));
        p->title = arena_str(arena, query_text(q, 2));
        p->position = query_int(q, 3);
        p->etag = arena_str(arena, query_text(q, 4));
        p->updated = query_int(q, 5);
        p->description = arena_str(arena, query_text(q, 6));
}

#define PAGE_COLUMNS "id, slug, title, position, etag, updated, description"

int store_frozen_read(struct store *store, const struct reader *reader, struct str publication,
                      int64_t after, size_t limit, struct arena *arena, struct store_frozen **out,
                      size_t *out_n, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int64_t id = 0;
        int r = open_listing(store, reader, publication, limit, &q, &id, err);

        if (r < 0)
                return r;
        return list_rows(store,
                         "SELECT " PAGE_COLUMNS " FROM publication_page WHERE publication = $1"
                         " AND position > $2 ORDER BY position LIMIT $3",
                         ARGS(V_INT(id), V_INT(after), V_INT(limit)), sizeof **out, page_row, arena,
                         out, out_n, err);
}

int store_frozen_read_one(struct store *store, const struct reader *reader, struct str publication,
                          struct str topic, struct arena *arena, struct store_frozen *out,
                          struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        struct store_frozen *rows = NULL;
        int64_t id = 0;
        size_t n = 0;
        int r = open_gate(store, reader, publication, &q, &id, err);

        if (r == 0)
                r = list_rows(store,
                              "SELECT " PAGE_COLUMNS " FROM publication_page"
                              " WHERE publication = $1 AND slug = $2",
                              ARGS(V_INT(id), V_TEXT(topic)), sizeof *rows, page_row, arena, &rows,
                              &n, err);
        if (r < 0)
                return r;
        if (n == 0)
                return err_set(err, ERR_NOT_FOUND, "there is no such page");
        *out = rows[0];
        return 0;
}

static void file_row(struct query *q, struct arena *arena, void *item)
{
        struct store_readable_file *f = item;

        f->path = arena_str(arena, query_text(q, 0));
        f->media_type = arena_str(arena, query_text(q, 1));
        f->size = query_int(q, 2);
        f->updated = query_int(q, 3);
}

int store_frozen_file_read(struct store *store, const struct reader *reader, struct str publication,
                           struct str after, size_t limit, struct arena *arena,
                           struct store_readable_file **out, size_t *out_n, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int64_t id = 0;
        int r = open_listing(store, reader, publication, limit, &q, &id, err);

        if (r < 0)
                return r;
        return list_rows(store,
                         "SELECT f.path, f.media_type, b.size, f.updated FROM publication_file f"
                         " JOIN blob b ON b.id = f.blob WHERE f.publication = $1 AND f.path > $2"
                         " ORDER BY f.path LIMIT $3",
                         ARGS(V_INT(id), V_TEXT(after), V_INT(limit)), sizeof **out, file_row, arena,
                         out, out_n, err);
}
