/*
 * test_scrub.c -- any byte of a database that is not what was written is found, and nothing else is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/block_sums.h"
#include "store/project.h"
#include "store/scrub.h"

#include "portal.h"

static char file[FOLDER_MAX + 16], sums[FOLDER_MAX + 16];

/* The portal of this test is closed, with all that was written in its file. */
static int closed_setup(void **state)
{
        int r = portal_setup(state);

        for (int i = 0; i < 200; i++) {
                char key[40], value[400];

                snprintf(key, sizeof key, "site.key-%d", i);
                memset(value, 'a' + i % 26, sizeof value);
                assert_int_equal(store_meta_put(store, str_of(key), str_make(value, sizeof value), NULL), 0);
        }
        assert_int_equal(store_commit(store, NULL), 0);
        store_checkpoint(store);
        store_close(&store);
        snprintf(file, sizeof file, "%s/portal.db", folder);
        snprintf(sums, sizeof sums, "%s/portal.sums", folder);
        return r;
}

static int closed_teardown(void **state)
{
        static const struct store_options options = { .busy_ms = 2000 };

        /* A test may have destroyed it: the teardown of an open portal needs one. */
        (void)unlink(file);
        (void)unlink(sums);
        const struct store_options fresh = { .busy_ms = options.busy_ms, .create = true };

        assert_int_equal(store_open(folder, &fresh, &store, NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
        return portal_teardown(state);
}

static struct store_scrub scrubbed(void)
{
        struct store_scrub out;
        struct err err;

        if (store_scrub(folder, NULL, NULL, &out, &err) < 0)
                fail_msg("%s", err.text);
        return out;
}

static off_t size_of_file(const char *path)
{
        struct stat st;

        assert_int_equal(stat(path, &st), 0);
        return st.st_size;
}

static void flip(const char *path, off_t at, uint8_t bits)
{
        uint8_t byte;
        int fd = open(path, O_RDWR | O_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= bits;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
}

static void a_well_database_is_found_well_however_often(void **state)
{
        (void)state;
        for (int i = 0; i < 3; i++) {
                struct store_scrub s = scrubbed();

                assert_string_equal(s.first, "");
                assert_int_equal(s.findings, 0);
                assert_int_equal(s.fresh, 0);
                assert_true(s.blocks >= 20 && s.blocks == (uint64_t)size_of_file(file) / BLOCK);
        }
}

static void a_flipped_bit_is_found_wherever_it_is(void **state)
{
        (void)state;
        off_t size = size_of_file(file);

        for (off_t at = 0; at < size; at += size / 12 - 7) {
                flip(file, at, (uint8_t)(1 << at % 8));
                if (scrubbed().findings == 0)
                        fail_msg("a bit at %lld was not found", (long long)at);
                flip(file, at, (uint8_t)(1 << at % 8));
        }
        assert_int_equal(scrubbed().findings, 0);
}

static void a_destroyed_head_a_cut_and_a_missing_file_are_found(void **state)
{
        char zeros[100] = { 0 };
        int fd = open(file, O_RDWR | O_CLOEXEC);

        (void)state;
        assert_int_equal(ftruncate(fd, size_of_file(file) - BLOCK), 0);
        assert_true(scrubbed().findings > 0);
        assert_int_equal(pwrite(fd, zeros, sizeof zeros, 0), sizeof zeros);
        assert_true(scrubbed().findings > 0);
        close(fd);
        assert_int_equal(unlink(file), 0);
        assert_true(scrubbed().findings > 0);
}

static void damaged_sums_are_damage(void **state)
{
        (void)state;
        flip(sums, BLOCK_SUMS_HEAD + 5 * BLOCK_SUM_LEN, 1);
        assert_true(scrubbed().findings > 0);
        flip(sums, BLOCK_SUMS_HEAD + 5 * BLOCK_SUM_LEN, 1);
        flip(sums, 3, 1);
        assert_true(scrubbed().findings > 0);
}

static void a_database_without_sums_gets_them_once_it_is_found_well(void **state)
{
        (void)state;
        assert_int_equal(unlink(sums), 0);
        struct store_scrub s = scrubbed();

        assert_int_equal(s.findings, 0);
        assert_int_equal(s.fresh, s.blocks);
        assert_int_equal(scrubbed().fresh, 0);
        flip(file, 3 * BLOCK + 77, 4);
        assert_true(scrubbed().findings > 0);
}

/* What was written wrongly from the first has a right sum: only its own digest tells. */
static void content_that_disagrees_with_its_digest_is_found(void **state)
{
        static const char *const harms[] = {
                "INSERT INTO blob(digest, size, created) VALUES (zeroblob(32), 0, 1)",
                "INSERT INTO site_page(path, media_type, etag, updated, brotli, gzip, identity)"
                " VALUES ('/x', 'text/html', '0000', 1, x'', x'', 'plain')",
        };

        (void)state;
        for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++) {
                static const struct store_options options = { .busy_ms = 2000 };
                struct err err;

                assert_int_equal(store_open(folder, &options, &store, &err), 0);
                if (sqlite_db_exec(store->db, harms[i], &err) < 0)
                        fail_msg("%s", err.text);
                store_checkpoint(store);
                store_close(&store);
                struct store_scrub s = scrubbed();

                assert_int_equal(s.findings, i + 1);
                assert_non_null(strstr(s.first, "digest"));
        }
}

static void a_sum_is_that_of_the_published_vector(void **state)
{
        uint8_t block[BLOCK];

        (void)state;
        for (size_t i = 0; i < BLOCK; i++)
                block[i] = (uint8_t)(i * 7);
        assert_true(block_sum(0, block) == UINT64_C(0x20564a9fe5b80b74));
        assert_true(block_sum(1, block) == UINT64_C(0xddf7f28be3f413ca));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, closed_setup, closed_teardown)
        const struct CMUnitTest tests[] = {
                CASE(a_well_database_is_found_well_however_often),
                CASE(a_flipped_bit_is_found_wherever_it_is),
                CASE(a_destroyed_head_a_cut_and_a_missing_file_are_found),
                CASE(damaged_sums_are_damage),
                CASE(a_database_without_sums_gets_them_once_it_is_found_well),
                CASE(content_that_disagrees_with_its_digest_is_found),
                cmocka_unit_test(a_sum_is_that_of_the_published_vector),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
