/*
 * test_content.c -- an import changes what changed and loses nothing; a publication is whole,
 * linked and ready to send; a killed job leaves what was there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "../exchange/archives.h"
#include "../store/folder.h"
#include "base/fd.h"
#include "compress/compress.h"
#include "content/content.h"
#include "store/publication.h"
#include "store/read.h"

static char folder[FOLDER_MAX];
static struct store *store;
static struct arena *arena;
static struct buf said;

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
        store_close(&store);
        arena_free(&arena);
        buf_free(&said);
        folder_drop(folder);
        return 0;
}

static void say(void *ctx, enum manual_severity severity, struct str file, unsigned line,
                struct str text)
{
        (void)ctx;
        buf_printf(&said, "%s %.*s:%u %.*s\n", manual_severity_name(severity), STR_ARG(file), line,
                   STR_ARG(text));
}

static const struct content_report report = { say, NULL };

static bool was_said(const char *text)
{
        if (strstr(buf_cstr(&said), text) != NULL)
                return true;
        print_message("%s", buf_cstr(&said));
        return false;
}

static struct content_imported import_as(int fd, const char *slug, const char *language)
{
        struct manual *manual CLEANUP_MANUAL = NULL;
        int dir CLEANUP_FD = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct content_import_options options = { .author = STR("ann"),
                                                  .language = str_of(language) };
        struct content_imported out = { 0 };
        struct err err;

        if (exchange_read(fd, dir, &exchange_defaults, &manual, &err) < 0 ||
            content_import(store, str_of(slug), &options, manual, &report, &out, &err) < 0)
                fail_msg("%s", err.text);
        close(fd);
        return out;
}

static struct content_published publish(const char *slug, const char *as,
                                        enum store_visibility visibility)
{
        struct content_publish_options options = { .as = str_of(as), .version = STR("1.0"),
                                                   .visibility = visibility };
        struct content_published out;
        struct err err;

        if (content_publish(store, str_of(slug), &options, &report, &out, &err) < 0)
                fail_msg("%s", err.text);
        return out;
}

/* A page as an anonymous reader gets it, or NULL. */
static const char *page(const char *publication, const char *topic)
{
        struct store_page p;

        if (store_page_find(store, &reader_anonymous, str_of(publication), str_of(topic), 0, arena,
                            &p, NULL) < 0)
                return NULL;
        return arena_printf(arena, "%.*s", STR_ARG(p.body));
}

#define IMPORT(...) import_as(ARCHIVE(true, __VA_ARGS__), "p", "")

static void a_second_import_makes_revisions_only_of_what_changed(void **state)
{
        struct content_imported n;
        struct store_project project;
        struct store_topic *topics;
        size_t ntopics;

        (void)state;
        n = IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n" }, { "c.md", "# C\n" });
        assert_int_equal(n.added, 3);
        n = IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\nmore\n" }, { "d.md", "# D\n" });
        assert_int_equal(n.added, 1);
        assert_int_equal(n.changed, 1);
        assert_int_equal(n.same, 1);
        assert_int_equal(n.kept, 1);
        assert_true(was_said("info c.md:0 The topic 'c' is no longer in the import"));
        assert_int_equal(store_project_find(store, STR("p"), arena, &project, NULL), 0);
        assert_int_equal(store_topic_list(store, project.id, arena, &topics, &ntopics, NULL), 0);
        assert_int_equal(ntopics, 4);
        assert_true(str_is(topics[0].slug, "b"));
        assert_int_equal(topics[0].revision, 2);
        assert_true(str_is(topics[2].slug, "index"));
        assert_int_equal(topics[2].revision, 1);
        publish("p", "", STORE_PUBLIC);
        assert_non_null(page("p", "d"));
        assert_null(page("p", "c"));
}

static void links_and_images_lead_to_pages_and_files(void **state)
{
        const char *html;

        (void)state;
        IMPORT({ "index.md", "# Start\n[b](sub/b.md) [c](sub/c/) [d](sub/d.html#part-one) "
                             "[e](/sub/b.md)\n"
                             "![i](<img/a b.png>) [f](img/data.csv) [t](sub/d.md#dee) "
                             "[own](#here)\n\n## Here\n" },
               { "sub/b.md", "# B\n[up](../index.md) <img src=\"../../img/a%20b.png\" "
                             "alt=\"raw\">\n" },
               { "sub/c.md", "# C\n[folder](../)\n" },
               { "sub/d.md", "# Dee\n## Part--One\ntext\n" },
               { "img/a b.png", "\x89PNG\r\n\x1a\n" }, { "img/data.csv", "1" });
        assert_int_equal(publish("p", "out", STORE_PUBLIC).lost, 0);
        html = page("out", "index");
        assert_non_null(html);
        assert_non_null(strstr(html, "href=\"/docs/out/sub/b\""));
        assert_non_null(strstr(html, "href=\"/docs/out/sub/c\""));
        assert_non_null(strstr(html, "href=\"/docs/out/sub/d#part-one\""));
        assert_non_null(strstr(html, "src=\"/files/out/img/a%20b.png\""));
        assert_non_null(strstr(html, "href=\"/files/out/img/data.csv\""));
        assert_non_null(strstr(html, "href=\"/docs/out/sub/d\""));
        assert_non_null(strstr(html, "href=\"#here\""));
        html = page("out", "sub/b");
        assert_non_null(strstr(html, "href=\"/docs/out/index\""));
        assert_non_null(strstr(html, "src=\"/files/out/img/a%20b.png\""));
        assert_non_null(strstr(page("out", "sub/c"), "href=\"/docs/out/index\""));
}

static void a_picture_says_its_size_where_its_author_does_not(void **state)
{
        const char *html;

        (void)state;
        IMPORT({ "index.md", "# A\n![g](g.gif) ![damaged](d.gif)\n" },
               { "raw.md", "# B\n<img src=\"g.gif\" alt=\"a\"> <img src=\"g.gif\" alt=\"b\" width=\"20\">\n" },
               { "g.gif", "GIF89a\x80\x02\xe0\x01" }, { "d.gif", "GIF89a\x80" });
        assert_int_equal(publish("p", "out", STORE_PUBLIC).lost, 0);
        html = page("out", "index");
        assert_non_null(strstr(html, "alt=\"g\" width=\"640\" height=\"480\""));
        assert_non_null(strstr(html, "alt=\"damaged\" loading"));
        html = page("out", "raw");
        assert_non_null(strstr(html, "alt=\"a\" width=\"640\" height=\"480\""));
        assert_non_null(strstr(html, "alt=\"b\" width=\"20\">"));
}

static void broken_links_images_and_anchors_are_reported_with_their_line(void **state)
{
        (void)state;
        IMPORT({ "index.md", "# A\n\n[gone](gone.md)\n\n![no](no.png)\n\n[anchor](b.md#nope)\n\n"
                             "![far](https://example.org/x.png)\n" },
               { "b.md", "# B\n<script>x</script>\n" });
        assert_true(was_said("lost index.md:3 This link leads to nothing in the manual: "
                             "'gone.md'"));
        assert_true(was_said("lost index.md:5 There is no such image: 'no.png'"));
        assert_true(was_said("lost index.md:7 The page has no such anchor: 'b.md#nope'"));
        assert_true(was_said("lost index.md:9 Pages load nothing from other hosts"));
        assert_true(was_said("lost b.md:0 Left out of the raw HTML: element script"));
        publish("p", "", STORE_PUBLIC);
        assert_null(strstr(page("p", "index"), "src=\"https://example.org"));
        assert_null(strstr(page("p", "b"), "<script>x"));
        assert_null(strstr(page("p", "index"), "gone.md"));
        assert_null(strstr(page("p", "index"), "missing:"));
        assert_non_null(strstr(page("p", "index"), "gone"));
}

static void a_page_has_its_neighbours_ancestors_and_contents(void **state)
{
        const char *html;

        (void)state;
        IMPORT({ "mkdocs.yml", "site_name: Product\nnav:\n  - a.md\n  - Section:\n    - b.md\n    "
                               "- c.md\n" },
               { "docs/a.md", "# First\n" }, { "docs/b.md", "# Second\n" },
               { "docs/c.md", "# Third\n" });
        publish("p", "", STORE_PUBLIC);
        html = page("p", "b");
        assert_non_null(html);
        assert_non_null(strstr(html, "href=\"/docs/p/a\""));
        assert_non_null(strstr(html, "href=\"/docs/p/c\""));
        assert_non_null(strstr(html, "Section"));
        assert_non_null(strstr(html, "aria-current=\"page\""));
        assert_non_null(strstr(html, "<h1>Second</h1>"));
        assert_non_null(strstr(html, "Product"));
        assert_non_null(strstr(html, "/docs/p/b.md"));
}

static void publishing_again_is_one_step_and_stores_only_what_differs(void **state)
{
        struct content_published n;
        uint64_t before;

        (void)state;
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n" });
        n = publish("p", "", STORE_PUBLIC);
        assert_int_equal(n.pages, 2);
        assert_int_equal(n.rendered, 2);
        n = publish("p", "", STORE_PUBLIC);
        assert_int_equal(n.pages, 2);
        assert_int_equal(n.rendered, 0);
        before = store_generation(store);
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\nnew words\n" });
        assert_null(strstr(page("p", "b"), "new words"));
        n = publish("p", "", STORE_PUBLIC);
        assert_int_equal(n.rendered, 1);
        assert_non_null(strstr(page("p", "b"), "new words"));
        assert_true(store_generation(store) != before);
}

static void a_changed_address_is_redirected_and_never_in_a_circle(void **state)
{
        struct str to;

        (void)state;
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n" });
        publish("p", "", STORE_PUBLIC);
        IMPORT({ "index.md", "# A\n" }, { "b.md", "---\nslug: new\n---\n# B\n" });
        publish("p", "", STORE_PUBLIC);
        assert_null(page("p", "b"));
        assert_non_null(page("p", "new"));
        assert_int_equal(
                store_redirect_find(store, &reader_anonymous, STR("p"), STR("b"), arena, &to, NULL),
                0);
        assert_true(str_is(to, "new"));
        IMPORT({ "index.md", "# A\n" }, { "b.md", "---\nslug: newer\n---\n# B\n" });
        publish("p", "", STORE_PUBLIC);
        assert_int_equal(
                store_redirect_find(store, &reader_anonymous, STR("p"), STR("b"), arena, &to, NULL),
                0);
        assert_true(str_is(to, "newer"));
        IMPORT({ "index.md", "# A\n" }, { "b.md", "# B\n" });
        publish("p", "", STORE_PUBLIC);
        assert_non_null(page("p", "b"));
        assert_int_equal(
                store_redirect_find(store, &reader_anonymous, STR("p"), STR("b"), arena, &to, NULL),
                ERR_NOT_FOUND);
        assert_int_equal(store_redirect_find(store, &reader_anonymous, STR("p"), STR("newer"),
                                             arena, &to, NULL),
                         0);
        assert_true(str_is(to, "b"));
}

static void home_and_sitemap_list_only_what_everyone_may_read(void **state)
{
        struct store_page home, map, robots;

        (void)state;
        IMPORT({ "index.md", "# A\n" });
        assert_int_equal(content_set_site(store, STR("Acme docs"), STR("en"), NULL), 0);
        publish("p", "open", STORE_PUBLIC);
        publish("p", "members", STORE_RESTRICTED);
        publish("p", "drafts", STORE_PRIVATE);
        assert_int_equal(store_home_find(store, &reader_anonymous, 0, arena, &home, NULL), 0);
        assert_true(str_find_str(home.body, STR("/docs/open/")) > 0);
        assert_true(str_find_str(home.body, STR("Acme docs")) > 0);
        assert_true(str_find_str(home.body, STR("members")) < 0);
        assert_int_equal(store_sitemap_find(store, &reader_anonymous, STR("https://a.example"),
                                            arena, &map, NULL),
                         0);
        assert_true(str_find_str(map.body, STR("<loc>https://a.example/docs/open/index</loc>")) >
                    0);
        assert_true(str_find_str(map.body, STR("members")) < 0);
        assert_true(str_find_str(map.body, STR("drafts")) < 0);
        assert_int_equal(store_robots_find(store, &reader_anonymous, STR("https://a.example"),
                                           arena, &robots, NULL),
                         0);
        assert_true(str_find_str(robots.body, STR("Sitemap: https://a.example/sitemap.xml")) > 0);
        assert_null(page("members", "index"));
}

static void what_cannot_be_published_is_refused_with_a_reason(void **state)
{
        struct content_publish_options options = { .as = STR("pub") };
        struct content_published out;
        struct err err;

        (void)state;
        assert_int_equal(content_publish(store, STR("none"), &options, NULL, &out, &err),
                         ERR_NOT_FOUND);
        options.as = STR("../x");
        assert_int_equal(content_publish(store, STR("none"), &options, NULL, &out, &err),
                         ERR_INVALID);
        IMPORT({ "a.md", "---\ndraft: true\n---\nx" });
        options.as = STR("pub");
        assert_int_equal(content_publish(store, STR("p"), &options, NULL, &out, &err),
                         ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, "no topic"));
        import_as(ARCHIVE(true, { "a.md", "# A\n" }), "other", "");
        publish("other", "pub", STORE_PUBLIC);
        IMPORT({ "a.md", "# A\n" });
        assert_int_equal(content_publish(store, STR("p"), &options, NULL, &out, &err), ERR_EXISTS);
        assert_int_equal(content_set_site(store, STR(""), STR("en"), &err), ERR_INVALID);
        assert_int_equal(content_set_site(store, STR("x"), STR("english language"), &err),
                         ERR_INVALID);
}

static void the_language_sets_the_direction(void **state)
{
        struct store_project project;
        static const struct {
                const char *tag;
                bool rtl;
        } tags[] = {
                { "ar", true },  { "he-IL", true },   { "fa", true },       { "ur", true },
                { "de", false }, { "az-Arab", true }, { "ar-Latn", false }, { "pt_BR", false }
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
                import_as(ARCHIVE(true, { "a.md", "# A\n" }), "p", tags[i].tag);
                assert_int_equal(store_project_find(store, STR("p"), arena, &project, NULL), 0);
                assert_int_equal(project.rtl, tags[i].rtl);
        }
        assert_true(str_is(project.language, "pt-BR"));
        import_as(ARCHIVE(true, { "a.md", "# A\n" }), "p", "ar");
        publish("p", "", STORE_PUBLIC);
        assert_non_null(strstr(page("p", "a"), "dir=\"rtl\""));
}

static void replaced_files_are_replaced_and_old_ones_go(void **state)
{
        struct store_file file;
        char bytes[16];
        size_t n;

        (void)state;
        IMPORT({ "a.md", "# A\n" }, { "x.txt", "one" }, { "y.txt", "gone" });
        publish("p", "", STORE_PUBLIC);
        IMPORT({ "a.md", "# A\n" }, { "x.txt", "two!" });
        assert_int_equal(store_file_find(store, &reader_anonymous, STR("p"), STR("x.txt"), arena,
                                         &file, NULL),
                         0);
        assert_int_equal(file.size, 3);
        publish("p", "", STORE_PUBLIC);
        assert_int_equal(store_file_read(store, &file, 0, bytes, sizeof bytes, &n, NULL), ERR_GONE);
        assert_int_equal(store_file_find(store, &reader_anonymous, STR("p"), STR("x.txt"), arena,
                                         &file, NULL),
                         0);
        assert_int_equal(store_file_read(store, &file, 0, bytes, sizeof bytes, &n, NULL), 0);
        assert_int_equal(n, 4);
        assert_memory_equal(bytes, "two!", 4);
        assert_int_equal(store_file_find(store, &reader_anonymous, STR("p"), STR("y.txt"), arena,
                                         &file, NULL),
                         ERR_NOT_FOUND);
}

static void refresh_renders_from_what_was_frozen(void **state)
{
        struct content_published n;

        (void)state;
        IMPORT({ "index.md", "# A\nold words [b](b.md)\n" }, { "b.md", "# B\n" });
        publish("p", "", STORE_PUBLIC);
        IMPORT({ "index.md", "# A\nnew words\n" });
        assert_int_equal(content_refresh(store, &report, &n, NULL), 0);
        assert_int_equal(n.pages, 2);
        assert_int_equal(n.rendered, 0);
        assert_int_equal(content_set_site(store, STR("Other name"), STR("en"), NULL), 0);
        assert_int_equal(content_refresh(store, &report, &n, NULL), 0);
        assert_int_equal(n.rendered, 2);
        assert_non_null(strstr(page("p", "index"), "old words"));
        assert_non_null(strstr(page("p", "index"), "Other name"));
        assert_non_null(strstr(page("p", "index"), "href=\"/docs/p/b\""));
}

/* A manual of n topics, each linking to the next. */
static int many_topics(size_t n)
{
        struct sample *samples = calloc(n, sizeof *samples);
        struct arena *names CLEANUP_ARENA = arena_new(1 << 16);

        for (size_t i = 0; i < n; i++) {
                samples[i].path = arena_printf(names, "t%05zu.md", i);
                samples[i].text = arena_printf(names,
                                               "# Topic %zu\n\n[next](t%05zu.md)\n\n## "
                                               "Section\n\nSome words.\n",
                                               i, (i + 1) % n);
        }
        int fd = make_archive(false, samples, n);

        free(samples);
        return fd;
}

static void a_long_contents_shows_only_the_branch_one_is_in(void **state)
{
        const char *html;

        (void)state;
        import_as(many_topics(1000), "p", "");
        assert_int_equal(publish("p", "", STORE_PUBLIC).pages, 1000);
        html = page("p", "t00500");
        assert_non_null(html);
        assert_true(strlen(html) < 40000);
        assert_non_null(strstr(html, "/docs/p/t00499"));
        assert_non_null(strstr(html, "/docs/p/t00520"));
        assert_null(strstr(html, "/docs/p/t00001"));
        assert_null(strstr(html, "/docs/p/t00900"));
}

static void a_job_killed_at_any_moment_leaves_what_was_there(void **state)
{
        (void)state;
        IMPORT({ "index.md", "# Before\n" });
        publish("p", "", STORE_PUBLIC);
        store_close(&store);
        for (int round = 0; round < 8; round++) {
                pid_t child = fork();

                assert_true(child >= 0);
                if (child == 0) {
                        static const struct store_options options = { .busy_ms = 5000 };

                        if (store_open(folder, &options, &store, NULL) < 0)
                                _exit(1);
                        import_as(many_topics(3000), "p", "");
                        publish("p", "", STORE_PUBLIC);
                        _exit(0);
                }
                const struct timespec pause = { 0, (15 + 25 * round) * 1000000 };
                int status = 0;

                nanosleep(&pause, NULL);
                kill(child, SIGKILL);
                waitpid(child, &status, 0);
                static const struct store_options options = { .busy_ms = 5000 };

                assert_int_equal(store_open(folder, &options, &store, NULL), 0);
                assert_int_equal(store_verify(store, NULL), 0);
                struct store_publication_row row;
                struct store_frozen *pages;
                size_t n = 0;

                assert_int_equal(store_publication_find(store, STR("p"), arena, &row, NULL), 0);
                assert_int_equal(store_frozen_list(store, row.id, arena, &pages, &n, NULL), 0);
                assert_int_equal(n, row.pages);
                assert_true(n == 1 || n == 3000);
                if (n == 1)
                        assert_non_null(strstr(page("p", "index"), "Before"));
                store_close(&store);
        }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_second_import_makes_revisions_only_of_what_changed),
                TEST(links_and_images_lead_to_pages_and_files),
                TEST(a_picture_says_its_size_where_its_author_does_not),
                TEST(broken_links_images_and_anchors_are_reported_with_their_line),
                TEST(a_page_has_its_neighbours_ancestors_and_contents),
                TEST(publishing_again_is_one_step_and_stores_only_what_differs),
                TEST(a_changed_address_is_redirected_and_never_in_a_circle),
                TEST(home_and_sitemap_list_only_what_everyone_may_read),
                TEST(what_cannot_be_published_is_refused_with_a_reason),
                TEST(the_language_sets_the_direction),
                TEST(replaced_files_are_replaced_and_old_ones_go),
                TEST(refresh_renders_from_what_was_frozen),
                TEST(a_long_contents_shows_only_the_branch_one_is_in),
                TEST(a_job_killed_at_any_moment_leaves_what_was_there),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
