/*
 * test_edit.c -- the workspace's pages: escaped, with a code in every form, and in every language whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "page/edit.h"
#include "page/edit_words.h"
#include "page/words.h"
#include "asserts.h"

enum { PAGES = 18 };

static void render_people(struct buf *out, size_t i, const struct edit_frame *frame, struct str t)
{
        const struct edit_person person = { 3, t, t, t, t, t, 1795132800, true };
        const struct page_link link = { t, t };
        const struct edit_account account = {
                .frame = *frame, .person = person, .groups = &link, .ngroups = 1, .sessions = 1,
        };

        switch (i) {
        case 0:
                page_render_edit_people(out, &(struct edit_people){ *frame, t, t, t, &person, 1, t, true });
                break;
        case 1:
                page_render_edit_invite(out, &(struct edit_invite){ *frame, person });
                break;
        case 2:
                page_render_edit_link(out, &(struct edit_link){ *frame, person, t, t, EDIT_MAILED_NOT });
                break;
        case 3:
                page_render_edit_account(out, &account);
                break;
        case 4:
                page_render_edit_delete(out, &account);
                break;
        default:
                page_render_edit_unfactor(out, &account);
                break;
        }
}

static void render_import(struct buf *out, size_t i, const struct edit_frame *frame, struct str t)
{
        const struct edit_person person = { 3, t, t, t, t, t, 1795132800, true };
        const struct edit_fault fault = { 1, t };

        page_render_edit_import(out, &(struct edit_import){
                .frame = *frame, .csv = t, .groups = t, .checked = i > 0, .lines = 1, .faulty = i == 1,
                .faults = &fault, .nfaults = 1, .sample = &person, .nsample = 1, .made = 1,
                .links = i == 3 ? t : STR(""),
        });
}

static void render_access(struct buf *out, size_t i, const struct edit_frame *frame, struct str t)
{
        const struct edit_person person = { 3, t, t, t, t, t, 1795132800, true };
        const struct edit_publication publication = { t, t, t, t };
        const struct edit_group group = { t, t, 1 };

        switch (i) {
        case 0:
                page_render_edit_overview(out, &(struct edit_overview){ *frame, t, t, &publication, 1 });
                break;
        case 1:
                page_render_edit_groups(out, &(struct edit_groups){ *frame, &group, 1, group });
                break;
        case 2:
                page_render_edit_group(out, &(struct edit_group_page){ *frame, group, &person, 1, t, true, t });
                break;
        case 3:
                page_render_edit_access(out, &(struct edit_access){ *frame, &publication, 1 });
                break;
        default:
                page_render_edit_publication(out, &(struct edit_publication_page){
                        *frame, publication, &group, 1, &group, 1, &person, 1, t, true, t,
                });
                break;
        }
}

static void render_log(struct buf *out, size_t i, const struct edit_frame *frame, struct str t)
{
        const struct edit_record record = { 1, 1795132800, t, 1, t, t, t, t };
        const struct edit_limits limit = { t, t, t, true };

        if (i < 2)
                page_render_edit_log(out, &(struct edit_log){
                        *frame, t, t, t, &record, 1, t, true, true, i == 0 ? 1 : 0, 1, t,
                });
        else
                page_render_edit_settings(out, &(struct edit_settings){ *frame, t, t, t, t, &limit, 1, true });
}

static void render(struct buf *out, size_t i, struct page_site site, struct str t)
{
        const struct edit_frame frame = {
                .site = site, .csrf = t, .administrator = true, .room = EDIT_PEOPLE, .error = t,
        };

        if (i < 6)
                render_people(out, i, &frame, t);
        else if (i < 10)
                render_import(out, i - 6, &frame, t);
        else if (i < 15)
                render_access(out, i - 10, &frame, t);
        else
                render_log(out, i - 15, &frame, t);
}

static void whatever_is_typed_is_text(void **state)
{
        const struct page_site site = { hostile, STR("en"), false };

        (void)state;
        for (size_t i = 0; i < PAGES; i++) {
                struct buf page CLEANUP_BUF = { 0 };

                render(&page, i, site, hostile);
                if (count(&page, "<script>") + count(&page, "<!--") + count(&page, "x\"'") > 0)
                        fail_msg("page %zu has markup in it:\n%.*s", i, STR_ARG(buf_str(&page)));
                assert_int_equal(count(&page, "</title>"), 1);
                assert_int_equal(count(&page, "</html>"), 1);
                assert_true(count(&page, "&lt;script&gt;") > 0);
        }
}

static void every_form_that_posts_has_the_code(void **state)
{
        const struct page_site site = { STR("Docs"), STR("en"), false };

        (void)state;
        for (size_t i = 0; i < PAGES; i++) {
                struct buf page CLEANUP_BUF = { 0 };

                render(&page, i, site, STR("seven"));
                assert_int_equal(count(&page, "method=\"post\""), count(&page, "name=\"csrf\" value=\"seven\""));
                assert_int_equal(count(&page, "<h1>"), 1);
                assert_int_equal(count(&page, "noindex"), 1);
        }
}

static void who_is_no_administrator_is_shown_no_room_of_theirs(void **state)
{
        struct buf page CLEANUP_BUF = { 0 };

        (void)state;
        page_render_edit_overview(&page, &(struct edit_overview){
                .frame = { .site = { STR("Docs"), STR("en"), false }, .room = EDIT_OVERVIEW },
                .name = STR("Wanda"), .role = STR("writer"),
        });
        assert_int_equal(count(&page, "/edit/people"), 0);
        assert_int_equal(count(&page, "/edit/log"), 0);
        assert_true(count(&page, "href=\"/edit\"") > 0);
}

static void every_word_is_there_in_every_language(void **state)
{
        (void)state;
        assert_int_equal(words_ntables, EDIT_LANGUAGES);
        for (size_t i = 0; i < words_ntables; i++) {
                unsigned language = edit_language(words_tables[i]->lang);

                assert_true(i == 0 || language != 0);
                for (unsigned w = 0; w < EDIT_WORDS; w++) {
                        struct str word = edit_word(language, (enum edit_word)w);

                        assert_true(word.n > 0);
                        assert_true(str_is_utf8(word));
                        /* A number belongs into the same words in all languages. */
                        assert_int_equal(str_find_str(word, STR("%s")) >= 0,
                                         str_find_str(edit_word(0, (enum edit_word)w), STR("%s")) >= 0);
                }
        }
        assert_int_equal(edit_language(STR("xx")), 0);
}

static void a_fixed_word_is_found_by_its_name(void **state)
{
        (void)state;
        assert_true(str_is(edit_word_named(0, "ROLE_", STR("power-reader")), "Power Reader"));
        assert_true(str_is(edit_word_named(0, "ACTION_", STR("login.failed")), "failed to log in"));
        assert_true(str_is(edit_word_named(0, "ACTION_", STR("made.up")), "made.up"));
        assert_true(str_is(edit_word_named(0, "ACTION_", STR("")), ""));
        assert_true(str_is(edit_word_named(0, "ROLE_", STR("HINT2")), "HINT2"));
}

static void a_link_that_was_handed_out_says_what_became_of_its_letter(void **state)
{
        static const struct {
                enum edit_mailed mailed;
                const char *said;
        } cases[] = {
                { EDIT_MAILED_NOTHING, "Give this link to the person." },
                { EDIT_MAILED, "role=\"status\">A letter with this link is on its way." },
                { EDIT_MAILED_NOT, "No letter can be sent to this address" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buf out CLEANUP_BUF = { 0 };

                page_render_edit_link(&out, &(struct edit_link){
                        .frame = { .site = { STR("Docs"), STR("en"), false } }, .mailed = cases[i].mailed,
                        .url = STR("https://docs.example.com/welcome?t=cri_x"),
                });
                for (size_t k = 0; k < ARRAY_LEN(cases); k++)
                        assert_int_equal(str_find_str(buf_str(&out), str_of(cases[k].said)) >= 0, k == i);
                assert_true(str_find_str(buf_str(&out), STR("value=\"https://docs.example.com/welcome")) >= 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(whatever_is_typed_is_text),
                cmocka_unit_test(every_form_that_posts_has_the_code),
                cmocka_unit_test(who_is_no_administrator_is_shown_no_room_of_theirs),
                cmocka_unit_test(every_word_is_there_in_every_language),
                cmocka_unit_test(a_fixed_word_is_found_by_its_name),
                cmocka_unit_test(a_link_that_was_handed_out_says_what_became_of_its_letter),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
