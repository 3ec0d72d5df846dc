/*
 * test_backups.c -- the pages of backups and export: escaped, complete in each language, and with a way to restore
 * only where there is something to restore.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "page/backups.h"
#include "page/backups_words.h"
#include "page/inside.h"
#include "page/own_key.h"
#include "page/own_key_words.h"
#include "asserts.h"

static const struct page_site docs = { STR("Docs"), STR("en"), false };

static void no_field_reaches_a_page_unescaped(void **state)
{
        const struct edit_frame frame = { .site = { hostile, hostile, true }, .csrf = hostile, .error = hostile };
        const struct page_errand failed = { PAGE_ERRAND_FAILED, hostile, 1, 2, 3, hostile };
        const struct page_errand running = { PAGE_ERRAND_RUNNING, hostile, 1, 2, 3, hostile };
        const struct page_backup backup = { 1, 2, 3, hostile, hostile, true, 4 };
        const struct page_change change = { hostile, hostile, hostile, hostile, 5 };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_backups(&out, &(struct page_backups){ frame, &backup, 1, failed,
                                                          { failed, 1, 2, 3, 4 }, false, hostile });
        page_render_backups(&out, &(struct page_backups){ frame, &backup, 1, running,
                                                          { running, 1, 2, 3, 4 }, false, hostile });
        page_render_backup_preview(&out, &(struct page_backup_preview){ frame, backup, &change, 1 });
        page_render_inside(&out, &(struct page_inside){
                .frame = frame, .backup = backup, .look = failed, .known = true, .gone = 1, .listed = 1, .nrows = 1,
                .rows = &(struct page_inside_row){ true, hostile, hostile, hostile, hostile, 5 }, .next = hostile,
        });
        page_render_takeaway(&out, &(struct page_takeaway){ frame, failed, true, 1, 2, 3 });
        page_render_own_key(&out, &(struct page_own_key){
                .frame = frame, .name = hostile, .bits = 3072, .typed = hostile, .backups = &backup, .nbackups = 1,
                .errand = failed, .trouble = hostile, .ready = true, .client = hostile,
        });
        assert_int_equal(count(&out, "<script>"), 0);
        assert_int_equal(count(&out, "<!--"), 0);
        assert_int_equal(count(&out, "x\"'"), 0);
        assert_int_equal(count(&out, "</title>"), 6);
        assert_int_equal(count(&out, "noindex"), 6);
}

static void only_a_good_backup_can_be_restored_and_only_when_nothing_is_under_way(void **state)
{
        const struct page_backup backups[] = {
                { 3, 1, 1, STR("daily"), STR("verified"), true, 0 }, { 2, 1, 1, STR("daily"), STR("failed"), false, 0 },
        };
        const struct page_errand running = { PAGE_ERRAND_RUNNING, STR("opening"), 1, 3, 0, STR("") };
        struct page_backups page = { .frame.site = docs, .backups = backups, .nbackups = 2 };
        struct buf idle CLEANUP_BUF = { 0 }, busy CLEANUP_BUF = { 0 };

        (void)state;
        page_render_backups(&idle, &page);
        assert_int_equal(count(&idle, "/edit/backups/restore?backup=3"), 1);
        assert_int_equal(count(&idle, "/edit/backups/restore?backup="), 1);
        page.restore = running;
        page_render_backups(&busy, &page);
        assert_int_equal(count(&busy, "/edit/backups/restore"), 0);
        assert_int_equal(count(&busy, "Backup 3 is being restored"), 1);
        assert_int_equal(count(&busy, "Step 1 of 3"), 1);
}

static void an_export_is_offered_made_or_waited_for(void **state)
{
        const struct page_errand running = { PAGE_ERRAND_RUNNING, STR("waiting"), 1, 0, 0, STR("") };
        struct buf none CLEANUP_BUF = { 0 }, made CLEANUP_BUF = { 0 }, busy CLEANUP_BUF = { 0 };

        (void)state;
        page_render_takeaway(&none, &(struct page_takeaway){ .frame.site = docs });
        assert_int_equal(count(&none, "action=\"/edit/export\""), 1);
        assert_int_equal(count(&none, "/edit/export/file"), 0);
        page_render_takeaway(&made, &(struct page_takeaway){ .frame.site = docs, .ready = true, .bytes = 1572864 });
        assert_int_equal(count(&made, "/edit/export/file"), 1);
        assert_int_equal(count(&made, "/edit/export/remove"), 1);
        assert_int_equal(count(&made, "1.5 MiB"), 1);
        page_render_takeaway(&busy, &(struct page_takeaway){ .frame.site = docs, .ready = true, .errand = running });
        assert_int_equal(count(&busy, "<form"), 0);
}

static void a_sealed_copy_is_offered_of_good_backups_once_there_is_a_key(void **state)
{
        const struct page_backup backups[] = {
                { 3, 1, 1, STR("daily"), STR("verified"), true, 0 }, { 2, 1, 1, STR("daily"), STR("failed"), false, 0 },
        };
        struct page_own_key page = { .frame.site = docs, .backups = backups, .nbackups = 2 };
        struct buf none CLEANUP_BUF = { 0 }, set CLEANUP_BUF = { 0 }, busy CLEANUP_BUF = { 0 }, made CLEANUP_BUF = { 0 };

        (void)state;
        page_render_own_key(&none, &page);
        assert_int_equal(count(&none, "/own/prepare"), 0);
        assert_int_equal(count(&none, "action=\"/edit/backups/own/key\""), 1);
        page.name = STR("0123456789abcdef0123456789abcdef");
        page.bits = 4096;
        page_render_own_key(&set, &page);
        assert_int_equal(count(&set, "/own/prepare"), 1);
        assert_int_equal(count(&set, "name=\"backup\" value=\"3\""), 1);
        assert_int_equal(count(&set, "RSA, 4096 bits"), 1);
        assert_int_equal(count(&set, "/own/file"), 0);
        page.ready = true;
        page.backup = 3;
        page_render_own_key(&made, &page);
        assert_int_equal(count(&made, "/edit/backups/own/file"), 1);
        assert_int_equal(count(&made, "carrel backup open"), 1);
        page.errand = (struct page_errand){ PAGE_ERRAND_RUNNING, STR("sealing"), 1, 3, 0, STR("") };
        page_render_own_key(&busy, &page);
        assert_int_equal(count(&busy, "/own/prepare"), 0);
        assert_int_equal(count(&busy, "/own/file"), 0);
        assert_int_equal(count(&busy, "A copy of backup 3 is being made"), 1);
}

static void a_private_key_is_answered_without_showing_it(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_own_key(&out, &(struct page_own_key){ .frame.site = docs, .private_key = true });
        assert_int_equal(count(&out, "That was a private key"), 1);
        assert_int_equal(count(&out, "aria-describedby=\"-private -key-hint\" aria-invalid=\"true\""), 1);
}

static void every_language_has_every_word_of_its_own(void **state)
{
        static const char *const languages[] = { "en", "de", "fr", "es", "ar", "he" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
                for (unsigned w = 0; w < OWN_KEY_WORDS; w++) {
                        struct str here = own_key_word(str_of(languages[i]), (enum own_key_word)w);

                        assert_true(here.n > 0);
                        assert_int_equal(str_find_str(here, STR("%s")) >= 0,
                                         str_find_str(own_key_word(STR("en"), (enum own_key_word)w), STR("%s")) >= 0);
                }
                for (unsigned w = 0; w < BACKUPS_WORDS; w++) {
                        struct str here = backups_word(str_of(languages[i]), (enum backups_word)w);

                        assert_true(here.n > 0);
                        /* A number has its place in all of them or in none. */
                        assert_int_equal(str_find_str(here, STR("%s")) >= 0,
                                         str_find_str(backups_word(STR("en"), (enum backups_word)w), STR("%s")) >= 0);
                }
        }
        assert_true(str_is(backups_word_named(STR("de-AT"), STR("manual")), "auf Wunsch"));
        assert_true(str_is(backups_word_named(STR("xx"), STR("made-up")), "made-up"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_field_reaches_a_page_unescaped),
                cmocka_unit_test(only_a_good_backup_can_be_restored_and_only_when_nothing_is_under_way),
                cmocka_unit_test(an_export_is_offered_made_or_waited_for),
                cmocka_unit_test(a_sealed_copy_is_offered_of_good_backups_once_there_is_a_key),
                cmocka_unit_test(a_private_key_is_answered_without_showing_it),
                cmocka_unit_test(every_language_has_every_word_of_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
