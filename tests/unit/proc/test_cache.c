/*
 * test_cache.c -- pages in memory: found while they are true, gone when the database has changed, alive
 * while they are being sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proc/portal/cache.h"

enum { ROOM = 64 * 1024 };

static struct cached *put(struct cache *cache, enum http_coding coding, const char *path,
                          const char *body)
{
        const struct cached page = {
                .body = str_of(body), .etag = STR("\"e\""), .content_type = STR("text/html"),
                .updated = 7,
        };

        return cache_put(cache, coding, str_of(path), &page);
}

static bool has(struct cache *cache, uint64_t generation, enum http_coding coding, const char *path)
{
        return cache_find(cache, generation, coding, str_of(path)) != NULL;
}

static void a_page_is_found_by_its_path_and_coding_only(void **state)
{
        struct cache *cache = cache_new(ROOM);

        (void)state;
        assert_false(has(cache, 1, HTTP_BROTLI, "/docs/a/b"));
        cached_release(put(cache, HTTP_BROTLI, "/docs/a/b", "page"));
        assert_true(has(cache, 1, HTTP_BROTLI, "/docs/a/b"));
        assert_false(has(cache, 1, HTTP_GZIP, "/docs/a/b"));
        assert_false(has(cache, 1, HTTP_BROTLI, "/docs/a/bb"));
        assert_false(has(cache, 1, HTTP_BROTLI, "/docs/a/"));
        cache_free(&cache);
}

static void a_change_of_the_database_forgets_every_page(void **state)
{
        struct cache *cache = cache_new(ROOM);

        (void)state;
        assert_false(has(cache, 1, HTTP_GZIP, "/a"));
        cached_release(put(cache, HTTP_GZIP, "/a", "old"));
        cached_release(put(cache, HTTP_GZIP, "/b", "old"));
        assert_true(has(cache, 1, HTTP_GZIP, "/a"));
        assert_false(has(cache, 2, HTTP_GZIP, "/a"));
        assert_false(has(cache, 2, HTTP_GZIP, "/b"));
        cache_free(&cache);
}

static void a_body_on_its_way_outlives_the_change_the_trim_and_the_cache(void **state)
{
        struct cache *cache = cache_new(ROOM);

        (void)state;
        assert_false(has(cache, 1, HTTP_GZIP, "/a"));
        struct cached *sent = put(cache, HTTP_GZIP, "/a", "the old text");
        struct cached *again = cache_find(cache, 1, HTTP_GZIP, STR("/a"));

        assert_ptr_equal(sent, again);
        cached_hold(again);
        assert_false(has(cache, 2, HTTP_GZIP, "/a"));
        cached_release(put(cache, HTTP_GZIP, "/a", "the new text"));
        cache_trim(cache, 0);
        cache_free(&cache);
        assert_memory_equal(sent->body.p, "the old text", sent->body.n);
        cached_release(again);
        assert_memory_equal(sent->body.p, "the old text", sent->body.n);
        cached_release(sent);
}

static void a_page_kept_twice_is_replaced(void **state)
{
        struct cache *cache = cache_new(ROOM);

        (void)state;
        assert_false(has(cache, 1, HTTP_GZIP, "/a"));
        cached_release(put(cache, HTTP_GZIP, "/a", "one"));
        cached_release(put(cache, HTTP_GZIP, "/a", "two"));
        struct cached *page = cache_find(cache, 1, HTTP_GZIP, STR("/a"));

        assert_non_null(page);
        assert_memory_equal(page->body.p, "two", 3);
        cache_free(&cache);
}

static void what_was_used_least_recently_goes_first(void **state)
{
        struct cache *cache = cache_new(ROOM);
        char body[6001], path[20];

        (void)state;
        memset(body, 'x', sizeof body - 1);
        body[sizeof body - 1] = '\0';
        assert_false(has(cache, 1, HTTP_GZIP, "/0"));
        for (int i = 0; i < 10; i++) {
                snprintf(path, sizeof path, "/%d", i);
                cached_release(put(cache, HTTP_GZIP, path, body));
        }
        assert_true(has(cache, 1, HTTP_GZIP, "/0"));    /* used again: no longer the oldest */
        cached_release(put(cache, HTTP_GZIP, "/10", body));
        assert_true(has(cache, 1, HTTP_GZIP, "/0"));
        assert_false(has(cache, 1, HTTP_GZIP, "/1"));
        assert_true(has(cache, 1, HTTP_GZIP, "/10"));
        cache_free(&cache);
}

static void what_is_too_large_or_has_too_long_a_path_is_sent_but_not_kept(void **state)
{
        struct cache *cache = cache_new(ROOM);
        char large[ROOM / 8 + 1], path[1100];

        (void)state;
        memset(large, 'x', sizeof large - 1);
        large[sizeof large - 1] = '\0';
        memset(path, 'p', sizeof path - 1);
        path[sizeof path - 1] = '\0';
        assert_false(has(cache, 1, HTTP_GZIP, "/large"));
        struct cached *page = put(cache, HTTP_GZIP, "/large", large);

        assert_int_equal(page->body.n, sizeof large - 1);
        assert_int_equal(page->references, 1);
        cached_release(page);
        page = put(cache, HTTP_GZIP, path, "text");
        assert_int_equal(page->references, 1);
        cached_release(page);
        assert_false(has(cache, 1, HTTP_GZIP, "/large"));
        assert_false(has(cache, 1, HTTP_GZIP, path));
        cache_free(&cache);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_page_is_found_by_its_path_and_coding_only),
                cmocka_unit_test(a_change_of_the_database_forgets_every_page),
                cmocka_unit_test(a_body_on_its_way_outlives_the_change_the_trim_and_the_cache),
                cmocka_unit_test(a_page_kept_twice_is_replaced),
                cmocka_unit_test(what_was_used_least_recently_goes_first),
                cmocka_unit_test(what_is_too_large_or_has_too_long_a_path_is_sent_but_not_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
