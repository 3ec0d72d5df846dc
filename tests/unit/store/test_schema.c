/*
 * test_schema.c -- a portal of an older release becomes one of this release, with all it had.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "store/publication.h"
#include "store/read.h"
#include "portal.h"
#include "version_1.h"

static const struct store_options options = { .create = true };

static int setup(void **state)
{
        (void)state;
        folder_make(folder);
        arena = arena_new(0);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        store_close(&store);
        arena_free(&arena);
        folder_drop(folder);
        return 0;
}

static void run(const char *file, const char *sql)
{
        char path[FOLDER_MAX + 32];
        sqlite3 *db = NULL;

        snprintf(path, sizeof path, "%s/%s", folder, file);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
                fail_msg("%s", sqlite3_errmsg(db));
        sqlite3_close(db);
}

/* What another program sees in a table of names and statements, as one text. */
static char *dump(const char *sql)
{
        char path[FOLDER_MAX + 32];
        struct buf out CLEANUP_BUF = { 0 };
        sqlite3 *db = NULL;
        sqlite3_stmt *stmt = NULL;

        snprintf(path, sizeof path, "%s/portal.db", folder);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
        while (sqlite3_step(stmt) == SQLITE_ROW)
                buf_printf(&out, "%s|", (const char *)sqlite3_column_text(stmt, 0));
        sqlite3_finalize(stmt);
        sqlite3_close(db);
        return arena_strdup(arena, buf_cstr(&out));
}

static const char schema_sql[] = "SELECT type || name || coalesce(sql, '') FROM sqlite_schema"
                                 " ORDER BY type, name";

static void a_version_1_portal_is_brought_up_to_date_with_all_it_has(void **state)
{
        struct store_page page;
        struct store_file file;
        struct str slug;
        char bytes[16];
        size_t n;

        (void)state;
        run("portal.db", version_1_schema);
        run("portal.db", version_1_rows);
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        assert_int_equal(store_page_find(store, &reader_anonymous, STR("guide"), STR("start"), 0, arena,
                                         &page, NULL), 0);
        assert_true(str_is(page.body, "<h1>Start</h1>"));
        assert_int_equal(store_markdown_find(store, &reader_anonymous, STR("guide"), STR("start"), arena,
                                             &page, NULL), 0);
        assert_true(str_is(page.body, "# Start"));
        assert_int_equal(store_redirect_find(store, &reader_anonymous, STR("guide"), STR("old"), arena,
                                             &slug, NULL), 0);
        assert_int_equal(store_file_find(store, &reader_anonymous, STR("guide"), STR("a.txt"), arena,
                                         &file, NULL), 0);
        assert_int_equal(store_file_read(store, &file, 0, bytes, sizeof bytes, &n, NULL), 0);
        assert_true(str_is(str_make(bytes, n), "hello"));
        assert_int_equal(number("SELECT count(*) FROM person"), 0);
        assert_int_equal(number("SELECT count(*) FROM revision WHERE person IS NULL"), 1);
        assert_int_equal(store_verify(store, NULL), 0);
        store_close(&store);
        assert_string_equal(dump("PRAGMA user_version"), "5|");
}

static void a_damaged_digest_is_no_longer_than_it_is(void **state)
{
        struct store_file file;

        (void)state;
        run("portal.db", version_1_schema);
        run("portal.db", version_1_rows);
        run("portal.db", "UPDATE blob SET digest = x'aa'");
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        assert_int_equal(store_file_find(store, &reader_anonymous, STR("guide"), STR("a.txt"), arena,
                                         &file, NULL), 0);
        assert_true(str_is(file.etag, "\"aa\""));
}

static void an_updated_portal_has_the_schema_of_a_new_one(void **state)
{
        (void)state;
        run("portal.db", version_1_schema);
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        store_close(&store);
        char *updated = dump(schema_sql);

        folder_drop(folder);
        folder_make(folder);
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        store_close(&store);
        assert_string_equal(updated, dump(schema_sql));
        assert_non_null(strstr(updated, "CREATE TABLE audit"));
}

static void an_update_that_fails_leaves_the_old_version_whole(void **state)
{
        struct err err;

        (void)state;
        run("portal.db", version_1_schema);
        run("portal.db", version_1_rows);
        /* In the way of the last but one statement of the step. */
        run("portal.db", "CREATE TABLE setting(x)");
        char *before = dump(schema_sql);

        assert_true(store_open(folder, &options, &store, &err) < 0);
        assert_null(store);
        assert_string_equal(dump(schema_sql), before);
        assert_string_equal(dump("PRAGMA user_version"), "1|");
        run("portal.db", "DROP TABLE setting");
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
}

static void rows_that_break_the_rules_are_not_stored_whoever_writes(void **state)
{
        static const char *const bad[] = {
                /* an administrator who expires; a tombstone with an address; a role nobody knows */
                "INSERT INTO person VALUES (1,'a','n',0,1,1,5,1,'','',-1,'',0,0)",
                "INSERT INTO person VALUES (1,'a','n',1,3,1,0,1,'','',-1,'',0,0)",
                "INSERT INTO person VALUES (1,NULL,'n',1,1,1,0,1,'','',-1,'',0,0)",
                "INSERT INTO person VALUES (1,'a','n',4,1,1,0,1,'','',-1,'',0,0)",
                "INSERT INTO person VALUES (1,'a','n',1,4,1,0,1,'','',-1,'',0,0)",
                "INSERT INTO setting VALUES ('password.minimum', 4)",
                "INSERT INTO publication_access(publication) VALUES (1)",
        };

        (void)state;
        run("portal.db", version_1_schema);
        run("portal.db", version_1_rows);
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                if (sqlite_db_exec(store->db, bad[i], NULL) != ERR_EXISTS)
                        fail_msg("taken: %s", bad[i]);
        assert_int_equal(sqlite_db_exec(store->db,
                                        "INSERT INTO person VALUES (1,'a','n',1,1,1,0,1,'','',-1,'',0,0)",
                                        NULL), 0);
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_version_1_portal_is_brought_up_to_date_with_all_it_has),
                TEST(a_damaged_digest_is_no_longer_than_it_is),
                TEST(an_updated_portal_has_the_schema_of_a_new_one),
                TEST(an_update_that_fails_leaves_the_old_version_whole),
                TEST(rows_that_break_the_rules_are_not_stored_whoever_writes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
