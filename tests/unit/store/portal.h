/*
 * portal.h -- a portal's database for one test, with people in it.
 *
 * When a test ends, each statement it ran is explained by SQLite: one that reads a whole table, other
 * than those that list one, fails the test.
 */
#pragma once

#include <sqlite3.h>

#include "store/credentials.h"
#include "store/inside.h"
#include "store/people.h"
#include "store/sqlite_db.h"
#include "folder.h"

enum { NOW = 1800000000 };

#define HASH "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA"

static char folder[FOLDER_MAX];
static struct store *store;
static struct arena *arena;

/* Statements that are there to read all of a table. */
static inline bool may_scan(const char *sql)
{
        static const char *const lists[] = {
                "FROM publication p ORDER BY", "FROM setting", "FROM access_group g ORDER BY",
                "FROM audit ORDER BY seq", "PRAGMA", "FROM sso_provider v ORDER BY",
                "count(*) FROM sso_provider",
        };

        for (size_t i = 0; i < ARRAY_LEN(lists); i++)
                if (strstr(sql, lists[i]) != NULL)
                        return true;
        return false;
}

static inline int count_scans(sqlite3 *db, const char *sql)
{
        sqlite3_stmt *plan = NULL;
        char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
        int scans = 0;

        assert_int_equal(sqlite3_prepare_v2(db, text, -1, &plan, NULL), SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW) {
                const char *detail = (const char *)sqlite3_column_text(plan, 3);

                if (strncmp(detail, "SCAN ", 5) == 0 && strstr(detail, "CONSTANT ROW") == NULL) {
                        print_error("%s\n  in: %s\n", detail, sql);
                        scans++;
                }
        }
        sqlite3_finalize(plan);
        sqlite3_free(text);
        return scans;
}

static inline int scans_of_all_statements(void)
{
        char path[FOLDER_MAX + 16];
        sqlite3 *db = NULL;
        int scans = 0;

        snprintf(path, sizeof path, "%s/portal.db", folder);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        for (size_t i = 0; i < STATEMENT_SLOTS; i++)
                if (store->db->statements[i] != NULL && !may_scan(store->db->statements[i]->text))
                        scans += count_scans(db, store->db->statements[i]->text);
        sqlite3_close(db);
        return scans;
}

static inline int portal_setup(void **state)
{
        static const struct store_options options = { .create = true, .busy_ms = 2000 };

        (void)state;
        folder_make(folder);
        arena = arena_new(0);
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
        return 0;
}

static inline int portal_teardown(void **state)
{
        int scans = scans_of_all_statements();

        (void)state;
        store_close(&store);
        arena_free(&arena);
        folder_drop(folder);
        return scans > 0 ? -1 : 0;
}

/* Tests live in one transaction unless they need more. */
static inline void next_transaction(void)
{
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
}

static inline int64_t add_invited(const char *login, enum person_role role)
{
        struct store_person p = { .login = str_of(login), .name = STR("A Name"), .role = role };
        struct err err;
        int64_t id = 0;

        if (store_person_add(store, &p, NOW, &id, &err) < 0)
                fail_msg("%s", err.text);
        return id;
}

static inline int64_t add_active(const char *login, enum person_role role)
{
        int64_t id = add_invited(login, role);

        assert_int_equal(store_password_set(store, id, STR(HASH), NULL), 0);
        return id;
}

static inline struct store_person person_of(int64_t id)
{
        struct store_person p = { 0 };

        assert_int_equal(store_person_find(store, id, arena, &p, NULL), 0);
        return p;
}

static inline int64_t number(const char *sql)
{
        int64_t n = -1;

        assert_int_equal(sqlite_db_int(store->db, sql, &n, NULL), 0);
        return n;
}

/* A token as tests make them: its digest is 32 times this byte. */
static inline struct digest token(int byte)
{
        struct digest d;

        memset(d.b, byte, sizeof d.b);
        return d;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, portal_setup, portal_teardown)
