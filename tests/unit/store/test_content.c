/*
 * test_content.c -- what a database says has one hash, and a snapshot says the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "store/content_hash.h"
#include "store/snapshot.h"
#include "portal.h"

/* A database made by these statements, as a store without tables of ours. */
static struct store_content content_of(const char *sql)
{
        struct sqlite_db db = { 0 };
        struct store plain = { .db = &db };
        struct store_content content;

        assert_int_equal(sqlite3_open(":memory:", &db.handle), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db.handle, sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(store_content_hash(&plain, arena, &content, NULL), 0);
        sqlite3_close(db.handle);
        return content;
}

static bool same_hash(const struct store_content *a, const struct store_content *b)
{
        return memcmp(a->hash.b, b->hash.b, sizeof a->hash.b) == 0;
}

static struct store_content content_now(struct store *of)
{
        struct store_content content;
        struct err err;

        if (store_content_hash(of, arena, &content, &err) < 0)
                fail_msg("%s", err.text);
        return content;
}

static void expect_in(struct str document, const struct digest *digest)
{
        char hex[DIGEST_HEX_LEN + 1];

        digest_hex(digest, hex);
        if (str_find_str(document, str_of(hex)) < 0)
                fail_msg("the document lacks %s", hex);
}

/* The statements, too, are read from the document. */
static void the_documented_vector_is_true(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(fd_slurp(AT_FDCWD, SOURCE_ROOT "/docs/formats/content-hash.md", 1 << 20, &text,
                                  NULL), 0);
        const char *from = strstr(buf_cstr(&text), "```sql\n") + 7;
        const char *to = strstr(from, "```");
        struct store_content content =
                content_of(arena_printf(arena, "%.*s PRAGMA user_version = 7", (int)(to - from), from));

        assert_int_equal(content.ntables, 2);
        assert_int_equal(content.rows, 7);
        assert_int_equal(content.schema, 7);
        assert_true(str_is(content.tables[0].name, "a"));
        assert_int_equal(content.tables[1].rows, 5);
        expect_in(buf_str(&text), &content.tables[0].digest);
        expect_in(buf_str(&text), &content.tables[1].digest);
        expect_in(buf_str(&text), &content.hash);
}

static void how_rows_lie_in_the_file_makes_no_difference(void **state)
{
        static const char *const same[] = {
                "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('b', x'00'), ('c', '')",
                "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('c', ''), ('a', 1), ('b', x'00')",
                "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t(rowid, k, v) VALUES"
                " (90, 'a', 1), (7, 'b', x'00'), (-1, 'c', '')",
                "PRAGMA page_size = 512; CREATE TABLE t(k TEXT PRIMARY KEY, v);"
                "INSERT INTO t VALUES ('a', 1), ('b', x'00'), ('c', ''), ('d', zeroblob(9000));"
                "CREATE INDEX i ON t(v); DELETE FROM t WHERE k = 'd'",
                "CREATE TABLE t(k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
                "INSERT INTO t VALUES ('b', x'00'), ('c', ''), ('a', 1)",
        };
        struct store_content first;

        (void)state;
        first = content_of(same[0]);
        for (size_t i = 1; i < ARRAY_LEN(same); i++) {
                struct store_content other = content_of(same[i]);

                if (!same_hash(&first, &other))
                        fail_msg("%s", same[i]);
        }
}

static void each_difference_of_a_value_shows(void **state)
{
        static const char *const rows[] = {
                "(1, NULL, NULL)", "(1, '', NULL)", "(1, x'', NULL)", "(1, NULL, '')", "(1, 0, NULL)",
                "(1, '0', NULL)", "(1, x'30', NULL)", "(1, 0.5, NULL)", "(1, -1, NULL)", "(2, NULL, NULL)",
                "(1, 'ab', 'c')", "(1, 'a', 'bc')", "(1, x'6162', 'c')", "(1, 'ab', x'63')",
                "(1, 'A', NULL)", "(1, 'a', NULL)", "(1, 256, NULL)", "(1, 65536, NULL)",
                "(1, NULL, NULL), (2, NULL, NULL)", "(1, 'a' || char(0) || 'b', NULL)", "(1, 2.0, NULL)",
                "(1, 2, NULL)",
        };
        struct store_content all[ARRAY_LEN(rows)];

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                all[i] = content_of(arena_printf(arena, "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b);"
                                                 "INSERT INTO t VALUES %s", rows[i]));
                for (size_t j = 0; j < i; j++)
                        if (same_hash(&all[i], &all[j]))
                                fail_msg("%s and %s", rows[i], rows[j]);
        }
}

static void names_of_tables_and_columns_and_the_version_count(void **state)
{
        static const char *const made[] = {
                "CREATE TABLE t(a)", "CREATE TABLE u(a)", "CREATE TABLE t(b)", "CREATE TABLE t(a, b)",
                "CREATE TABLE t(a); CREATE TABLE u(a)", "CREATE TABLE t(a); PRAGMA user_version = 1",
                "CREATE TABLE t(a, b); ALTER TABLE t RENAME b TO c", "SELECT 1",
        };
        struct store_content all[ARRAY_LEN(made)];

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(made); i++) {
                all[i] = content_of(made[i]);
                for (size_t j = 0; j < i; j++)
                        if (same_hash(&all[i], &all[j]))
                                fail_msg("%s and %s", made[i], made[j]);
        }
}

static void a_number_that_was_given_away_counts(void **state)
{
        struct store_content before, after;

        (void)state;
        next_transaction();
        before = content_now(store);
        add_active("a@b", ROLE_WRITER);
        store_rollback(store);
        assert_int_equal(store_begin(store, NULL), 0);
        after = content_now(store);
        assert_true(same_hash(&before, &after));
        assert_int_equal(sqlite_db_exec(store->db, "INSERT INTO sqlite_sequence VALUES ('person', 9)", NULL),
                         0);
        after = content_now(store);
        assert_false(same_hash(&before, &after));
        assert_true(store->writing);
}

/* Texts as keys are few; all that can be large has a number first, by which rows lie in the file. */
static bool is_sorted_in_memory(struct str table)
{
        sqlite3_stmt *plan = NULL;
        bool sorts = false;

        if (str_is(table, "meta") || str_is(table, "setting") || str_is(table, "sqlite_sequence"))
                return false;
        assert_int_equal(sqlite3_prepare_v2(store->db->handle,
                                 arena_printf(arena, "EXPLAIN QUERY PLAN SELECT * FROM \"%.*s\""
                                              " ORDER BY 1 COLLATE BINARY, 2 COLLATE BINARY",
                                              STR_ARG(table)), -1, &plan, NULL), SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW)
                if (strstr((const char *)sqlite3_column_text(plan, 3), "B-TREE") != NULL)
                        sorts = true;
        sqlite3_finalize(plan);
        return sorts;
}

static void every_table_of_a_portal_is_counted_without_sorting(void **state)
{
        struct store_content content;

        (void)state;
        add_active("a@b", ROLE_ADMINISTRATOR);
        content = content_now(store);
        assert_int_equal(content.ntables,
                         number("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"));
        assert_int_equal(content.schema, STORE_SCHEMA_VERSION);
        for (size_t i = 0; i < content.ntables; i++)
                if (is_sorted_in_memory(content.tables[i].name))
                        fail_msg("%.*s", STR_ARG(content.tables[i].name));
}

/* ---- snapshots ---- */

static char *subfolder(const char *name)
{
        char *path = arena_printf(arena, "%s/%s", folder, name);

        assert_int_equal(mkdir(path, 0700), 0);
        return path;
}

static struct store *open_copy(const char *path)
{
        static const struct store_options options = { .busy_ms = 0 };
        struct store *copy = NULL;
        struct err err;

        if (store_open(path, &options, &copy, &err) < 0)
                fail_msg("%s", err.text);
        return copy;
}

struct writer {
        struct store *other;
        unsigned calls;
};

/* Somebody goes on working between the pieces. */
static void write_meanwhile(void *ctx, uint64_t done, uint64_t total)
{
        struct writer *w = ctx;

        assert_true(done <= total);
        w->calls++;
        assert_int_equal(store_begin(w->other, NULL), 0);
        assert_int_equal(sqlite_db_exec(w->other->db, "INSERT INTO blob_part(blob, position, data)"
                                        " SELECT 1, max(position) + 1, zeroblob(20000) FROM blob_part",
                                        NULL), 0);
        assert_int_equal(store_commit(w->other, NULL), 0);
}

static void a_snapshot_is_of_one_moment_while_others_write(void **state)
{
        struct writer w = { 0 };
        char *path = subfolder("copy");
        struct store_content before, copied, after;

        (void)state;
        assert_int_equal(sqlite_db_exec(store->db,
                                 "INSERT INTO blob(id, digest, size, created) VALUES (1, x'00', 0, 0);"
                                 "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
                                 " WHERE i < 500) INSERT INTO blob_part(blob, position, data)"
                                 " SELECT 1, i, zeroblob(65536) FROM n", NULL), 0);
        next_transaction();
        store_rollback(store);
        before = content_now(store);
        w.other = open_copy(folder);
        assert_int_equal(store_snapshot(store, path, write_meanwhile, &w, NULL), 0);
        assert_true(w.calls >= 3);
        after = content_now(store);
        assert_false(same_hash(&before, &after));
        store_close(&w.other);

        struct store *copy CLEANUP_STORE = open_copy(path);

        copied = content_now(copy);
        assert_true(same_hash(&before, &copied));
        assert_int_equal(store_verify(copy, NULL), 0);
}

static void a_snapshot_replaces_nothing(void **state)
{
        char *path = subfolder("copy");

        (void)state;
        store_rollback(store);
        assert_int_equal(store_snapshot(store, path, NULL, NULL, NULL), 0);
        assert_int_equal(store_snapshot(store, path, NULL, NULL, NULL), ERR_EXISTS);
        assert_true(store_snapshot(store, "/nowhere/at/all", NULL, NULL, NULL) < 0);
        /* and the store can be written after each */
        assert_int_equal(store_begin(store, NULL), 0);
}

static bool file_has(const char *path, const char *needle)
{
        struct buf bytes CLEANUP_BUF = { 0 };

        assert_int_equal(fd_slurp(AT_FDCWD, path, 64 << 20, &bytes, NULL), 0);
        return str_find_str(buf_str(&bytes), str_of(needle)) >= 0;
}

static void a_rewritten_copy_keeps_rows_and_leaves_what_was_deleted(void **state)
{
        char *path = subfolder("copy"), *out = arena_printf(arena, "%s/out.db", folder);
        struct store_content before, after;

        (void)state;
        assert_int_equal(sqlite_db_exec(store->db,
                                 "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
                                 " WHERE i < 400) INSERT INTO meta(key, value)"
                                 " SELECT 'k' || i, 'the-old-secret-' || i FROM n", NULL), 0);
        next_transaction();
        store_checkpoint(store);
        assert_int_equal(sqlite_db_exec(store->db, "DELETE FROM meta WHERE key LIKE 'k%'", NULL), 0);
        add_active("a@b", ROLE_WRITER);
        next_transaction();
        store_rollback(store);
        assert_int_equal(store_snapshot(store, path, NULL, NULL, NULL), 0);
        assert_int_equal(store_rewrite(path, out, NULL), 0);
        assert_false(file_has(out, "the-old-secret"));
        assert_int_equal(store_rewrite(path, out, NULL), ERR_EXISTS);

        char *third = subfolder("third");
        struct store *copy CLEANUP_STORE = NULL;

        assert_int_equal(rename(out, arena_printf(arena, "%s/portal.db", third)), 0);
        copy = open_copy(third);
        before = content_now(store);
        after = content_now(copy);
        assert_true(same_hash(&before, &after));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(the_documented_vector_is_true),
                TEST(how_rows_lie_in_the_file_makes_no_difference),
                TEST(each_difference_of_a_value_shows),
                TEST(names_of_tables_and_columns_and_the_version_count),
                TEST(a_number_that_was_given_away_counts),
                TEST(every_table_of_a_portal_is_counted_without_sorting),
                TEST(a_snapshot_is_of_one_moment_while_others_write),
                TEST(a_snapshot_replaces_nothing),
                TEST(a_rewritten_copy_keeps_rows_and_leaves_what_was_deleted),
        };

        return cmocka_run_group_tests_name("content", tests, NULL, NULL);
}
