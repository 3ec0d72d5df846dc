/*
 * test_restore.c -- a copy that is put back is today's accounts with yesterday's content, all at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "store/api_token.h"
#include "store/audit.h"
#include "store/project.h"
#include "store/sessions.h"
#include "store/content_hash.h"
#include "store/restore.h"
#include "store/snapshot.h"

#include "portal.h"

static char copy_folder[FOLDER_MAX + 16];

static void take_copy(void)
{
        struct err err;

        assert_int_equal(store_commit(store, NULL), 0);
        snprintf(copy_folder, sizeof copy_folder, "%s/copy", folder);
        assert_int_equal(mkdir(copy_folder, 0700), 0);
        if (store_snapshot(store, copy_folder, NULL, NULL, &err) < 0)
                fail_msg("%s", err.text);
        assert_int_equal(store_begin(store, NULL), 0);
}

static struct store *open_copy(void)
{
        const struct store_options options = { .busy_ms = 2000 };
        struct store *copy = NULL;
        struct err err;

        if (store_open(copy_folder, &options, &copy, &err) < 0)
                fail_msg("%s", err.text);
        return copy;
}

static void put_meta(const char *value)
{
        assert_int_equal(store_meta_put(store, STR("site.note"), str_of(value), NULL), 0);
}

static bool meta_is(struct store *of, const char *value)
{
        struct str found = STR("");
        int r = store_meta_find(of, STR("site.note"), arena, &found, NULL);

        return r == 0 && str_is(found, value);
}

static void an_older_copy_is_read_without_being_changed(void **state)
{
        const struct store_options as_is = { .busy_ms = 2000, .as_is = true };
        struct store_content before, after;
        int64_t version = 0;

        (void)state;
        take_copy();
        for (int i = 0; i < 2; i++) {
                char path[FOLDER_MAX + 32];
                struct store *copy CLEANUP_STORE = NULL;
                sqlite3 *db = NULL;

                snprintf(path, sizeof path, "%s/portal.db", copy_folder);
                assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
                assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL), SQLITE_OK);
                assert_int_equal(sqlite3_close(db), SQLITE_OK);
                assert_int_equal(store_open(copy_folder, &as_is, &copy, NULL), 0);
                assert_int_equal(store_content_hash(copy, arena, i == 0 ? &before : &after, NULL), 0);
                assert_int_equal(sqlite_db_int(copy->db, "PRAGMA user_version", &version, NULL), 0);
                assert_int_equal(version, 2);
        }
        assert_memory_equal(&before.hash, &after.hash, DIGEST_LEN);
        assert_int_equal(before.schema, 2);
}

/* ---- putting it back ---- */

static void settle_and_replace(void)
{
        struct store *copy CLEANUP_STORE = open_copy();
        struct err err;

        assert_int_equal(store_commit(store, NULL), 0);
        if (store_settle(copy, store, &err) < 0 || store_replace(store, copy, &err) < 0)
                fail_msg("%s", err.text);
        assert_int_equal(store_verify(store, NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
}

static void content_comes_back_and_accounts_stay_todays(void **state)
{
        (void)state;
        int64_t admin = add_active("admin@example.org", ROLE_ADMINISTRATOR);
        int64_t leaver = add_active("leaver@example.org", ROLE_WRITER);
        int64_t demoted = add_active("demoted@example.org", ROLE_ADMINISTRATOR);
        int64_t gone = add_active("gone@example.org", ROLE_POWER_READER);

        put_meta("yesterday");
        take_copy();
        put_meta("today");
        assert_int_equal(store_person_disable(store, leaver, NULL), 0);
        assert_int_equal(store_person_set_role(store, demoted, ROLE_POWER_READER, NULL), 0);
        assert_int_equal(store_person_delete(store, gone, NULL), 0);
        int64_t fresh = add_active("fresh@example.org", ROLE_WRITER);
        int64_t epoch = person_of(admin).epoch;
        uint64_t generation = store_generation(store);

        settle_and_replace();
        assert_true(meta_is(store, "yesterday"));
        assert_true(store_generation(store) != generation);
        assert_int_equal(person_of(leaver).state, PERSON_DISABLED);
        assert_int_equal(person_of(demoted).role, ROLE_POWER_READER);
        assert_int_equal(person_of(gone).state, PERSON_DELETED);
        assert_int_equal(person_of(fresh).state, PERSON_ACTIVE);
        assert_true(person_of(admin).epoch > epoch);
        assert_true(add_active("later@example.org", ROLE_WRITER) > fresh);
}

static void sessions_end_and_a_revoked_token_stays_revoked(void **state)
{
        (void)state;
        int64_t admin = add_active("admin@example.org", ROLE_ADMINISTRATOR);

        assert_int_equal(sqlite_db_exec(store->db,
                "INSERT INTO api_token(token, person, name, scopes, created, expires, used_day)"
                " VALUES (x'01', 1, 'kept', 1, 1, 9999999999, 0), (x'02', 1, 'revoked', 1, 1, 9999999999, 0)",
                NULL), 0);
        assert_int_equal(sqlite_db_exec(store->db,
                "INSERT INTO session(token, person, epoch, created, seen, idle, ends, until, second_factor,"
                " elevated, address, agent) VALUES (x'03', 1, 0, 1, 1, 1, 9, 9, 0, 0, '', '')", NULL), 0);
        take_copy();
        assert_int_equal(sqlite_db_exec(store->db, "DELETE FROM api_token WHERE name = 'revoked'", NULL), 0);
        assert_int_equal(number("SELECT count(*) FROM session"), 1);
        settle_and_replace();
        assert_int_equal(number("SELECT count(*) FROM session"), 0);
        assert_int_equal(number("SELECT count(*) FROM api_token"), 1);
        assert_int_equal(number("SELECT count(*) FROM api_token WHERE name = 'kept'"), 1);
        assert_int_equal(person_of(admin).state, PERSON_ACTIVE);
}

/* A provider that was removed since comes back no more than who logged in by it; today's one stays. */
static void providers_of_sign_on_stay_todays(void **state)
{
        static const char make[] =
                "INSERT INTO sso_provider(name, label, issuer, client, secret, method, origins, scopes, domains,"
                " claim, factor, administrators, enabled, created, changed) VALUES ('one', 'One', 'https://a.test',"
                " 'c', 's', 0, '', 'openid', '', '', '', 0, 1, 1, 1);"
                "INSERT INTO sso_link(provider, subject, person, created, used)"
                " SELECT max(id), 'then', 1, 1, 1 FROM sso_provider";

        (void)state;
        add_active("admin@example.org", ROLE_ADMINISTRATOR);
        assert_int_equal(sqlite_db_exec(store->db, make, NULL), 0);
        take_copy();
        assert_int_equal(sqlite_db_exec(store->db, "DELETE FROM sso_link; DELETE FROM sso_provider", NULL), 0);
        assert_int_equal(sqlite_db_exec(store->db, make, NULL), 0);
        assert_int_equal(sqlite_db_exec(store->db, "UPDATE sso_link SET subject = 'now'", NULL), 0);
        settle_and_replace();
        assert_int_equal(number("SELECT count(*) FROM sso_link WHERE subject = 'then'"), 0);
        assert_int_equal(number("SELECT count(*) FROM sso_link WHERE subject = 'now'"), 1);
        assert_int_equal(number("SELECT count(*) FROM sso_provider"), 1);
}

static void add_record(const char *action)
{
        struct store_audit_record record = { .time = NOW, .action = str_of(action), .object = STR(""),
                                             .address = STR(""), .detail = STR("") };

        assert_int_equal(store_audit_add(store, &record, NULL), 0);
}

static void the_log_of_what_was_done_keeps_todays_records(void **state)
{
        struct store_audit_head head;
        int64_t broken = 0;

        (void)state;
        add_record("one");
        take_copy();
        add_record("two");
        add_record("three");
        settle_and_replace();
        assert_int_equal(store_audit_verify(store, &head, &broken, NULL), 0);
        assert_int_equal(head.seq, 3);
}

static void every_table_has_a_fate(void **state)
{
        struct store_content content;

        (void)state;
        assert_int_equal(store_content_hash(store, arena, &content, NULL), 0);
        for (size_t i = 0; i < content.ntables; i++)
                if (!store_settle_knows(content.tables[i].name))
                        fail_msg("say in src/lib/store/sqlite_settle.c what becomes of the table '%.*s' when a "
                                 "backup is restored", STR_ARG(content.tables[i].name));
}

static void in_another_portal_nobody_may_log_in(void **state)
{
        (void)state;
        add_active("admin@example.org", ROLE_ADMINISTRATOR);
        add_invited("guest@example.org", ROLE_WRITER);
        take_copy();
        struct store *copy CLEANUP_STORE = open_copy();
        int64_t n = -1;

        assert_int_equal(store_lock_out(copy, NULL), 0);
        assert_int_equal(sqlite_db_int(copy->db, "SELECT count(*) FROM person WHERE state <> 2", &n, NULL), 0);
        assert_int_equal(n, 0);
        assert_int_equal(store_verify(copy, NULL), 0);
}

static void in_the_place_of_a_damaged_one_no_old_proof_of_anybody_counts(void **state)
{
        static const char *const none[] = {
                "SELECT count(*) FROM person WHERE state <> 2",
                "SELECT count(*) FROM person WHERE password <> '' OR totp_secret <> x''",
                "SELECT count(*) FROM passkey",
                "SELECT count(*) FROM recovery_code",
                "SELECT count(*) FROM session",
        };

        (void)state;
        int64_t n = -1;

        add_active("admin@example.org", ROLE_ADMINISTRATOR);
        take_copy();
        struct store *copy CLEANUP_STORE = open_copy();

        assert_int_equal(sqlite_db_int(copy->db, "SELECT count(*) FROM person WHERE password <> ''", &n, NULL),
                         0);
        assert_int_equal(n, 1);
        assert_int_equal(store_lock_out_bare(copy, NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(none); i++) {
                assert_int_equal(sqlite_db_int(copy->db, none[i], &n, NULL), 0);
                assert_int_equal(n, 0);
        }
        assert_int_equal(store_verify(copy, NULL), 0);
}

/* Nothing newer is known: people are who they were, and what opens without asking who somebody is, is void. */
static void of_a_lost_host_people_come_back_and_what_opens_by_itself_does_not(void **state)
{
        static const char make[] =
                "INSERT INTO session(token, person, epoch, created, seen, idle, ends, until, second_factor, elevated,"
                " address, agent) SELECT x'01', min(id), 0, 1, 1, 9, 9, 9, 0, 0, '', '' FROM person;"
                "INSERT INTO api_token(token, person, name, scopes, created, expires, used_day)"
                " SELECT x'02', min(id), 'kept', 1, 1, 9, 0 FROM person";
        static const struct {
                const char *ask;
                int64_t answer;
        } wanted[] = {
                { "SELECT count(*) FROM person WHERE state = 1 AND password <> ''", 1 },
                { "SELECT count(*) FROM person WHERE state = 0", 1 },
                { "SELECT count(*) FROM person WHERE epoch > 0", 2 },
                { "SELECT count(*) FROM session", 0 }, { "SELECT count(*) FROM one_time", 0 },
                { "SELECT count(*) FROM api_token", 0 }, { "SELECT count(*) FROM share_link WHERE revoked = 0", 0 },
                { "SELECT count(*) FROM meta WHERE key NOT LIKE 'site.%'", 0 },
        };

        (void)state;
        int64_t admin = add_active("admin@example.org", ROLE_ADMINISTRATOR);

        add_invited("guest@example.org", ROLE_WRITER);
        assert_int_equal(store_password_set(store, admin, STR("$argon2id$v=19$x"), NULL), 0);
        assert_int_equal(sqlite_db_exec(store->db, make, NULL), 0);
        take_copy();
        struct store *copy CLEANUP_STORE = open_copy();

        assert_int_equal(store_give_back(copy, NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
                int64_t n = -1;

                assert_int_equal(sqlite_db_int(copy->db, wanted[i].ask, &n, NULL), 0);
                if (n != wanted[i].answer)
                        fail_msg("%s: %lld", wanted[i].ask, (long long)n);
        }
        assert_int_equal(store_verify(copy, NULL), 0);
}

/* ---- killed on the way ---- */

/* The child puts the copy back and is killed somewhere; whatever is left is one of the two, whole. */
static void whoever_is_killed_while_putting_it_back_leaves_the_old_or_the_new(void **state)
{
        unsigned old = 0, fresh = 0;

        (void)state;
        for (int i = 0; i < 400; i++) {
                char login[40];

                snprintf(login, sizeof login, "p%d@example.org", i);
                add_active(login, ROLE_ADMINISTRATOR);
        }
        put_meta("yesterday");
        take_copy();
        assert_int_equal(store_commit(store, NULL), 0);
        for (unsigned step = 0; step < 60; step++) {
                const struct store_options options = { .busy_ms = 5000 };

                assert_int_equal(store_begin(store, NULL), 0);
                put_meta("today");
                assert_int_equal(store_commit(store, NULL), 0);
                store_close(&store);
                pid_t child = fork();

                if (child == 0) {
                        struct store *live = NULL, *copy = open_copy();

                        if (store_open(folder, &options, &live, NULL) == 0 &&
                            store_replace(live, copy, NULL) == 0)
                                _exit(0);
                        _exit(1);
                }
                usleep(step * 400);
                kill(child, SIGKILL);
                assert_int_equal(waitpid(child, NULL, 0), child);
                assert_int_equal(store_open(folder, &options, &store, NULL), 0);
                assert_int_equal(store_verify(store, NULL), 0);
                assert_true(meta_is(store, "today") || meta_is(store, "yesterday"));
                old += meta_is(store, "today");
                fresh += meta_is(store, "yesterday");
        }
        assert_true(old > 0 && fresh > 0);
        assert_int_equal(store_begin(store, NULL), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_older_copy_is_read_without_being_changed),
                TEST(content_comes_back_and_accounts_stay_todays),
                TEST(sessions_end_and_a_revoked_token_stays_revoked),
                TEST(providers_of_sign_on_stay_todays),
                TEST(the_log_of_what_was_done_keeps_todays_records),
                TEST(every_table_has_a_fate),
                TEST(in_another_portal_nobody_may_log_in),
                TEST(in_the_place_of_a_damaged_one_no_old_proof_of_anybody_counts),
                TEST(of_a_lost_host_people_come_back_and_what_opens_by_itself_does_not),
                TEST(whoever_is_killed_while_putting_it_back_leaves_the_old_or_the_new),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
