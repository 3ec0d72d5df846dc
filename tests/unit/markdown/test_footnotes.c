/*
 * test_footnotes.c -- footnotes are found where they are, and nowhere in code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "markdown/markdown.h"
#include "reparse.h"

static const char *render(struct arena *arena, const char *source)
{
        struct buf parsed CLEANUP_BUF = { 0 };
        struct markdown_doc doc = { .nheadings = 0 };
        struct err err = { 0 };

        if (markdown_render(arena, str_of(source), NULL, &doc, &err) < 0)
                fail_msg("%s", err.text);
        reparse(doc.body.s, &parsed);
        assert_string_equal(doc.body.s.p, buf_cstr(&parsed));
        return doc.body.s.p;
}

static size_t occurrences(const char *text, const char *part)
{
        size_t n = 0;

        while ((text = strstr(text, part)) != NULL) {
                n++;
                text += strlen(part);
        }
        return n;
}

static void expect_part(const char *source, const char *part)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const char *body = render(arena, source);

        if (strstr(body, part) == NULL)
                fail_msg("no '%s' in '%s'", part, body);
}

static void expect_no_notes(const char *source)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const char *body = render(arena, source);

        if (strstr(body, "footnote") != NULL)
                fail_msg("a footnote in '%s'", body);
}

static void a_reference_and_its_note_point_at_each_other(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        (void)state;
        assert_string_equal(render(arena, "a[^n].\n\n[^n]: The *note*.\n"),
                            "<p>a<sup class=\"footnote-ref\"><a id=\"fnref:1\" href=\"#fn:1\" "
                            "role=\"doc-noteref\" "
                            "aria-label=\"Footnote 1\">1</a></sup>.</p>\n"
                            "<section class=\"footnotes\" role=\"doc-endnotes\" "
                            "aria-label=\"Footnotes\">\n<ol>\n"
                            "<li id=\"fn:1\"><p>The <em>note</em>. <a class=\"footnote-back\" "
                            "href=\"#fnref:1\" "
                            "role=\"doc-backlink\" aria-label=\"Back to reference "
                            "1\">\xe2\x86\xa9</a></p>\n</li>\n"
                            "</ol>\n</section>\n");
}

static void notes_are_numbered_by_their_first_reference(void **state)
{
        (void)state;
        expect_part("[^b] [^a] [^b]\n\n[^a]: first\n[^b]: second\n", "<li id=\"fn:1\"><p>second");
        expect_part("[^b] [^a] [^b]\n\n[^a]: first\n[^b]: second\n", "<li id=\"fn:2\"><p>first");
        expect_part("[^b] [^a] [^b]\n\n[^a]: first\n[^b]: second\n", "id=\"fnref:1-2\"");
        expect_part("[^b] [^a] [^b]\n\n[^a]: first\n[^b]: second\n", "href=\"#fnref:1-2\"");
}

static void a_note_may_have_several_blocks(void **state)
{
        const char *source = "x[^a]\n\n[^a]: one\n    two\n\n    - three\n\n    ```\n    four\n    "
                             "```\n\nfive\n";

        (void)state;
        expect_part(source, "<li id=\"fn:1\"><p>one\ntwo</p>\n<ul>\n<li>three</li>\n</ul>\n<pre");
        expect_part(source, ">four\n</code></pre>\n <a class=\"footnote-back\"");
        expect_part(source, "<p>five</p>\n<section");
        expect_part("x[^a]\n\n[^a]: one\nlazy\n\nnext\n", "<p>one\nlazy <a");
        expect_part("x[^a]\n\n[^a]:\n    later\n", "<li id=\"fn:1\"><p>later <a");
        expect_part("x[^a]\n\n[^a]:\n", "<li id=\"fn:1\"> <a class=\"footnote-back\"");
}

static void what_a_note_leaves_open_ends_with_it(void **state)
{
        const char *source = "[^a] [^b]\n\n[^a]: ```\n    open\n[^b]: <div><b>x\n";

        (void)state;
        expect_part(source, "<li id=\"fn:2\"><div><b>x");
        expect_part(source, "</ol>\n</section>\n");
}

static void code_and_comments_hold_no_notes(void **state)
{
        (void)state;
        expect_no_notes("```\n[^a]: x\n```\n\n[^a]\n");
        expect_no_notes("~~~~\n[^a]: x\n~~~\n[^a]: y\n~~~~\n\n[^a]\n");
        expect_no_notes("    [^a]: x\n\n[^a]\n");
        expect_no_notes("- ```\n  [^a]: x\n  ```\n\n[^a]\n");
        expect_no_notes("> ```\n> [^a]: x\n> ```\n\n[^a]\n");
        expect_no_notes("<!--\n\n[^a]: x\n\n-->\n\n[^a]\n");
        expect_no_notes("<pre>\n\n[^a]: x\n\n</pre>\n\n[^a]\n");
        expect_no_notes("`[^a]` \\[^a] ![^a](x)\n\n[^a]: y\n");
}

static void a_fence_that_has_ended_hides_nothing(void **state)
{
        (void)state;
        expect_part("- ```\n  open\n\n[^a]\n\n[^a]: x\n", "<li id=\"fn:1\">");
        expect_part("> ```\n> open\n\n[^a]\n\n[^a]: x\n", "<li id=\"fn:1\">");
        expect_part("```\ncode\n````\n\n[^a]\n\n[^a]: x\n", "<li id=\"fn:1\">");
        expect_part("``` not `a` fence\n\n[^a]\n\n[^a]: x\n", "<li id=\"fn:1\">");
}

static void references_without_a_note_are_text(void **state)
{
        (void)state;
        expect_part("a[^n] [^] [^ x]\n\n[^o]: p\n", "<p>a[^n] [^] [^ x]</p>");
        expect_no_notes("a\n\n[^o]: nobody refers to this\n");
        expect_part("[^1](url)\n\n[^1]: x\n", "<a href=\"url\">^1</a>");
}

static void the_first_of_two_notes_with_one_label_counts(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const char *body = render(arena, "[^A] [^a]\n\n[^a]: first\n\n[^A]: second\n");

        (void)state;
        assert_non_null(strstr(body, "first"));
        assert_null(strstr(body, "second"));
        assert_int_equal(occurrences(body, "<li id="), 1);
}

static void notes_may_refer_to_notes_and_to_themselves(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const char *body = render(arena, "[^a]\n\n[^a]: x[^b]\n[^b]: y[^a] and [^b]\n");

        (void)state;
        assert_int_equal(occurrences(body, "<li id=\"fn:"), 2);
        assert_int_equal(occurrences(body, "id=\"fnref:1-2\""), 1);
        assert_int_equal(occurrences(body, "id=\"fnref:2-2\""), 1);
}

static void a_note_may_use_the_documents_link_definitions(void **state)
{
        (void)state;
        expect_part("[^a]\n\n[^a]: see [there]\n\n[there]: /x \"t\"\n",
                    "<a href=\"/x\" title=\"t\">there</a>");
        expect_part("[^a]\n\n[^a]: note\n\n[no]: link definition\n",
                    "<p>[no]: link definition</p>\n<section");
}

static void headings_tables_and_callouts_may_have_references(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_doc doc;

        (void)state;
        assert_int_equal(markdown_render(arena, STR("# H[^a]\n\n[^a]: x\n"), NULL, &doc, NULL), 0);
        assert_true(str_is(doc.headings[0].text, "H"));
        assert_true(str_is(doc.headings[0].id, "h"));
        expect_part("|a|\n|-|\n|b[^n]|\n\n[^n]: x\n", "<td>b<sup");
        expect_part("> [!NOTE]\n> b[^n]\n\n[^n]: x\n", "<p>b<sup");
}

static void an_authors_id_does_not_collide_with_a_notes(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const char *body =
                render(arena, "# A {#fn:1}\n\n<p id=\"fn:1\">x</p>\n\n[^a]\n\n[^a]: y\n");

        (void)state;
        assert_int_equal(occurrences(body, "id=\"fn:1\""), 1);
        assert_non_null(strstr(body, "<li id=\"fn:1\">"));
}

static void only_a_thousand_notes_are_taken(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf source CLEANUP_BUF = { 0 };

        (void)state;
        for (int i = 0; i < 1100; i++)
                buf_printf(&source, "[^n%d]\n\n", i);
        for (int i = 0; i < 1100; i++)
                buf_printf(&source, "[^n%d]: two words\n\n", i);
        const char *body = render(arena, buf_cstr(&source));

        assert_int_equal(occurrences(body, "<li id=\"fn:"), 1000);
        assert_non_null(strstr(body, "[^n1099]"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_reference_and_its_note_point_at_each_other),
                cmocka_unit_test(notes_are_numbered_by_their_first_reference),
                cmocka_unit_test(a_note_may_have_several_blocks),
                cmocka_unit_test(what_a_note_leaves_open_ends_with_it),
                cmocka_unit_test(code_and_comments_hold_no_notes),
                cmocka_unit_test(a_fence_that_has_ended_hides_nothing),
                cmocka_unit_test(references_without_a_note_are_text),
                cmocka_unit_test(the_first_of_two_notes_with_one_label_counts),
                cmocka_unit_test(notes_may_refer_to_notes_and_to_themselves),
                cmocka_unit_test(a_note_may_use_the_documents_link_definitions),
                cmocka_unit_test(headings_tables_and_callouts_may_have_references),
                cmocka_unit_test(an_authors_id_does_not_collide_with_a_notes),
                cmocka_unit_test(only_a_thousand_notes_are_taken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
