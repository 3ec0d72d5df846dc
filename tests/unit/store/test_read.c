/*
 * test_read.c -- readers get what is public, ready to send, and learn nothing about the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "compress/compress.h"
#include "store/blob.h"
#include "store/publication.h"
#include "store/read.h"
#include "folder.h"

enum { FILE_SIZE = 150000 };

static char folder[FOLDER_MAX];
static struct store *store;
static struct arena *arena;
static char file_bytes[FILE_SIZE];

static int give(void *ctx, uint64_t offset, void *p, size_t n, struct err *err)
{
        (void)err;
        memcpy(p, (const char *)ctx + offset, n);
        return 0;
}

static void publish(int64_t project, int64_t topic, const char *slug,
                    enum store_visibility visibility)
{
        struct store_publication_row row = {
                .project = project, .slug = str_of(slug), .title = STR("Manual"),
                .visibility = visibility, .language = STR("en"), .first_page = STR("start"),
                .pages = 1,
        };
        struct store_frozen page = {
                .slug = STR("start"), .title = STR("Start"), .topic = topic, .revision = 1,
                .source_path = STR("start.md"), .etag = STR("abc"), .updated = 7,
        };
        struct buf gzip CLEANUP_BUF = { 0 };

        assert_int_equal(compress_gzip(STR("IDENTITY"), COMPRESS_QUICK, &gzip, NULL), 0);
        struct store_bodies bodies = { STR("B"), buf_str(&gzip), STR("IDENTITY"), STR("text") };
        struct store_redirect old = { STR("begin"), STR("start") };
        int64_t id;

        assert_int_equal(store_publication_put(store, &row, 5, &id, NULL), 0);
        assert_int_equal(store_frozen_add(store, id, &page, &bodies, NULL), 0);
        assert_int_equal(store_frozen_files_copy(store, id, project, 9, NULL), 0);
        assert_int_equal(store_redirect_put(store, id, &old, NULL), 0);
}

static int setup(void **state)
{
        static const struct store_options options = { .create = true };
        struct store_project p = { .slug = STR("p"), .title = STR("P"), .language = STR("en") };
        struct store_topic t = { .slug = STR("start"), .title = STR("Start") };
        struct store_project_file f = { .path = STR("img/a.png"), .media_type = STR("image/png") };
        struct store_site_page site = { STR("/sitemap.xml"), STR("application/xml"), STR("s"),
                                        STR(""), STR(""), STR("<loc>{origin}/a</loc>{origin}") };
        struct digest digest;
        int64_t project, topic;

        (void)state;
        folder_make(folder);
        arena = arena_new(0);
        for (size_t i = 0; i < FILE_SIZE; i++)
                file_bytes[i] = (char)(i * 31 % 253);
        digest_of(str_make(file_bytes, FILE_SIZE), &digest);
        assert_int_equal(store_open(folder, &options, &store, NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_project_put(store, &p, 1, &project, NULL), 0);
        assert_int_equal(store_topic_add(store, project, &t, STR("# Start"), STR(""), STR(""), 3,
                                         &topic, NULL),
                         0);
        assert_int_equal(store_blob_put(store, &digest, FILE_SIZE, give, file_bytes, &f.blob, NULL),
                         0);
        assert_int_equal(store_project_file_put(store, project, &f, NULL), 0);
        publish(project, topic, "open", STORE_PUBLIC);
        publish(project, topic, "members", STORE_RESTRICTED);
        publish(project, topic, "drafts", STORE_PRIVATE);
        assert_int_equal(store_site_page_put(store, &site, 4, NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
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

static void a_page_comes_in_the_best_coding_the_client_takes(void **state)
{
        struct store_page page;

        (void)state;
        assert_int_equal(store_page_find(store, &reader_anonymous, STR("open"), STR("start"),
                                         STORE_GZIP | STORE_BROTLI, arena, &page, NULL), 0);
        assert_true(str_is(page.body, "B"));
        assert_int_equal(page.encoding, STORE_BROTLI);
        assert_true(str_is(page.etag, "\"abc-br\""));
        assert_int_equal(page.updated, 7);
        assert_int_equal(store_page_find(store, &reader_anonymous, STR("open"), STR("start"),
                                         STORE_GZIP, arena, &page, NULL), 0);
        assert_memory_equal(page.body.p, "\x1f\x8b", 2);
        assert_int_equal(page.encoding, STORE_GZIP);
        assert_true(str_is(page.etag, "\"abc-gz\""));
        assert_int_equal(store_page_find(store, &reader_anonymous, STR("open"), STR("start"), 0,
                                         arena, &page, NULL), 0);
        assert_true(str_is(page.body, "IDENTITY"));
        assert_true(str_is(page.etag, "\"abc\""));
        assert_int_equal(store_markdown_find(store, &reader_anonymous, STR("open"), STR("start"),
                                             arena, &page, NULL), 0);
        assert_true(str_is(page.body, "# Start"));
}

/* Code and sentence of each exit for one publication. */
static void ask_everything(struct str publication, const struct reader *reader, int codes[5],
                           struct err errs[5])
{
        struct store_page page;
        struct store_file file;
        struct str slug;

        codes[0] = store_page_find(store, reader, publication, STR("start"), 0, arena, &page,
                                   &errs[0]);
        codes[1] = store_markdown_find(store, reader, publication, STR("start"), arena, &page,
                                       &errs[1]);
        codes[2] = store_first_page_find(store, reader, publication, arena, &slug, &errs[2]);
        codes[3] = store_redirect_find(store, reader, publication, STR("begin"), arena, &slug,
                                       &errs[3]);
        codes[4] = store_file_find(store, reader, publication, STR("img/a.png"), arena, &file,
                                   &errs[4]);
}

static void what_is_refused_looks_exactly_like_what_is_missing(void **state)
{
        int missing[5], refused[5];
        struct err missing_err[5], refused_err[5];
        const char *const hidden[] = { "members", "drafts" };

        (void)state;
        ask_everything(STR("no-such"), &reader_anonymous, missing, missing_err);
        for (size_t h = 0; h < ARRAY_LEN(hidden); h++) {
                ask_everything(str_of(hidden[h]), &reader_anonymous, refused, refused_err);
                for (size_t i = 0; i < 5; i++) {
                        assert_int_equal(missing[i], ERR_NOT_FOUND);
                        assert_int_equal(refused[i], missing[i]);
                        assert_string_equal(refused_err[i].text, missing_err[i].text);
                }
        }
}

static void everything_of_a_public_publication_can_be_read(void **state)
{
        int codes[5];
        struct err errs[5];
        const struct reader unknown = { .kind = (enum reader_kind)77 };

        (void)state;
        ask_everything(STR("open"), &reader_anonymous, codes, errs);
        for (size_t i = 0; i < 5; i++)
                assert_int_equal(codes[i], 0);
        ask_everything(STR("open"), &unknown, codes, errs);
        for (size_t i = 0; i < 5; i++)
                assert_int_equal(codes[i], ERR_NOT_FOUND);
}

static void a_list_for_people_names_only_what_its_reader_may_read(void **state)
{
        struct store_publication_row *rows;
        size_t n;

        (void)state;
        assert_int_equal(store_publication_list(store, &reader_anonymous, arena, &rows, &n, NULL),
                         0);
        assert_int_equal(n, 1);
        assert_true(str_is(rows[0].slug, "open"));
        assert_int_equal(store_publication_all(store, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 3);
}

static void a_file_is_read_in_pieces_from_any_offset(void **state)
{
        struct store_file file;
        char part[70000];
        size_t n = 0;

        (void)state;
        assert_int_equal(store_file_find(store, &reader_anonymous, STR("open"), STR("img/a.png"),
                                         arena, &file, NULL), 0);
        assert_int_equal(file.size, FILE_SIZE);
        assert_int_equal(file.etag.n, 34);
        assert_true(str_is(file.media_type, "image/png"));
        for (uint64_t at = 0; at < FILE_SIZE; at += 12345) {
                size_t want = FILE_SIZE - at < sizeof part ? (size_t)(FILE_SIZE - at) : sizeof part;

                assert_int_equal(store_file_read(store, &file, at, part, sizeof part, &n, NULL), 0);
                assert_int_equal(n, want);
                assert_memory_equal(part, file_bytes + at, n);
        }
        assert_int_equal(store_file_read(store, &file, FILE_SIZE, part, 10, &n, NULL), 0);
        assert_int_equal(n, 0);
}

static void an_origin_is_filled_in_and_must_be_one(void **state)
{
        struct store_page page;

        (void)state;
        assert_int_equal(store_sitemap_find(store, &reader_anonymous, STR("https://d.example:8443"),
                                            arena, &page, NULL), 0);
        assert_true(str_is(page.body, "<loc>https://d.example:8443/a</loc>https://d.example:8443"));
        assert_int_equal(store_sitemap_find(store, &reader_anonymous, STR("https://d/<script>"),
                                            arena, &page, NULL),
                         ERR_INVALID);
        assert_int_equal(store_sitemap_find(store, &reader_anonymous, STR("javascript:x"), arena,
                                            &page, NULL), ERR_INVALID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_page_comes_in_the_best_coding_the_client_takes),
                TEST(what_is_refused_looks_exactly_like_what_is_missing),
                TEST(everything_of_a_public_publication_can_be_read),
                TEST(a_list_for_people_names_only_what_its_reader_may_read),
                TEST(a_file_is_read_in_pieces_from_any_offset),
                TEST(an_origin_is_filled_in_and_must_be_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
