/*
 * test_bring_back.c -- a project or a topic comes back out of a copy, and nothing of today's is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../exchange/archives.h"
#include "../store/folder.h"
#include "base/fd.h"
#include "content/bring_back.h"
#include "content/content.h"
#include "store/audit.h"
#include "store/blob.h"
#include "store/content_hash.h"
#include "store/project.h"
#include "store/snapshot.h"

static char folder[FOLDER_MAX], copy_folder[FOLDER_MAX + 16];
static struct store *store, *copy;
static struct arena *arena;

static int setup(void **state)
{
        static const struct store_options options = { .create = true, .busy_ms = 5000 };

        (void)state;
        folder_make(folder);
        arena = arena_new(0);
        return store_open(folder, &options, &store, NULL);
}

static int teardown(void **state)
{
        (void)state;
        store_close(&copy);
        store_close(&store);
        arena_free(&arena);
        folder_drop(folder);
        return 0;
}

static void import_from(int fd)
{
        struct manual *manual CLEANUP_MANUAL = NULL;
        int dir CLEANUP_FD = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct content_import_options options = { .author = STR("ann") };
        struct content_imported out = { 0 };
        struct err err;

        if (exchange_read(fd, dir, &exchange_defaults, &manual, &err) < 0 ||
            content_import(store, STR("p"), &options, manual, NULL, &out, &err) < 0)
                fail_msg("%s", err.text);
        close(fd);
}

#define IMPORT(...) import_from(ARCHIVE(true, __VA_ARGS__))

static void take_copy(void)
{
        struct err err;

        snprintf(copy_folder, sizeof copy_folder, "%s/copy", folder);
        assert_int_equal(mkdir(copy_folder, 0700), 0);
        if (store_snapshot(store, copy_folder, NULL, NULL, &err) < 0 ||
            store_open(copy_folder, &(struct store_options){ .busy_ms = 2000 }, &copy, &err) < 0)
                fail_msg("%s", err.text);
}

static struct content_brought bring(const char *topic)
{
        const struct content_bring_options options = { .project = STR("p"), .topic = str_of(topic),
                                                       .backup = 12 };
        struct content_brought out = { 0 };
        struct err err;

        if (content_bring_back(store, copy, &options, &out, &err) < 0)
                fail_msg("%s", err.text);
        assert_int_equal(store_verify(store, NULL), 0);
        return out;
}

static int64_t project(void)
{
        struct store_project p;

        assert_int_equal(store_project_find(store, STR("p"), arena, &p, NULL), 0);
        return p.id;
}

static struct store_topic topic_of(const char *slug)
{
        struct store_topic t;

        assert_int_equal(store_topic_find(store, project(), str_of(slug), arena, &t, NULL), 0);
        return t;
}

static bool source_is(const char *slug, int64_t revision, const char *text)
{
        struct buf source CLEANUP_BUF = { 0 };
        int64_t created;

        assert_int_equal(store_revision_read(store, topic_of(slug).id, revision, &source, &created, NULL), 0);
        return str_is(buf_str(&source), text);
}

/* "index b, c": what stands in the contents, in order. */
static const char *contents(void)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct store_toc *toc;
        size_t n;

        assert_int_equal(store_toc_list(store, project(), arena, &toc, &n, NULL), 0);
        for (size_t i = 0; i < n; i++)
                buf_printf(&text, "%u:%.*s ", toc[i].depth, STR_ARG(toc[i].title));
        return arena_printf(arena, "%s", buf_cstr(&text));
}

static const char *files(void)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct store_project_file *list;
        size_t n;

        assert_int_equal(store_project_file_list(store, project(), arena, &list, &n, NULL), 0);
        for (size_t i = 0; i < n; i++) {
                struct buf bytes CLEANUP_BUF = { 0 };

                assert_int_equal(store_blob_head(store, list[i].blob, 20, &bytes, NULL), 0);
                buf_printf(&text, "%.*s=%s ", STR_ARG(list[i].path), buf_cstr(&bytes));
        }
        return arena_printf(arena, "%s", buf_cstr(&text));
}

static void a_project_comes_back_and_todays_texts_are_the_revisions_before(void **state)
{
        (void)state;
        IMPORT({ "index.md", "# A\n\n[x](i/x.csv) [y](y.csv)\n" }, { "b.md", "# B\n" }, { "c.md", "# C\n" },
               { "i/x.csv", "then" }, { "y.csv", "same" });
        take_copy();
        IMPORT({ "index.md", "# A\n\nworse [x](i/x.csv) [y](y.csv)\n" }, { "b.md", "# B\n" },
               { "d.md", "# D\n" }, { "i/x.csv", "today" }, { "y.csv", "same" });
        struct content_brought n = bring("");

        assert_int_equal(n.added, 0);
        assert_int_equal(n.changed, 1);
        assert_int_equal(n.same, 2);
        assert_int_equal(n.listed, 1);          /* c */
        assert_int_equal(n.files, 1);
        assert_int_equal(n.kept, 1);
        assert_int_equal(topic_of("index").revision, 3);
        assert_true(source_is("index", 2, "# A\n\nworse [x](i/x.csv) [y](y.csv)\n"));
        assert_true(source_is("index", 3, "# A\n\n[x](i/x.csv) [y](y.csv)\n"));
        assert_int_equal(topic_of("b").revision, 1);
        assert_non_null(strstr(contents(), "C"));
        assert_non_null(strstr(contents(), "0:D"));
        assert_non_null(strstr(files(), "i/before-restore-"));
        assert_non_null(strstr(files(), "-x.csv=today "));
        assert_non_null(strstr(files(), "i/x.csv=then "));
        /* Again: there is nothing left to do. */
        n = bring("");
        assert_int_equal(n.added + n.changed + n.listed + n.files + n.kept, 0);
        assert_int_equal(n.same, 3);
        assert_int_equal(topic_of("index").revision, 3);
}

static void one_topic_comes_back_and_nothing_else_changes(void **state)
{
        struct store_audit_record *rows;
        size_t nrows;

        (void)state;
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n\n[x](i/x.csv)\n" }, { "i/x.csv", "then" },
               { "other.csv", "then" });
        take_copy();
        IMPORT({ "index.md", "# A\n\ntoday\n" });
        struct content_brought n = bring("b");

        assert_int_equal(n.added + n.changed, 0);
        assert_int_equal(n.same, 1);
        assert_int_equal(n.listed, 1);
        assert_int_equal(n.files, 1);
        assert_string_equal(contents(), "0:A 0:B ");
        assert_string_equal(files(), "i/x.csv=then ");
        assert_int_equal(topic_of("index").revision, 2);
        assert_int_equal(store_audit_list_back(store, 0, 1, arena, &rows, &nrows, NULL), 0);
        assert_int_equal(nrows, 1);
        assert_true(str_is(rows[0].action, "project.restored"));
        assert_true(str_is(rows[0].object, "project/p"));
        assert_true(str_starts(rows[0].detail, STR("{\"backup\":12,\"topic\":\"b\"")));
}

static void a_topic_that_has_moved_since_gets_the_revision_at_its_new_address(void **state)
{
        (void)state;
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n" });
        take_copy();
        struct store_topic b = topic_of("b");
        const struct store_redirect moved = { STR("b"), STR("beta") };

        assert_int_equal(store_begin(store, NULL), 0);
        b.slug = STR("beta");
        assert_int_equal(store_topic_describe(store, &b, NULL), 0);
        assert_int_equal(store_topic_revise(store, b.id, STR("# Beta\n"), STR("ann"), STR(""), 1, NULL), 0);
        assert_int_equal(store_project_redirect_put(store, project(), &moved, NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(bring("b").changed, 1);
        assert_int_equal(topic_of("beta").revision, 3);
        assert_true(source_is("beta", 3, "# B\n"));
}

/* Into a portal that never had it. */
static void a_project_that_is_gone_comes_back_with_its_history_and_its_files(void **state)
{
        static const struct store_options options = { .create = true, .busy_ms = 5000 };
        char other[FOLDER_MAX + 16];

        (void)state;
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n" }, { "y.csv", "then" });
        IMPORT({ "index.md", "# A\n\nsecond\n" }, { "b.md", "# B\n" }, { "y.csv", "then" });
        take_copy();
        snprintf(other, sizeof other, "%s/other", folder);
        assert_int_equal(mkdir(other, 0700), 0);
        store_close(&store);
        assert_int_equal(store_open(other, &options, &store, NULL), 0);
        struct content_brought n = bring("");

        assert_int_equal(n.added, 2);
        assert_int_equal(n.files, 1);
        assert_int_equal(topic_of("index").revision, 2);
        assert_true(source_is("index", 1, "# A\n"));
        assert_true(source_is("index", 2, "# A\n\nsecond\n"));
        assert_string_equal(files(), "y.csv=then ");
        assert_int_equal(bring("").same, 2);
}

static void what_the_copy_does_not_have_is_refused_and_changes_nothing(void **state)
{
        struct content_bring_options options = { .project = STR("q") };
        struct content_brought out = { .added = 7 };
        struct store_content before, after;
        struct err err;

        (void)state;
        IMPORT({ "index.md", "# A\n" });
        take_copy();
        assert_int_equal(store_content_hash(store, arena, &before, NULL), 0);
        assert_int_equal(content_bring_back(store, copy, &options, &out, &err), ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, "the backup has no project 'q'"));
        options = (struct content_bring_options){ .project = STR("p"), .topic = STR("nowhere") };
        assert_int_equal(content_bring_back(store, copy, &options, &out, &err), ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, "has no topic 'nowhere'"));
        assert_int_equal(store_content_hash(store, arena, &after, NULL), 0);
        assert_memory_equal(&before.hash, &after.hash, DIGEST_LEN);
        assert_int_equal(out.added, 7);
}

/* Whoever is killed in it leaves all of it or nothing of it. */
static void a_kill_leaves_old_or_new(void **state)
{
        unsigned seen[2] = { 0 };

        (void)state;
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n" }, { "y.csv", "then" });
        take_copy();
        IMPORT({ "index.md", "# A\n\ntoday\n" }, { "b.md", "# B\n\ntoday\n" }, { "y.csv", "today" });
        store_close(&copy);
        store_close(&store);
        for (int i = 0; i < 24; i++) {
                const struct timespec pause = { .tv_nsec = i * 400000L };
                static const struct store_options options = { .busy_ms = 5000 };
                pid_t child = fork();

                if (child == 0) {
                        if (store_open(folder, &options, &store, NULL) < 0 ||
                            store_open(copy_folder, &options, &copy, NULL) < 0)
                                _exit(1);
                        raise(SIGSTOP);
                        bring("");
                        _exit(0);
                }
                int status;

                assert_int_equal(waitpid(child, &status, WUNTRACED), child);
                assert_true(WIFSTOPPED(status));
                if (i > 0)              /* the first is killed before it begins, however busy the machine is */
                        kill(child, SIGCONT);
                nanosleep(&pause, NULL);
                kill(child, SIGKILL);
                waitpid(child, NULL, 0);
                assert_int_equal(store_open(folder, &options, &store, NULL), 0);
                bool is_new = topic_of("index").revision == 3;

                assert_true(source_is("index", is_new ? 3 : 2, is_new ? "# A\n" : "# A\n\ntoday\n"));
                assert_true(source_is("b", is_new ? 3 : 2, is_new ? "# B\n" : "# B\n\ntoday\n"));
                assert_int_equal(strstr(files(), "y.csv=then ") != NULL, is_new);
                seen[is_new]++;
                store_close(&store);
        }
        assert_true(seen[0] > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_project_comes_back_and_todays_texts_are_the_revisions_before),
                TEST(one_topic_comes_back_and_nothing_else_changes),
                TEST(a_topic_that_has_moved_since_gets_the_revision_at_its_new_address),
                TEST(a_project_that_is_gone_comes_back_with_its_history_and_its_files),
                TEST(what_the_copy_does_not_have_is_refused_and_changes_nothing),
                TEST(a_kill_leaves_old_or_new),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
