/*
 * test_store.c -- opening refuses what it must, transactions are whole, and nothing but the store's
 * own statements can run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "store/blob.h"
#include "store/inside.h"
#include "store/project.h"
#include "store/read.h"
#include "store/store.h"
#include "folder.h"

static const struct store_options making = { .create = true, .busy_ms = 2000 };

static char folder[FOLDER_MAX];

static int setup(void **state)
{
        (void)state;
        folder_make(folder);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        folder_drop(folder);
        return 0;
}

static struct store *open_store(void)
{
        struct store *s = NULL;
        struct err err;

        if (store_open(folder, &making, &s, &err) < 0)
                fail_msg("%s", err.text);
        return s;
}

/* Change the database behind the store's back, as a restored backup might have been. */
static void tamper(const char *sql)
{
        char path[FOLDER_MAX + 16];
        sqlite3 *db = NULL;

        snprintf(path, sizeof path, "%s/portal.db", folder);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
}

static void put_project(struct store *s, const char *slug)
{
        struct store_project p = { .slug = str_of(slug),
                                   .title = STR("A title"),
                                   .language = STR("en") };
        int64_t id;

        assert_int_equal(store_project_put(s, &p, 1, &id, NULL), 0);
}

static void a_missing_database_is_not_made_unless_asked(void **state)
{
        static const struct store_options reading = { .busy_ms = 0 };
        struct store *s CLEANUP_STORE = NULL;
        struct err err;

        (void)state;
        assert_int_equal(store_open(folder, &reading, &s, &err), ERR_NOT_FOUND);
        assert_null(s);
}

static void a_commit_is_durable_and_a_rollback_leaves_nothing(void **state)
{
        struct store *s CLEANUP_STORE = open_store();
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_project found;

        (void)state;
        assert_int_equal(store_begin(s, NULL), 0);
        put_project(s, "kept");
        assert_int_equal(store_commit(s, NULL), 0);
        assert_int_equal(store_begin(s, NULL), 0);
        put_project(s, "dropped");
        store_rollback(s);
        store_close(&s);
        s = open_store();
        assert_int_equal(store_project_find(s, STR("kept"), arena, &found, NULL), 0);
        assert_true(str_is(found.title, "A title"));
        assert_int_equal(store_project_find(s, STR("dropped"), arena, &found, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_verify(s, NULL), 0);
}

static void a_newer_schema_is_refused_with_a_sentence_that_says_what_to_do(void **state)
{
        struct store *s CLEANUP_STORE = open_store();
        struct err err;

        (void)state;
        store_close(&s);
        tamper("PRAGMA user_version = 999");
        assert_int_equal(store_open(folder, &making, &s, &err), ERR_UNSUPPORTED);
        assert_non_null(strstr(err.text, "newer release"));
        assert_non_null(strstr(err.text, "install"));
}

static void a_database_of_something_else_is_refused(void **state)
{
        struct store *s CLEANUP_STORE = NULL;
        struct err err;

        (void)state;
        tamper("CREATE TABLE other(x)");
        assert_int_equal(store_open(folder, &making, &s, &err), ERR_CORRUPT);
}

static void bytes_that_are_no_database_are_refused(void **state)
{
        char path[FOLDER_MAX + 16];
        struct store *s CLEANUP_STORE = NULL;
        struct err err;

        (void)state;
        snprintf(path, sizeof path, "%s/portal.db", folder);
        FILE *f = fopen(path, "w");

        assert_non_null(f);
        for (int i = 0; i < 2000; i++)
                fputs("not a database ", f);
        fclose(f);
        assert_int_equal(store_open(folder, &making, &s, &err), ERR_CORRUPT);
}

static void triggers_views_and_virtual_tables_in_a_file_are_refused(void **state)
{
        static const char *const strange[][2] = {
                { "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM topic; END",
                  "DROP TRIGGER t" },
                { "CREATE VIEW v AS SELECT 1", "DROP VIEW v" },
                { "CREATE VIRTUAL TABLE f USING fts5(x)", "DROP TABLE f" },
        };
        struct store *s CLEANUP_STORE = open_store();
        struct err err;

        (void)state;
        store_close(&s);
        for (size_t i = 0; i < ARRAY_LEN(strange); i++) {
                tamper(strange[i][0]);
                assert_int_equal(store_open(folder, &making, &s, &err), ERR_CORRUPT);
                assert_non_null(strstr(err.text, "triggers"));
                tamper(strange[i][1]);
        }
        assert_int_equal(store_open(folder, &making, &s, &err), 0);
}

static void an_open_store_cannot_attach_load_change_settings_or_schema(void **state)
{
        static const char *const denied[] = {
                "ATTACH 'x.db' AS x",
                "SELECT load_extension('x.so')",
                "PRAGMA synchronous = off",
                "PRAGMA writable_schema = on",
                "PRAGMA foreign_keys = off",
                "PRAGMA user_version = 0",
                "CREATE TABLE evil(x)",
                "CREATE TEMP TABLE evil(x)",
                "DROP TABLE meta",
                "ALTER TABLE meta RENAME TO atem",
                "CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END",
                "REINDEX",
                "UPDATE sqlite_schema SET sql = ''",
        };
        struct store *s CLEANUP_STORE = open_store();

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(denied); i++)
                if (sqlite_db_exec(s->db, denied[i], NULL) == 0)
                        fail_msg("allowed: %s", denied[i]);
        assert_int_equal(sqlite_db_exec(s->db, "SELECT count(*) FROM meta", NULL), 0);
}

static void each_commit_is_full_and_logged_ahead(void **state)
{
        struct store *s CLEANUP_STORE = open_store();
        char path[FOLDER_MAX + 16];
        struct stat st;

        (void)state;
        assert_int_equal(store_begin(s, NULL), 0);
        put_project(s, "p");
        assert_int_equal(store_commit(s, NULL), 0);
        snprintf(path, sizeof path, "%s/portal.db-wal", folder);
        assert_int_equal(stat(path, &st), 0);
        assert_true(st.st_size > 0);
        store_checkpoint(s);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, 0);
}

static void the_generation_changes_with_each_commit_and_only_then(void **state)
{
        struct store *writer CLEANUP_STORE = open_store();
        struct store *reader CLEANUP_STORE = open_store();
        uint64_t first = store_generation(reader);

        (void)state;
        assert_true(store_generation(reader) == first);
        assert_int_equal(store_begin(writer, NULL), 0);
        put_project(writer, "p");
        assert_true(store_generation(reader) == first);
        assert_int_equal(store_commit(writer, NULL), 0);
        uint64_t second = store_generation(reader);

        assert_true(second != first);
        assert_true(store_generation(reader) == second);
        assert_true(store_generation(writer) == second);
}

static void a_writer_that_dies_right_after_its_commit_is_still_noticed(void **state)
{
        struct store *writer CLEANUP_STORE = open_store();
        struct store *reader CLEANUP_STORE = open_store();
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_project found;

        (void)state;
        /* As store_commit() does, but dead before the counter is made even again. */
        uint64_t mine = generation_before_commit(&writer->generation);
        uint64_t during = store_generation(reader);

        assert_int_equal(store_project_find(reader, STR("p"), arena, &found, NULL), ERR_NOT_FOUND);
        assert_int_equal(sqlite_db_exec(writer->db, "BEGIN IMMEDIATE", NULL), 0);
        writer->writing = true;
        put_project(writer, "p");
        assert_int_equal(sqlite_db_exec(writer->db, "COMMIT", NULL), 0);
        writer->writing = false;
        uint64_t after = store_generation(reader);

        assert_true(during != after);
        assert_true(store_generation(reader) == after);
        /* The next writer puts the counter right. */
        assert_int_equal(store_begin(writer, NULL), 0);
        put_project(writer, "q");
        assert_int_equal(store_commit(writer, NULL), 0);
        assert_true(store_generation(reader) % 2 == 0);
        assert_true(store_generation(reader) != after);
        assert_true(store_generation(reader) > mine);
}

static void two_writers_do_not_mix_and_the_second_is_told_to_try_again(void **state)
{
        static const struct store_options hasty = { .create = true, .busy_ms = 0 };
        struct store *a CLEANUP_STORE = open_store();
        struct store *b CLEANUP_STORE = NULL;
        struct err err;

        (void)state;
        assert_int_equal(store_open(folder, &hasty, &b, NULL), 0);
        assert_int_equal(store_begin(a, NULL), 0);
        assert_int_equal(store_begin(b, &err), ERR_BUSY);
        assert_non_null(strstr(err.text, "try again"));
        store_rollback(a);
        assert_int_equal(store_begin(b, NULL), 0);
        store_rollback(b);
}

static void every_revision_of_a_topic_is_kept(void **state)
{
        struct store *s CLEANUP_STORE = open_store();
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_project p;
        struct store_topic topic = { .slug = STR("a/b"),
                                     .title = STR("B"),
                                     .source_path = STR("a/b.md") };
        struct store_topic *list = NULL;
        struct buf text CLEANUP_BUF = { 0 };
        int64_t id, created = 0;
        size_t n = 0;

        (void)state;
        assert_int_equal(store_begin(s, NULL), 0);
        put_project(s, "p");
        assert_int_equal(store_project_find(s, STR("p"), arena, &p, NULL), 0);
        assert_int_equal(
                store_topic_add(s, p.id, &topic, STR("one"), STR("an"), STR(""), 10, &id, NULL), 0);
        assert_int_equal(store_topic_revise(s, id, STR("two"), STR("an"), STR(""), 20, NULL), 0);
        assert_int_equal(store_commit(s, NULL), 0);
        assert_int_equal(store_topic_list(s, p.id, arena, &list, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_int_equal(list[0].revision, 2);
        assert_int_equal(list[0].updated, 20);
        assert_int_equal(store_revision_read(s, id, 1, &text, &created, NULL), 0);
        assert_int_equal(created, 10);
        assert_int_equal(store_revision_read(s, id, 2, &text, &created, NULL), 0);
        assert_true(str_is(buf_str(&text), "onetwo"));
        assert_int_equal(store_revision_read(s, id, 3, &text, &created, NULL), ERR_NOT_FOUND);
}

static int give(void *ctx, uint64_t offset, void *p, size_t n, struct err *err)
{
        (void)err;
        memcpy(p, (const char *)ctx + offset, n);
        return 0;
}

static void equal_files_are_stored_once_and_unused_ones_are_swept(void **state)
{
        enum { SIZE = 200000 };
        struct store *s CLEANUP_STORE = open_store();
        char *bytes = malloc(SIZE);
        struct digest digest;
        int64_t one = 0, two = 0, count = -1;

        (void)state;
        for (size_t i = 0; i < SIZE; i++)
                bytes[i] = (char)(i % 251);
        digest_of(str_make(bytes, SIZE), &digest);
        assert_int_equal(store_begin(s, NULL), 0);
        assert_int_equal(store_blob_put(s, &digest, SIZE, give, bytes, &one, NULL), 0);
        assert_int_equal(store_blob_put(s, &digest, SIZE, give, bytes, &two, NULL), 0);
        assert_true(one == two);
        digest.b[0] ^= 1;
        assert_int_equal(store_blob_put(s, &digest, SIZE, give, bytes, &two, NULL), ERR_CORRUPT);
        assert_int_equal(store_blob_sweep(s, NULL), 0);
        assert_int_equal(sqlite_db_int(s->db, "SELECT count(*) FROM blob_part", &count, NULL), 0);
        assert_int_equal(count, 0);
        store_rollback(s);
        free(bytes);
}

static void a_writer_killed_at_any_moment_leaves_whole_transactions(void **state)
{
        struct store *s CLEANUP_STORE = open_store();

        (void)state;
        store_close(&s);
        for (int round = 0; round < 12; round++) {
                pid_t child = fork();

                assert_true(child >= 0);
                if (child == 0) {
                        s = open_store();
                        for (int i = 0;; i++) {
                                char a[32], b[32];

                                /* Always in pairs. */
                                snprintf(a, sizeof a, "a-%d-%d", round, i);
                                snprintf(b, sizeof b, "b-%d-%d", round, i);
                                if (store_begin(s, NULL) < 0)
                                        _exit(1);
                                put_project(s, a);
                                put_project(s, b);
                                if (store_commit(s, NULL) < 0)
                                        _exit(1);
                        }
                }
                const struct timespec pause = { 0, (4 + 3 * round) * 1000000 };

                nanosleep(&pause, NULL);
                assert_int_equal(kill(child, SIGKILL), 0);
                waitpid(child, NULL, 0);
                int64_t odd = -1;

                s = open_store();
                assert_int_equal(store_verify(s, NULL), 0);
                assert_int_equal(sqlite_db_int(s->db,
                                               "SELECT count(*) FROM project a WHERE NOT EXISTS "
                                               "(SELECT 1 FROM"
                                               " project b WHERE substr(b.slug, 2) = "
                                               "substr(a.slug, 2)"
                                               " AND b.id <> a.id)",
                                               &odd, NULL),
                                 0);
                assert_int_equal(odd, 0);
                store_close(&s);
        }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_missing_database_is_not_made_unless_asked),
                TEST(a_commit_is_durable_and_a_rollback_leaves_nothing),
                TEST(a_newer_schema_is_refused_with_a_sentence_that_says_what_to_do),
                TEST(a_database_of_something_else_is_refused),
                TEST(bytes_that_are_no_database_are_refused),
                TEST(triggers_views_and_virtual_tables_in_a_file_are_refused),
                TEST(an_open_store_cannot_attach_load_change_settings_or_schema),
                TEST(each_commit_is_full_and_logged_ahead),
                TEST(the_generation_changes_with_each_commit_and_only_then),
                TEST(a_writer_that_dies_right_after_its_commit_is_still_noticed),
                TEST(two_writers_do_not_mix_and_the_second_is_told_to_try_again),
                TEST(every_revision_of_a_topic_is_kept),
                TEST(equal_files_are_stored_once_and_unused_ones_are_swept),
                TEST(a_writer_killed_at_any_moment_leaves_whole_transactions),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
