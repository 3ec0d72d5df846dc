/*
 * blob.c -- content-addressed bytes.
 */
#include "store/blob.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "store/inside.h"
#include "store/read.h"

static int find(struct store *store, struct str digest, int64_t *out_id, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT id FROM blob WHERE digest = $1", ARGS(V_BLOB(digest)),
                            &q, err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        if (r == 1)
                *out_id = query_int(q, 0);
        return r;
}

static int write_parts(struct store *store, int64_t id, uint64_t size, store_bytes_fn *bytes,
                       void *ctx, struct digest *out, struct err *err)
{
        char *part CLEANUP_FREE = xalloc(STORE_PART);
        struct digest_stream s;

        digest_start(&s);
        for (uint64_t at = 0; at < size; at += STORE_PART) {
                size_t n = size - at < STORE_PART ? (size_t)(size - at) : (size_t)STORE_PART;
                int r = bytes(ctx, at, part, n, err);

                if (r < 0)
                        return r;
                digest_add(&s, part, n);
                r = sql_run(store,
                            "INSERT INTO blob_part(blob, position, data) VALUES ($1, $2, $3)",
                            ARGS(V_INT(id), V_INT(at / STORE_PART), V_BLOB(str_make(part, n))),
                            err);
                if (r < 0)
                        return r;
        }
        digest_finish(&s, out);
        return 0;
}

int store_blob_put(struct store *store, const struct digest *digest, uint64_t size,
                   store_bytes_fn *bytes, void *ctx, int64_t *out_id, struct err *err)
{
        struct str name = str_make((const char *)digest->b, DIGEST_LEN);
        struct digest made;
        int64_t id = 0;

        check(store->writing);
        int r = find(store, name, &id, err);

        if (r < 0)
                return r;
        if (r == 1) {
                *out_id = id;
                return 0;
        }
        r = sql_insert(store, "INSERT INTO blob(digest, size, created) VALUES ($1, $2, $3)",
                       ARGS(V_BLOB(name), V_INT(size), V_INT(clock_unix())), &id, err);
        if (r == 0)
                r = write_parts(store, id, size, bytes, ctx, &made, err);
        if (r < 0)
                return r;
        if (memcmp(made.b, digest->b, DIGEST_LEN) != 0)
                return err_set(err, ERR_CORRUPT, "a file changed while it was stored; try again");
        *out_id = id;
        return 0;
}

int store_blob_read(struct store *store, int64_t blob, store_take_fn *take, void *ctx,
                    struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT data FROM blob_part WHERE blob = $1 ORDER BY position",
                            ARGS(V_INT(blob)), &q, err);

        while (r == 0 && (r = query_step(q, err)) == 1)
                r = take(ctx, query_text(q, 0), err);
        return r;
}

int store_blob_head(struct store *store, int64_t blob, size_t most, struct buf *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        size_t parts = (most + STORE_PART - 1) / STORE_PART, before = out->n;
        int r = query_start(store,
                            "SELECT data FROM blob_part WHERE blob = $1 AND position < $2"
                            " ORDER BY position",
                            ARGS(V_INT(blob), V_INT(parts)), &q, err);

        while (r == 0) {
                r = query_step(q, err);
                if (r <= 0)
                        break;
                struct str part = query_text(q, 0);
                size_t left = most - (out->n - before);

                buf_add(out, part.p, part.n < left ? part.n : left);
                r = 0;
        }
        if (r == 0 && out->n == before)
                r = err_set(err, ERR_NOT_FOUND, "there are no such bytes");
        return r;
}

int store_blob_sweep(struct store *store, struct err *err)
{
        check(store->writing);
        int r = sql_run(store,
                        "DELETE FROM blob_part WHERE blob IN (SELECT b.id FROM blob b WHERE"
                        " NOT EXISTS (SELECT 1 FROM file f WHERE f.blob = b.id) AND"
                        " NOT EXISTS (SELECT 1 FROM publication_file g WHERE g.blob = b.id))",
                        NO_ARGS, err);

        if (r < 0)
                return r;
        return sql_run(store,
                       "DELETE FROM blob WHERE"
                       " NOT EXISTS (SELECT 1 FROM file f WHERE f.blob = blob.id) AND"
                       " NOT EXISTS (SELECT 1 FROM publication_file g WHERE g.blob = blob.id)",
                       NO_ARGS, err);
}
