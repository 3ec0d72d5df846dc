/*
 * test_assets.c -- the table of words is complete, and assets are found by path, name or old path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "page/assets.h"
#include "page/words.h"

static void every_asset_is_found_by_its_own_path_and_is_not_stale(void **state)
{
        size_t n = 0;

        (void)state;
        for (const struct asset *a; (a = asset_at(n)) != NULL; n++) {
                bool stale = true;

                assert_ptr_equal(asset_find(a->path, &stale), a);
                assert_false(stale);
                assert_true(str_starts(a->path, STR("/-/")));
                assert_true(a->identity.n > 0);
                assert_true(a->media_type.n > 0);
        }
        assert_true(n > 40);
}

static void every_asset_that_compresses_well_is_carried_compressed(void **state)
{
        (void)state;
        for (size_t i = 0; asset_at(i) != NULL; i++) {
                const struct asset *a = asset_at(i);

                assert_true(a->gzip.n < a->identity.n && a->brotli.n < a->identity.n);
                if (a->identity.n > 1000) {
                        assert_memory_equal(a->gzip.p, "\x1f\x8b\x08", 3);
                        assert_true(a->brotli.n > 0 && a->brotli.n < a->gzip.n);
                }
        }
}

static void a_page_of_another_release_gets_todays_asset_marked_stale(void **state)
{
        bool stale = false;
        const struct asset *a = asset_find(STR("/-/reader-AAAAAAA2.css"), &stale);

        (void)state;
        assert_non_null(a);
        assert_true(stale);
        assert_true(str_is(a->logical, "reader.css"));
        assert_true(str_eq(a->path, asset_path("reader.css")));
}

static void a_path_that_was_never_an_asset_is_not_found(void **state)
{
        static const char *const wrong[] = {
                "", "/", "/-/", "/-/reader.css", "/-/reader-AAAAAAA2.svg", "/-/reader-aaaaaaa2.css",
                "/-/reader-AAAAAAA.css", "/-/reader-AAAAAAA22.css", "/-/../reader-AAAAAAA2.css",
                "/-/reader_AAAAAAA2.css", "/-/nothing-AAAAAAA2.css", "-/reader-AAAAAAA2.css",
                "/-/reader-AAAAAA10.css",
        };
        bool stale;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
                assert_null(asset_find(str_of(wrong[i]), &stale));
        assert_null(asset_at(SIZE_MAX));
}

static void no_language_lacks_a_word(void **state)
{
        (void)state;
        assert_true(words_ntables >= 6);
        for (size_t i = 0; i < words_ntables; i++) {
                const struct words *t = words_tables[i];
                const struct str *all = (const struct str *)t;

                assert_ptr_equal(words_for(t->lang), t);
                for (size_t w = 0; w < sizeof *t / sizeof *all; w++) {
                        assert_true(all[w].n > 0);
                        assert_true(str_is_utf8(all[w]));
                }
        }
}

static void a_language_is_chosen_by_its_primary_subtag(void **state)
{
        (void)state;
        assert_true(str_is(words_for(STR("de-AT"))->lang, "de"));
        assert_true(str_is(words_for(STR("FR"))->lang, "fr"));
        assert_true(str_is(words_for(STR("iw"))->lang, "he"));
        assert_true(str_is(words_for(STR("ja"))->lang, "en"));
        assert_true(str_is(words_for(STR("deu"))->lang, "en"));
        assert_true(str_is(words_for(STR(""))->lang, "en"));
}

static void a_date_reads_as_its_language_writes_it(void **state)
{
        static const struct {
                const char *lang, *date;
        } cases[] = {
                { "en", "20 November 2026" },   { "de", "20. November 2026" },
                { "fr", "20 novembre 2026" },   { "es", "20 de noviembre de 2026" },
                { "ar", "20 نوفمبر 2026" },      { "he", "20 בנובמבר 2026" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buf out CLEANUP_BUF = { 0 };

                words_date(&out, words_for(str_of(cases[i].lang)), 1795132800);
                assert_string_equal(buf_cstr(&out), cases[i].date);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_asset_is_found_by_its_own_path_and_is_not_stale),
                cmocka_unit_test(every_asset_that_compresses_well_is_carried_compressed),
                cmocka_unit_test(a_page_of_another_release_gets_todays_asset_marked_stale),
                cmocka_unit_test(a_path_that_was_never_an_asset_is_not_found),
                cmocka_unit_test(no_language_lacks_a_word),
                cmocka_unit_test(a_language_is_chosen_by_its_primary_subtag),
                cmocka_unit_test(a_date_reads_as_its_language_writes_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
