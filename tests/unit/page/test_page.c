/*
 * test_page.c -- whatever is in a field, a page is whole, escaped and navigable.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "page/assets.h"
#include "page/page.h"
#include "asserts.h"

static const struct page_site english = { STR("Docs"), STR("en"), false };

static void no_field_of_a_topic_reaches_the_page_unescaped(void **state)
{
        const struct page_site site = { hostile, hostile, false };
        const struct page_toc leaf = { .title = hostile, .url = evil_url };
        const struct page_toc label = { .title = hostile, .next = &leaf };
        const struct page_toc branch = { .title = hostile, .url = evil_url, .children = &label };
        const struct page_toc group = { .title = hostile, .children = &label, .next = &branch };
        const struct page_link link = { hostile, evil_url };
        const struct page_link crumbs[] = { link, { hostile, STR("") } };
        const struct markdown_heading headings[] = { { 2, hostile, hostile },
                                                     { 3, hostile, hostile } };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_topic(&out, &(struct page_topic){
                .site = site, .publication = hostile, .publication_url = evil_url,
                .version = hostile, .title = hostile, .url = evil_url, .markdown_url = evil_url,
                .description = hostile, .toc = &group, .crumbs = crumbs, .ncrumbs = 2,
                .headings = headings, .nheadings = 2, .previous = &link, .next = &link,
                .updated = 1,
        });
        assert_harmless(&out);
        /* A hostile id stays inside its attribute, behind the '#' that keeps it a fragment. */
        assert_has(&out, "href=\"#x&quot;");
}

static void no_field_of_the_other_pages_reaches_them_unescaped(void **state)
{
        const struct page_site site = { hostile, hostile, true };
        const struct page_home_entry entry = { hostile, evil_url, hostile, hostile, 3 };
        const struct page_trust_layer layer = { hostile, hostile, true };
        const struct page_trust_provider provider = { hostile, hostile, hostile, hostile };
        struct buf home CLEANUP_BUF = { 0 }, error CLEANUP_BUF = { 0 }, trust CLEANUP_BUF = { 0 };

        (void)state;
        page_render_home(&home, &(struct page_home){ site, &entry, 1, true });
        assert_harmless(&home);
        page_render_error(&error, &(struct page_error){ site, 404, hostile, hostile });
        assert_harmless(&error);
        page_render_trust(&trust, &(struct page_trust){
                .site = site, .isolation = hostile, .layers = &layer, .nlayers = 1, .providers = &provider,
                .nproviders = 1,
        });
        assert_harmless(&trust);
}

static void the_body_is_the_only_raw_part(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_topic(&out, &(struct page_topic){
                .site = english, .title = STR("T"), .body = { STR("<p>a <em>b</em></p>\n") },
        });
        assert_has(&out, "<p>a <em>b</em></p>");
}

static void the_contents_open_along_the_path_to_the_current_topic(void **state)
{
        const struct page_toc here = { .title = STR("Here"), .url = STR("/here"), .current = true };
        const struct page_toc open = {
                .title = STR("Open"), .url = STR("/open"), .open = true, .children = &here,
        };
        const struct page_toc deep = { .title = STR("Deep"), .url = STR("/deep") };
        const struct page_toc shut = { .title = STR("Shut"), .children = &deep, .next = &open };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_topic(&out, &(struct page_topic){
                .site = english, .title = STR("Here"), .publication = STR("Book"),
                .publication_url = STR("/docs/book/"), .toc = &shut,
        });
        assert_has(&out, "<li class=\"toc-group\">\n<details>\n<summary>Shut</summary>\n<ul>\n"
                         "<li>\n<a class=\"toc-link\" href=\"/deep\">Deep</a>\n</li>\n</ul>\n"
                         "</details>");
        assert_has(&out, "<a class=\"toc-link\" href=\"/open\">Open</a>\n<details open>\n"
                         "<summary><span class=\"hidden\">Open: topics in this section</span>"
                         "</summary>\n<ul>");
        assert_has(&out, "<a class=\"toc-link\" href=\"/here\" aria-current=\"page\">Here</a>");
        assert_int_equal(count(&out, "aria-current"), 1);
        assert_int_equal(count(&out, "<ul>"), count(&out, "</ul>"));
        assert_int_equal(count(&out, "<details"), count(&out, "</details>"));
        assert_has(&out, "<a class=\"toc-publication\" href=\"/docs/book/\">Book</a>");
}

static void a_chain_of_sixteen_levels_is_shown_whole(void **state)
{
        struct page_toc toc[16] = { 0 };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        for (size_t i = 0; i < 16; i++) {
                toc[i].title = STR("Level");
                toc[i].children = i < 15 ? &toc[i + 1] : NULL;
        }
        page_render_topic(&out, &(struct page_topic){ .site = english, .toc = toc });
        assert_int_equal(count(&out, "Level"), 16);
}

static void what_a_topic_does_not_have_leaves_no_trace(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_topic(&out, &(struct page_topic){ .site = english, .title = STR("Alone") });
        assert_has(&out, "<title>Alone – Docs</title>");
        assert_lacks(&out, "name=\"description\"");
        assert_lacks(&out, "rel=\"canonical\"");
        assert_lacks(&out, "rel=\"prev\"");
        assert_lacks(&out, "class=\"toc\"");
        assert_lacks(&out, "popovertarget");
        assert_lacks(&out, "class=\"crumbs\"");
        assert_lacks(&out, "class=\"facts\"");
        assert_lacks(&out, "onpage");
        assert_lacks(&out, "class=\"pager\"");
        assert_lacks(&out, "<time");
}

static void what_a_topic_has_is_linked_and_dated(void **state)
{
        const struct page_link previous = { STR("Before"), STR("/b") };
        const struct page_link next = { STR("After"), STR("/a") };
        const struct page_link crumbs[] = { { STR("Book"), STR("/docs/book/") },
                                            { STR("Part"), STR("") } };
        const struct markdown_heading headings[] = {
                { 1, STR("one"), STR("One") }, { 2, STR("two"), STR("Two") },
                { 3, STR("three"), STR("Three") }, { 4, STR("four"), STR("Four") },
        };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_topic(&out, &(struct page_topic){
                .site = english, .publication = STR("Book"), .title = STR("T"),
                .url = STR("/docs/book/t"), .markdown_url = STR("/docs/book/t.md"),
                .description = STR("What T is."), .version = STR("3.2"), .updated = 1795132800,
                .crumbs = crumbs, .ncrumbs = 2, .previous = &previous, .next = &next,
                .headings = headings, .nheadings = ARRAY_LEN(headings),
        });
        assert_has(&out, "<title>T – Book – Docs</title>");
        assert_has(&out, "<meta name=\"description\" content=\"What T is.\">");
        assert_has(&out, "<link rel=\"canonical\" href=\"/docs/book/t\">");
        assert_has(&out, "<link rel=\"prev\" href=\"/b\">");
        assert_has(&out, "<link rel=\"next\" href=\"/a\">");
        assert_has(&out, "<a class=\"pager-previous\" rel=\"prev\" href=\"/b\">");
        assert_has(&out, "<li><a href=\"/docs/book/\">Book</a></li>\n<li><span>Part</span></li>");
        assert_has(&out, "<time datetime=\"2026-11-20T00:00:00Z\">20 November 2026</time>");
        assert_has(&out, "Version <span class=\"version\">3.2</span>");
        assert_has(&out, "<a href=\"/docs/book/t.md\" type=\"text/markdown\">View as Markdown</a>");
        /* h2 and h3 only, once in the rail and once under the title. */
        assert_int_equal(count(&out, "<a href=\"#two\">Two</a>"), 2);
        assert_int_equal(count(&out, "<a href=\"#three\">Three</a>"), 2);
        assert_lacks(&out, "#one");
        assert_lacks(&out, "#four");
}

static void a_page_carries_its_language_and_direction_and_speaks_it(void **state)
{
        const struct page_site arabic = { STR("وثائق"), STR("ar-EG"), true };
        const struct page_site german = { STR("Doku"), STR("de"), false };
        const struct page_site other = { STR("Docs"), STR("ja"), false };
        struct buf a CLEANUP_BUF = { 0 }, g CLEANUP_BUF = { 0 }, o CLEANUP_BUF = { 0 };

        (void)state;
        page_render_home(&a, &(struct page_home){ .site = arabic });
        assert_has(&a, "<html lang=\"ar-EG\" dir=\"rtl\">");
        assert_has(&a, "لم يُنشر شيء بعد");
        page_render_home(&g, &(struct page_home){ .site = german });
        assert_has(&g, "<html lang=\"de\" dir=\"ltr\">");
        assert_has(&g, "Noch ist nichts veröffentlicht");
        page_render_home(&o, &(struct page_home){ .site = other });
        assert_has(&o, "<html lang=\"ja\" dir=\"ltr\">");
        assert_has(&o, "Nothing is published yet");
}

static void no_page_holds_inline_script_or_style(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_topic(&out, &(struct page_topic){ .site = english });
        page_render_home(&out, &(struct page_home){ .site = english });
        page_render_error(&out, &(struct page_error){ .site = english });
        page_render_trust(&out, &(struct page_trust){ .site = english });
        assert_lacks(&out, "<style");
        assert_lacks(&out, " style=");
        assert_lacks(&out, "<script>");
        assert_lacks(&out, "http://");
        assert_lacks(&out, "https://");
        assert_lacks(&out, "data:");
}

static void an_error_page_is_not_indexed_and_leads_home(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_error(&out, &(struct page_error){
                english, 404, STR("There is no such page"), STR("Check the address."),
        });
        assert_has(&out, "<meta name=\"robots\" content=\"noindex\">");
        assert_has(&out, "<p class=\"status-code\">404</p>");
        assert_has(&out, "<a class=\"button\" href=\"/\">Go to the home page</a>");
}

static void a_missing_layer_of_isolation_is_said_in_words(void **state)
{
        const struct page_trust_layer layers[] = {
                { STR("seccomp"), STR("filters calls"), true },
                { STR("own user"), STR("separates files"), false },
        };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_trust(&out, &(struct page_trust){
                .site = english, .isolation = STR("standard"), .layers = layers, .nlayers = 2,
        });
        assert_has(&out, "aria-hidden=\"true\"></span>On</span>");
        assert_has(&out, "aria-hidden=\"true\"></span>Off</span>");
        assert_has(&out, "Standard: this host");
}

static void the_trust_page_names_every_hosting_provider_or_says_that_there_is_none(void **state)
{
        const struct page_trust_provider provider = {
                STR("Example Hosting"), STR("machines"), STR("EU"), STR("2024"),
        };
        struct buf some CLEANUP_BUF = { 0 }, none CLEANUP_BUF = { 0 };

        (void)state;
        page_render_trust(&some, &(struct page_trust){
                .site = english, .providers = &provider, .nproviders = 1,
        });
        assert_has(&some, "<th scope=\"row\">Example Hosting</th>");
        assert_has(&some, "<td>EU</td>");
        page_render_trust(&none, &(struct page_trust){ .site = english });
        assert_has(&none, "names no hosting provider");
}

static void an_error_page_has_its_own_words_in_the_reader_s_language(void **state)
{
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        page_render_error(&out, &(struct page_error){
                .site = { STR("Portal"), STR("de"), false }, .status = 404,
        });
        assert_has(&out, "<h1>Seite nicht gefunden</h1>");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_field_of_a_topic_reaches_the_page_unescaped),
                cmocka_unit_test(no_field_of_the_other_pages_reaches_them_unescaped),
                cmocka_unit_test(the_body_is_the_only_raw_part),
                cmocka_unit_test(the_contents_open_along_the_path_to_the_current_topic),
                cmocka_unit_test(a_chain_of_sixteen_levels_is_shown_whole),
                cmocka_unit_test(what_a_topic_does_not_have_leaves_no_trace),
                cmocka_unit_test(what_a_topic_has_is_linked_and_dated),
                cmocka_unit_test(a_page_carries_its_language_and_direction_and_speaks_it),
                cmocka_unit_test(no_page_holds_inline_script_or_style),
                cmocka_unit_test(an_error_page_is_not_indexed_and_leads_home),
                cmocka_unit_test(a_missing_layer_of_isolation_is_said_in_words),
                cmocka_unit_test(the_trust_page_names_every_hosting_provider_or_says_that_there_is_none),
                cmocka_unit_test(an_error_page_has_its_own_words_in_the_reader_s_language),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
