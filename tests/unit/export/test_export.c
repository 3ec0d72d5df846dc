/*
 * test_export.c -- whatever a portal holds goes out and comes back equal; and nothing else comes in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <sqlite3.h>
#include <unistd.h>

#include "exchange/exchange.h"
#include "store/inside.h"
#include "filled.h"

enum { LARGE = 100 * 1024 * 1024 };

/* ---- out and in ---- */

static const char *archive_path(void)
{
        return arena_printf(arena, "%s/export.zip", folder);
}

static struct export_done write_to(const char *path, struct export_options options)
{
        int fd CLEANUP_FD = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        struct export_done done = { .rows = 0 };

        assert_true(fd >= 0);
        options.now = NOW + 10;
        OK(export_write(store, fd, &options, &done, err));
        assert_int_equal(lseek(fd, 0, SEEK_END), (off_t)done.bytes);
        return done;
}

static int take_from(const char *path, struct export_taken *out, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);

        assert_true(fd >= 0);
        return export_take(fd, NULL, NULL, out, err);
}

static struct store_content content_here(void)
{
        struct store_content content;

        OK(store_content_hash(store, arena, &content, err));
        return content;
}

static bool is_there(const char *path)
{
        return access(path, F_OK) == 0;
}

static void everything_comes_back_equal_with_credentials(void **state)
{
        struct export_taken taken = { .rows = 0 };
        struct store_content before, after;

        (void)state;
        fill(LARGE);
        before = content_here();
        struct export_done done = write_to(archive_path(), (struct export_options){ .credentials = true });

        assert_int_equal(done.projects, 2);
        assert_int_equal(done.topics, 5);
        assert_int_equal(done.revisions, 6);
        assert_int_equal(done.files, 7);
        assert_int_equal(done.publications, 1);
        assert_false(is_there(EXPORT_FOLDER));
        enter("b");
        OK(take_from(archive_path(), &taken, err));
        assert_false(is_there(EXPORT_FOLDER));
        assert_true(taken.credentials);
        open_here(false);
        after = content_here();
        assert_memory_equal(&before.hash, &after.hash, sizeof after.hash);
        assert_memory_equal(&before.hash, &done.content, sizeof after.hash);
        assert_memory_equal(&before.hash, &taken.content, sizeof after.hash);
        OK(store_verify(store, err));
}

static bool holds(const char *path, const char *needle)
{
        struct buf bytes CLEANUP_BUF = { 0 };

        OK(fd_slurp(AT_FDCWD, path, 64 << 20, &bytes, err));
        return memmem(bytes.p, bytes.n, needle, strlen(needle)) != NULL;
}

static void without_credentials_nothing_is_left_to_log_in_with(void **state)
{
        static const char *const secrets[] = { "argon2id", "totp-secret-bytes", "the-key-of-forms",
                                               "the-client-secret" };
        struct export_taken taken = { .rows = 0 };
        struct store_content content;
        struct store_person person;

        (void)state;
        fill(1000);
        for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
                assert_true(holds("portal.db-wal", secrets[i]) || holds("portal.db", secrets[i]));
        write_to(archive_path(), (struct export_options){ .portal = STR("acme") });
        enter("b");
        OK(take_from(archive_path(), &taken, err));
        assert_false(taken.credentials);
        for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
                assert_false(holds("portal.db", secrets[i]));
                assert_false(holds(archive_path(), secrets[i]));
        }
        open_here(false);
        content = content_here();
        assert_memory_equal(&content.hash, &taken.content, sizeof content.hash);
        OK(store_person_find(store, 1, arena, &person, err));
        assert_true(str_is(person.login, "anna@example.com"));
        assert_false(person.has_password || person.has_totp);
}

/* The tables that hold what anybody made are the same whether credentials went along or not. */
static void what_is_no_secret_is_the_same_table_by_table(void **state)
{
        static const char *const changed[] = { "person", "recovery_code", "known_browser", "meta",
                                               "sso_provider" };
        struct export_taken taken;
        struct store_content before, after;

        (void)state;
        fill(1000);
        before = content_here();
        write_to(archive_path(), (struct export_options){ .now = 0 });
        enter("b");
        OK(take_from(archive_path(), &taken, err));
        open_here(false);
        after = content_here();
        assert_int_equal(before.ntables, after.ntables);
        for (size_t i = 0; i < before.ntables; i++) {
                bool secret = false;

                for (size_t j = 0; j < ARRAY_LEN(changed); j++)
                        secret |= str_is(before.tables[i].name, changed[j]);
                if (secret == (memcmp(&before.tables[i].digest, &after.tables[i].digest, DIGEST_LEN) == 0))
                        fail_msg("%.*s", STR_ARG(before.tables[i].name));
        }
}

static void every_table_has_a_fate(void **state)
{
        struct store_content content = content_here();

        (void)state;
        for (size_t i = 0; i < content.ntables; i++)
                if (!store_strip_knows(content.tables[i].name))
                        fail_msg("say in src/lib/store/strip.c what of the table '%.*s' may leave with an export",
                                 STR_ARG(content.tables[i].name));
}

/* ---- what is in the archive ---- */

static struct str entry_of(const char *path, const char *name)
{
        struct archive *a = archive_read_new();
        struct archive_entry *e;
        struct str found = { 0 };

        assert_int_equal(archive_read_support_format_zip(a), ARCHIVE_OK);
        assert_int_equal(archive_read_open_filename(a, path, 65536), ARCHIVE_OK);
        while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
                const char *at = archive_entry_pathname_utf8(e);

                if (at == NULL || strcmp(at, name) != 0)
                        continue;
                char *p = arena_alloc(arena, 1 << 20);
                la_ssize_t n = archive_read_data(a, p, 1 << 20);

                assert_true(n >= 0);
                found = str_make(p, (size_t)n);
        }
        archive_read_free(a);
        if (found.p == NULL)
                fail_msg("no %s", name);
        return found;
}

static void has(const char *name, const char *needle)
{
        struct str text = entry_of(archive_path(), name);

        if (str_find_str(text, str_of(needle)) < 0)
                fail_msg("%s lacks %s:\n%.*s", name, needle, STR_ARG(text));
}

static void each_part_can_be_read_without_carrel(void **state)
{
        (void)state;
        fill(1000);
        write_to(archive_path(), (struct export_options){ .portal = STR("acme") });
        has("README.txt", "Portal: acme");
        has("README.txt", "Nobody can log in");
        assert_int_equal(entry_of(archive_path(), "projects/guide/start/one.md").n, 13);
        has("projects/guide/topic-1.md", "slug: \"/start/one\"\n");
        has("projects/guide/topic-1.md", "tags:\n  - a\nx: 1\n---\n# Hello\n\nnew text\n");
        has("projects/guide/two.md", "title: \"Two: \\\"quoted\\\"\\nand a line\"\n");
        has("projects/guide/SUMMARY.md", "- A heading \\- only\n    - [Outside](<https://example.com/a?b=c>)\n");
        has("projects/guide/_files/file-5", "");
        has("projects/rtl/שלום עולם.md", "טקסט בעברית");
        has("projects/rtl/SUMMARY.md", "- [שלום](%D7%A9%D7%9C%D7%95%D7%9D%20");
        has("projects/guide.json", "\"licence\": \"CC-BY-4.0\"");
        has("projects/guide.json", "\"path\": \"img/line\\nbreak.png\"");
        has("projects/guide.revisions.jsonl", "\"author\":\"Ben\"");
        has("publications/guide.json", "\"revision\": 1");
        has("publications/guide.json", "\"visibility\": \"restricted\"");
        has("people.json", "\"email\": \"rut@example.com\"");
        has("access.json", "\"group\": \"staff\"");
        has("portal.json", "\"site.title\": \"Acme\"");
        has("audit.jsonl", "\"hash\":\"");
        has("MANIFEST.json", "\"content_hash\"");
}

static void one_project_goes_alone(void **state)
{
        struct export_taken taken;
        struct err err;

        (void)state;
        fill(1000);
        struct export_done done = write_to(archive_path(), (struct export_options){ .project = STR("rtl") });

        assert_int_equal(done.projects, 1);
        assert_int_equal(done.publications, 0);
        has("README.txt", "one project");
        assert_int_equal(export_write(store, -1, &(struct export_options){ .project = STR("none") },
                                      &done, &err), ERR_NOT_FOUND);
        enter("b");
        assert_int_equal(take_from(archive_path(), &taken, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "one project"));
        assert_false(is_there("portal.db"));
}

/* ---- what is not as it was written ---- */

static size_t load(char **out)
{
        struct buf bytes CLEANUP_BUF = { 0 };
        size_t n;

        OK(fd_slurp(AT_FDCWD, archive_path(), 64 << 20, &bytes, err));
        n = bytes.n;
        *out = arena_alloc(arena, n + 64);
        memcpy(*out, bytes.p, n);
        return n;
}

static void save(const char *p, size_t n)
{
        int fd CLEANUP_FD = open("changed.zip", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        OK(fd_write_all(fd, p, n, err));
}

/* Refused, and nothing is there; or what was changed is nothing that counts, and all of it is there. */
static bool is_refused(const struct digest *content)
{
        struct export_taken taken = { .rows = 0 };
        struct err err = { 0 };

        if (take_from("changed.zip", &taken, &err) < 0) {
                assert_false(is_there("portal.db"));
                assert_true(err.text[0] != '\0');
                return true;
        }
        assert_memory_equal(&taken.content, content, sizeof *content);
        assert_int_equal(unlink("portal.db"), 0);
        return false;
}

static void no_changed_byte_comes_in(void **state)
{
        unsigned refused = 0;
        char *bytes;

        (void)state;
        fill(1000);
        struct export_done done = write_to(archive_path(), (struct export_options){ .now = 0 });
        size_t n = load(&bytes);

        enter("b");
        for (size_t i = 0; i < 150; i++) {
                size_t at = (i * 7919 + i * i * 31) % n;

                bytes[at] ^= (char)(1 << i % 8);
                save(bytes, n);
                refused += is_refused(&done.content);
                bytes[at] ^= (char)(1 << i % 8);
        }
        assert_true(refused > 140);
}

static void no_cut_archive_comes_in(void **state)
{
        char *bytes;

        (void)state;
        fill(1000);
        struct export_done done = write_to(archive_path(), (struct export_options){ .now = 0 });
        size_t n = load(&bytes);

        enter("b");
        for (size_t i = 0; i < 40; i++) {
                save(bytes, i < 20 ? n * i / 20 : n - 1 - (i - 20) * 3);
                assert_true(is_refused(&done.content));
        }
        save("PK", 2);
        assert_true(is_refused(&done.content));
}

static void what_is_there_is_not_replaced(void **state)
{
        struct export_taken taken;
        struct store_content before, after;
        struct err err;

        (void)state;
        fill(1000);
        write_to(archive_path(), (struct export_options){ .now = 0 });
        before = content_here();
        store_close(&store);
        assert_int_equal(take_from(archive_path(), &taken, &err), ERR_EXISTS);
        open_here(false);
        after = content_here();
        assert_memory_equal(&before.hash, &after.hash, sizeof after.hash);
}

/* Tables that nobody's release made, in a file whose manifest is right about its rows. */
static void a_database_with_other_tables_does_not_come_in(void **state)
{
        static const char *const changes[] = {
                "DROP INDEX topic_by_source", "CREATE TABLE more(a)", "CREATE INDEX more ON person(name)",
                "CREATE TRIGGER t AFTER INSERT ON person BEGIN SELECT 1; END", "CREATE VIEW v AS SELECT 1",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
                struct export_taken taken;
                sqlite3 *db = NULL;
                struct err err;

                enter(arena_printf(arena, "c%zu", i));
                open_here(true);
                store_close(&store);
                assert_int_equal(sqlite3_open("portal.db", &db), SQLITE_OK);
                assert_int_equal(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_OK);
                sqlite3_close(db);
                const struct store_options options = { .busy_ms = 0 };

                if (store_open(".", &options, &store, NULL) < 0)
                        continue;       /* not even a portal */
                /* With credentials: otherwise a table nobody knows is only emptied. */
                write_to(archive_path(), (struct export_options){ .credentials = true });
                enter(arena_printf(arena, "d%zu", i));
                assert_int_equal(take_from(archive_path(), &taken, &err), ERR_CORRUPT);
                assert_false(is_there("portal.db"));
        }
}

static void one_at_a_time_and_what_was_killed_is_swept(void **state)
{
        int fd CLEANUP_FD = -1;

        (void)state;
        assert_int_equal(mkdir(EXPORT_FOLDER, 0700), 0);
        fd = open(EXPORT_FOLDER "/portal.db-wal", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        export_tidy();
        assert_false(is_there(EXPORT_FOLDER));
        export_tidy();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(everything_comes_back_equal_with_credentials),
                TEST(without_credentials_nothing_is_left_to_log_in_with),
                TEST(what_is_no_secret_is_the_same_table_by_table),
                TEST(every_table_has_a_fate),
                TEST(each_part_can_be_read_without_carrel),
                TEST(one_project_goes_alone),
                TEST(no_changed_byte_comes_in),
                TEST(no_cut_archive_comes_in),
                TEST(what_is_there_is_not_replaced),
                TEST(a_database_with_other_tables_does_not_come_in),
                TEST(one_at_a_time_and_what_was_killed_is_swept),
        };

        assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));        /* libarchive turns names into it */
        return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
