/*
 * test_audit.c -- the log only grows, and whatever is done to it behind its back is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "store/audit.h"
#include "portal.h"

static int add(const char *action, const char *object, const char *detail)
{
        struct store_audit_record r = { .time = NOW, .actor = 12, .action = str_of(action),
                                        .object = str_of(object), .address = STR("192.0.2.7"),
                                        .detail = str_of(detail) };

        return store_audit_add(store, &r, NULL);
}

static void add_some(int n)
{
        for (int i = 0; i < n; i++)
                assert_int_equal(add("login.ok", "person/12", "{}"), 0);
}

/* The store closed, one statement by another program, the store open again. */
static void tamper(const char *sql)
{
        static const struct store_options options = { .busy_ms = 0 };
        char path[FOLDER_MAX + 16];
        sqlite3 *db = NULL;

        if (store->writing)
                assert_int_equal(store_commit(store, NULL), 0);
        store_close(&store);
        snprintf(path, sizeof path, "%s/portal.db", folder);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
}

static void a_chain_that_was_left_alone_holds(void **state)
{
        struct store_audit_head head, end;
        int64_t broken = -1;

        (void)state;
        assert_int_equal(store_audit_head(store, &head, NULL), 0);
        assert_int_equal(head.seq, 0);
        assert_int_equal(store_audit_verify(store, &end, &broken, NULL), 0);
        assert_int_equal(end.seq, 0);
        add_some(50);
        assert_int_equal(store_audit_head(store, &head, NULL), 0);
        assert_int_equal(head.seq, 50);
        assert_int_equal(store_audit_verify(store, &end, &broken, NULL), 0);
        assert_memory_equal(&head, &end, sizeof head);
        assert_int_equal(broken, -1);
}

static void each_change_behind_its_back_is_found_and_named(void **state)
{
        static const struct {
                const char *sql;
                int64_t broken;
        } cases[] = {
                { "UPDATE audit SET detail = '{\"x\":1}' WHERE seq = 7", 7 },
                { "UPDATE audit SET time = time + 1 WHERE seq = 1", 1 },
                { "UPDATE audit SET actor = 0 WHERE seq = 20", 20 },
                { "UPDATE audit SET action = 'login.failed' WHERE seq = 9", 9 },
                { "UPDATE audit SET object = '', address = object || address WHERE seq = 3", 3 },
                { "UPDATE audit SET address = '' WHERE seq = 4", 4 },
                { "UPDATE audit SET prev = zeroblob(32) WHERE seq = 5", 5 },
                { "UPDATE audit SET hash = zeroblob(32) WHERE seq = 20", 20 },
                { "UPDATE audit SET hash = x'00' WHERE seq = 6", 6 },
                { "DELETE FROM audit WHERE seq = 1", 1 },
                { "DELETE FROM audit WHERE seq = 10", 10 },
                { "DELETE FROM audit WHERE seq = 10; UPDATE audit SET seq = seq - 1 WHERE seq > 10", 10 },
                { "UPDATE audit SET seq = 99 WHERE seq = 12; UPDATE audit SET seq = 12 WHERE seq = 13;"
                  "UPDATE audit SET seq = 13 WHERE seq = 99", 12 },
                { "INSERT INTO audit SELECT 21, time, actor, action, object, address, detail, prev, hash"
                  " FROM audit WHERE seq = 20", 21 },
                { "INSERT INTO audit SELECT 0, time, actor, action, object, address, detail, prev, hash"
                  " FROM audit WHERE seq = 20", 1 },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct store_audit_head head = { .seq = 77 };
                int64_t broken = -1;
                struct err err;
                char name[32];

                add_some(20);
                assert_int_equal(store_audit_verify(store, &head, &broken, NULL), 0);
                head.seq = 77;
                tamper(cases[i].sql);
                if (store_audit_verify(store, &head, &broken, &err) != ERR_CORRUPT ||
                    broken != cases[i].broken)
                        fail_msg("%s: %lld", cases[i].sql, (long long)broken);
                snprintf(name, sizeof name, "record %lld ", (long long)cases[i].broken);
                assert_non_null(strstr(err.text, name));
                assert_int_equal(head.seq, 77);
                tamper("DELETE FROM audit");
        }
}

static void an_end_that_was_cut_off_shows_against_a_head_kept_elsewhere(void **state)
{
        struct store_audit_head kept, end;
        int64_t broken;

        (void)state;
        add_some(20);
        assert_int_equal(store_audit_head(store, &kept, NULL), 0);
        tamper("DELETE FROM audit WHERE seq > 15");
        assert_int_equal(store_audit_verify(store, &end, &broken, NULL), 0);
        assert_int_equal(end.seq, 15);
        add_some(5);
        assert_int_equal(store_audit_head(store, &end, NULL), 0);
        assert_int_equal(end.seq, kept.seq);
        /* The same records again give the same chain; one that differs does not. */
        assert_memory_equal(&end, &kept, sizeof end);
        tamper("DELETE FROM audit WHERE seq > 19");
        assert_int_equal(add("login.ok", "person/13", "{}"), 0);
        assert_int_equal(store_audit_head(store, &end, NULL), 0);
        assert_int_equal(end.seq, kept.seq);
        assert_memory_not_equal(&end.hash, &kept.hash, sizeof end.hash);
}

static void an_open_store_cannot_change_or_remove_a_record(void **state)
{
        (void)state;
        add_some(2);
        assert_true(sqlite_db_exec(store->db, "DELETE FROM audit", NULL) < 0);
        assert_true(sqlite_db_exec(store->db, "DELETE FROM Audit WHERE seq = 2", NULL) < 0);
        assert_true(sqlite_db_exec(store->db, "UPDATE audit SET detail = ''", NULL) < 0);
        assert_true(sqlite_db_exec(store->db, "WITH a AS (SELECT 1) DELETE FROM main.audit", NULL) < 0);
        assert_true(sqlite_db_exec(store->db,
                                   "INSERT INTO audit SELECT * FROM audit WHERE true"
                                   " ON CONFLICT (seq) DO UPDATE SET detail = 'x'", NULL) < 0);
        assert_true(sqlite_db_exec(store->db, "DROP TABLE audit", NULL) < 0);
        assert_int_equal(number("SELECT count(*) FROM audit"), 2);
}

static void a_record_goes_with_the_change_it_records(void **state)
{
        struct store_audit_head head;

        (void)state;
        next_transaction();
        add_active("a@b", ROLE_WRITER);
        assert_int_equal(add("person.add", "person/1", "{}"), 0);
        store_rollback(store);
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_audit_head(store, &head, NULL), 0);
        assert_int_equal(head.seq, 0);
}

static void what_no_record_may_hold_is_refused(void **state)
{
        char longest[AUDIT_DETAIL_MAX + 2];
        struct store_audit_head head;

        (void)state;
        memset(longest, 'x', sizeof longest);
        longest[AUDIT_DETAIL_MAX + 1] = 0;
        assert_int_equal(add("", "", ""), ERR_INVALID);
        assert_int_equal(add("Login", "", ""), ERR_INVALID);
        assert_int_equal(add("login ok", "", ""), ERR_INVALID);
        assert_int_equal(add("login\n", "", ""), ERR_INVALID);
        assert_int_equal(add("a", "\xff", ""), ERR_INVALID);
        assert_int_equal(add("a", "", longest), ERR_LIMIT);
        longest[AUDIT_DETAIL_MAX] = 0;
        assert_int_equal(add("a", "", longest), 0);
        longest[AUDIT_ACTION_MAX + 1] = 0;
        assert_int_equal(add(longest, "", ""), ERR_INVALID);
        assert_int_equal(store_audit_head(store, &head, NULL), 0);
        assert_int_equal(head.seq, 1);
}

static void the_log_is_read_in_pages_from_both_ends(void **state)
{
        struct store_audit_record *rows;
        int64_t after = 0, seen = 0;
        size_t n;

        (void)state;
        add_some(25);
        do {
                assert_int_equal(store_audit_list(store, after, 10, arena, &rows, &n, NULL), 0);
                for (size_t i = 0; i < n; i++)
                        assert_int_equal(rows[i].seq, ++seen);
                after = seen;
        } while (n > 0);
        assert_int_equal(seen, 25);
        assert_int_equal(store_audit_list_back(store, 0, 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 10);
        assert_int_equal(rows[0].seq, 25);
        assert_true(str_is(rows[0].action, "login.ok") && str_is(rows[0].object, "person/12"));
        assert_int_equal(rows[0].actor, 12);
        assert_int_equal(store_audit_list_back(store, 3, 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 2);
        assert_int_equal(store_audit_list(store, 0, 0, arena, &rows, &n, NULL), ERR_LIMIT);
        assert_int_equal(store_audit_list(store, 0, AUDIT_LIST_MAX + 1, arena, &rows, &n, NULL),
                         ERR_LIMIT);
        assert_int_equal(store_audit_list_back(store, 0, SIZE_MAX, arena, &rows, &n, NULL), ERR_LIMIT);
}

/* The records and hashes that docs/formats/portal-db.md prints. */
static void the_documented_vector_is_true(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct store_audit_record first = {
                .time = 1700000000, .actor = 0, .action = STR("portal.create"),
                .object = STR("portal"), .address = STR(""), .detail = STR("{\"host\":\"h\"}"),
        };
        struct store_audit_record second = {
                .time = 1700000060, .actor = 1, .action = STR("login.ok"), .object = STR("person/1"),
                .address = STR("192.0.2.7"), .detail = STR(""),
        };
        const struct store_audit_record *const records[] = { &first, &second };

        (void)state;
        assert_int_equal(fd_slurp(AT_FDCWD, SOURCE_ROOT "/docs/formats/portal-db.md", 1 << 20, &text, NULL),
                         0);
        for (size_t i = 0; i < ARRAY_LEN(records); i++) {
                struct store_audit_head head;
                char hex[DIGEST_HEX_LEN + 1];

                assert_int_equal(store_audit_add(store, records[i], NULL), 0);
                assert_int_equal(store_audit_head(store, &head, NULL), 0);
                digest_hex(&head.hash, hex);
                if (str_find_str(buf_str(&text), str_of(hex)) < 0)
                        fail_msg("the document lacks %s", hex);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_chain_that_was_left_alone_holds),
                TEST(each_change_behind_its_back_is_found_and_named),
                TEST(an_end_that_was_cut_off_shows_against_a_head_kept_elsewhere),
                TEST(an_open_store_cannot_change_or_remove_a_record),
                TEST(a_record_goes_with_the_change_it_records),
                TEST(what_no_record_may_hold_is_refused),
                TEST(the_log_is_read_in_pages_from_both_ends),
                TEST(the_documented_vector_is_true),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
