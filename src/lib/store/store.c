/*
 * store.c -- opening, transactions, and noticing what others wrote.
 */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "store/inside.h"

static int open_parts(struct store *s, const char *folder, const struct store_options *options,
                      struct err *err)
{
        struct store_options summed = *options;
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/%s", folder,
                         options->name != NULL ? options->name : "portal.db");

        /* What has another name is not the portal's database yet. */
        summed.summed = options->name == NULL;

        if (n < 0 || (size_t)n >= sizeof path)
                return err_set(err, ERR_LIMIT, "the portal folder's path is too long");
        int r = sqlite_db_open(path, &summed, &s->db, err);

        if (r == 0)
                r = sqlite_schema_update(s->db, &sqlite_portal_schema, options->as_is, err);
        if (r == 0)
                r = generation_open(&s->generation, folder, err);
        if (r == 0) {
                sqlite_db_seal(s->db);
                s->folder = str_dup(str_of(folder));
        }
        return r;
}

int store_open(const char *folder, const struct store_options *options, struct store **out,
               struct err *err)
{
        struct store *s CLEANUP_STORE = xalloc(sizeof *s);
        int r = open_parts(s, folder, options, err);

        if (r < 0)
                return r;
        *out = s;
        s = NULL;
        return 0;
}

int store_prepare(struct err *err)
{
        return sqlite_prepare(err);
}

void store_close(struct store **store)
{
        if (*store == NULL)
                return;
        store_rollback(*store);
        sqlite_db_close(&(*store)->db);
        if ((*store)->generation.shared != NULL)
                generation_close(&(*store)->generation);
        free((*store)->folder);
        free(*store);
        *store = NULL;
}

uint64_t store_data_version(struct store *store)
{
        int64_t version = 0;

        /* A failure gives 0, which differs from the last answer: the reader looks again. */
        if (sqlite_db_int(store->db, "PRAGMA data_version", &version, NULL) < 0)
                return 0;
        return (uint64_t)version;
}

uint64_t store_generation(struct store *store)
{
        uint64_t now = generation_load(&store->generation);

        if (now % 2 == 0)
                return now;
        /*
         * Top bit set, so it equals no even counter; odd counter and data version both show in it.
         */
        return (1ull << 63) | (now & 0x7fffffffull) << 32 |
               (store_data_version(store) & 0xffffffffull);
}

int store_begin(struct store *store, struct err *err)
{
        check(!store->writing);
        int r = sqlite_db_exec(store->db, "BEGIN IMMEDIATE", err);

        if (r == 0)
                store->writing = true;
        return r;
}

static int commit(struct store *store, struct err *err)
{
        int r = sqlite_db_exec(store->db, "COMMIT", err);

        if (r < 0) {
                store_rollback(store);
                return r;
        }
        store->writing = false;
        bool letter = store->letter;

        store->letter = false;
        if (letter && store->letters != NULL)
                store->letters(store->letters_ctx);
        return 0;
}

int store_commit(struct store *store, struct err *err)
{
        check(store->writing);
        /* The registry has no readers to tell. */
        bool counted = store->generation.shared != NULL;
        uint64_t mine = counted ? generation_before_commit(&store->generation) : 0;
        int r = commit(store, err);

        /* Also after a failure: nothing changed, but the counter must not stay odd. */
        if (counted)
                generation_after_commit(&store->generation, mine);
        return r;
}

int store_commit_quietly(struct store *store, struct err *err)
{
        check(store->writing);
        return commit(store, err);
}

void store_rollback(struct store *store)
{
        if (!store->writing)
                return;
        store->writing = false;
        store->letter = false;
        /* It can only fail when SQLite has rolled back by itself already. */
        if (sqlite_db_exec(store->db, "ROLLBACK", NULL) < 0)
                return;
}

void store_checkpoint(struct store *store)
{
        sqlite_db_checkpoint(store->db);
}

static int first_row_is_ok(struct store *store, const char *text, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, text, NO_ARGS, &q, err);

        if (r < 0)
                return r;
        r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 1 && !str_is(query_text(q, 0), "ok"))
                return err_set(err, ERR_CORRUPT,
                               "the portal's database is damaged (%.*s); restore a backup",
                               STR_ARG(query_text(q, 0)));
        return 0;
}

int store_verify(struct store *store, struct err *err)
{
        int r = first_row_is_ok(store, "PRAGMA integrity_check(1)", err);

        return r < 0 ? r : first_row_is_ok(store, "PRAGMA foreign_key_check", err);
}

int store_verify_schema(struct store *store, struct err *err)
{
        return sqlite_schema_compare(store->db, &sqlite_portal_schema, err);
}
