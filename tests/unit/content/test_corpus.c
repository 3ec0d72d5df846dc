/*
 * test_corpus.c -- two manuals that people read, whole: The Rust Programming Language (mdBook) and
 * MkDocs' own. Skips, and says so, where the corpus folder is absent (CARREL_CORPUS names another).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../exchange/archives.h"
#include "../store/folder.h"
#include "base/fd.h"
#include "content/content.h"
#include "exchange/pack.h"
#include "store/read.h"

static char folder[FOLDER_MAX];
static struct store *store;
static struct manual *manual;
static size_t missing_includes, broken_links, broken_outside;

static const char *corpus(void)
{
        const char *named = getenv("CARREL_CORPUS");

        return named != NULL ? named : CORPUS_DIR;
}

static void no_skips(void *ctx, struct str path, const char *why)
{
        (void)ctx;
        fail_msg("%.*s was left out: %s", STR_ARG(path), why);
}

static void count(void *ctx, enum manual_severity severity, struct str file, unsigned line,
                  struct str text)
{
        (void)ctx;
        (void)file;
        (void)severity;
        if (str_find_str(text, STR("to include")) >= 0) {
                assert_true(line > 0);
                missing_includes++;
        }
        if (str_find_str(text, STR("leads to nothing")) >= 0 ||
            str_find_str(text, STR("no such image")) >= 0) {
                /*
                 * Links to the standard library's own manuals, which lie beside the book elsewhere.
                 */
                bool outside = str_find_str(text, STR("'../std/")) >= 0 ||
                               str_find_str(text, STR("'../reference/")) >= 0 ||
                               str_find_str(text, STR("'../nomicon/")) >= 0 ||
                               str_find_str(text, STR("'../unstable-book/")) >= 0;

                broken_outside += outside;
                broken_links += !outside;
        }
}

/* Import and publish corpus/name; false (after skip()) when it is not there. */
static void take(const char *name)
{
        static const struct store_options options = { .create = true };
        struct content_report report = { count, NULL };
        struct content_import_options import = { .author = STR("test") };
        struct content_publish_options how = { .visibility = STORE_PUBLIC };
        struct content_imported imported;
        struct content_published published;
        char path[4096];
        struct err err;
        int fd CLEANUP_FD = memfd_create("corpus", MFD_CLOEXEC);

        snprintf(path, sizeof path, "%s/%s", corpus(), name);
        if (access(path, R_OK) < 0) {
                print_message("%s is not here: skipped\n", path);
                skip();
        }
        int dir CLEANUP_FD = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (pack_folder(path, fd, &exchange_defaults, no_skips, NULL, &err) < 0 ||
            store_open(folder, &options, &store, &err) < 0 ||
            exchange_read(fd, dir, &exchange_defaults, &manual, &err) < 0 ||
            content_import(store, STR("m"), &import, manual, &report, &imported, &err) < 0)
                fail_msg("%s", err.text);
        report.fn = count;
        if (content_publish(store, STR("m"), &how, NULL, &published, &err) < 0)
                fail_msg("%s", err.text);
        assert_int_equal(published.pages, manual->ntopics);
}

static int setup(void **state)
{
        (void)state;
        folder_make(folder);
        missing_includes = broken_links = broken_outside = 0;
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        manual_free(&manual);
        store_close(&store);
        folder_drop(folder);
        return 0;
}

/* The (targets) of a file's links in their order, as slugs. */
static size_t targets_of(const char *file, struct str *out, size_t max, struct arena *arena)
{
        struct buf text CLEANUP_BUF = { 0 };
        char path[4096];
        size_t n = 0;

        snprintf(path, sizeof path, "%s/%s", corpus(), file);
        assert_int_equal(fd_slurp(AT_FDCWD, path, 1 << 20, &text, NULL), 0);
        for (struct str rest = buf_str(&text); rest.n > 0 && n < max;) {
                ptrdiff_t at = str_find_str(rest, STR("]("));

                if (at < 0)
                        break;
                rest = str_make(rest.p + at + 2, rest.n - (size_t)at - 2);
                struct str target = str_cut(&rest, ')');

                if (str_ends(target, STR(".md")))
                        out[n++] = arena_str(arena, str_make(target.p, target.n - 3));
        }
        return n;
}

static void the_rust_book_is_whole_and_says_what_was_not_there(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str order[200];
        size_t n, at = 0;

        (void)state;
        take("rust-book");
        n = targets_of("rust-book/src/SUMMARY.md", order, ARRAY_LEN(order), arena);
        assert_int_equal(n, manual->ntopics);
        for (size_t i = 0; i < manual->nnodes; i++) {
                if (manual->nodes[i].topic == NULL)
                        continue;
                assert_true(at < n);
                assert_true(str_eq(manual->nodes[i].topic->slug, order[at]));
                at++;
        }
        assert_int_equal(at, n);
        assert_true(str_is(manual->title, "The Rust Programming Language"));
        /* The listings are not in the corpus: 153 {{#include}} and 554 {{#rustdoc_include}}. */
        assert_int_equal(missing_includes, 707);
        assert_int_equal(broken_links, 0);
        assert_true(broken_outside > 0);
        struct store_page page;

        assert_int_equal(store_page_find(store, &reader_anonymous, STR("m"),
                                         STR("ch04-01-what-is-ownership"), 0, arena, &page, NULL),
                         0);
        assert_true(str_find_str(page.body, STR("/files/m/img/trpl04-01.svg")) > 0);
        assert_true(str_find_str(page.body, STR("{{#rustdoc_include")) > 0);
        assert_true(str_find_str(page.body, STR("Listing 4-1")) > 0);
}

static void the_mkdocs_manual_is_whole_and_in_order(void **state)
{
        static const char *const order[] = {
                "index", "getting-started", "user-guide", "user-guide/installation",
                "user-guide/writing-your-docs", "user-guide/choosing-your-theme",
                "user-guide/customizing-your-theme", "user-guide/localizing-your-theme",
                "user-guide/configuration", "user-guide/cli", "user-guide/deploying-your-docs",
                "dev-guide", "dev-guide/themes", "dev-guide/translations", "dev-guide/plugins",
                "dev-guide/api", "about/release-notes", "about/contributing", "about/license",
        };
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_page page;
        struct str to;
        size_t at = 0;

        (void)state;
        take("mkdocs");
        assert_int_equal(manual->ntopics, ARRAY_LEN(order));
        for (size_t i = 0; i < manual->nnodes; i++) {
                if (manual->nodes[i].topic == NULL)
                        continue;
                assert_true(str_is(manual->nodes[i].topic->slug, order[at]));
                at++;
        }
        assert_int_equal(at, ARRAY_LEN(order));
        /* One image is named in an example and is not in the corpus. */
        assert_int_equal(broken_links, 1);
        assert_int_equal(store_page_find(store, &reader_anonymous, STR("m"),
                                         STR("user-guide/writing-your-docs"), 0, arena, &page,
                                         NULL),
                         0);
        assert_true(str_find_str(page.body, STR("href=\"/docs/m/user-guide/configuration#")) > 0);
        assert_int_equal(store_redirect_find(store, &reader_anonymous, STR("m"),
                                             STR("user-guide/custom-themes"), arena, &to, NULL), 0);
        assert_true(str_is(to, "dev-guide/themes"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(the_rust_book_is_whole_and_says_what_was_not_there),
                TEST(the_mkdocs_manual_is_whole_and_in_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
