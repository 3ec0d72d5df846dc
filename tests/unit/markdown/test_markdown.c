/*
 * test_markdown.c -- what authors write, and the HTML readers get.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "markdown/markdown.h"
#include "reparse.h"

/* Render, and hold the body against a second parser. */
static struct markdown_doc render(struct arena *arena, const char *source,
                                  const struct markdown_options *options)
{
        struct buf parsed CLEANUP_BUF = { 0 };
        struct markdown_doc doc = { .nheadings = 0 };
        struct err err = { 0 };

        if (markdown_render(arena, str_of(source), options, &doc, &err) < 0)
                fail_msg("%s", err.text);
        assert_null(reparse_fault(doc.body.s));
        reparse(doc.body.s, &parsed);
        assert_string_equal(doc.body.s.p, buf_cstr(&parsed));
        return doc;
}

static void expect(const char *source, const char *body)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        assert_string_equal(render(arena, source, NULL).body.s.p, body);
}

static void expect_part(const char *source, const char *part)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_doc doc = render(arena, source, NULL);

        if (strstr(doc.body.s.p, part) == NULL)
                fail_msg("no '%s' in '%s'", part, doc.body.s.p);
}

static void expect_slug(const char *text, const char *slug)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        assert_true(str_is(markdown_slug(arena, str_of(text)), slug));
}

static void paragraphs_lists_and_emphasis_are_commonmark(void **state)
{
        (void)state;
        expect("a *b* **c** `d` ~~e~~  \nf\n", "<p>a <em>b</em> <strong>c</strong> <code>d</code> "
                                              "<del>e</del><br>\nf</p>\n");
        expect("1. a\n2. b\n", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n");
        expect("7) a\n", "<ol start=\"7\">\n<li>a</li>\n</ol>\n");
        expect("> q\n\n---\n", "<blockquote>\n<p>q</p>\n</blockquote>\n<hr>\n");
        expect("&copy; &amp; &bogus; \\* <b>x</b>\n",
               "<p>\xc2\xa9 &amp; &amp;bogus; * <b>x</b></p>\n");
}

static void a_heading_has_an_id_and_a_named_anchor(void **state)
{
        (void)state;
        expect("## Get *started*\n", "<h2 id=\"get-started\">Get <em>started</em> <a "
                                     "class=\"anchor\" href=\"#get-started\" "
                                     "aria-label=\"Link to section Get started\"><span "
                                     "aria-hidden=\"true\">#</span></a></h2>\n");
}

static void an_author_may_choose_a_headings_id(void **state)
{
        (void)state;
        expect_part("# A {#own-id}\n", "<h1 id=\"own-id\">A <a");
        expect_part("# A {: #own .x}\n", "<h1 id=\"own\">A <a");
        expect_part("# A {.x #own key=\"v\"}\n", "<h1 id=\"own\">A <a");
        expect_part("# A {.x}\n", "<h1 id=\"a\">A <a");
        expect_part("# `a` {#own}\n", "<h1 id=\"own\"><code>a</code> <a");
        expect_part("A {#own}\n===\n", "<h1 id=\"own\">A <a");
        expect_part("# Using {braces}\n", "<h1 id=\"using-braces\">Using {braces} <a");
        expect_part("# A {#bad\"id}\n", "<h1 id=\"a\">A <a");
        expect_part("# A {#-x}\n", "<h1 id=\"a\">A <a");
        expect_part("# A `{#code}`\n", "<h1 id=\"a-code\">A <code>{#code}</code>");
}

static void ids_are_unique_in_the_document_and_leave_the_pages_alone(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const struct str reserved[] = { STR("main") };
        struct markdown_options options = { .reserved_ids = reserved, .nreserved_ids = 1 };
        struct markdown_doc doc = render(
                arena, "# A\n# A\n# A-1\n# A\n\n<p id=\"b\">x</p>\n\n# B\n# Main\n", &options);
        const char *const ids[] = { "a", "a-1", "a-1-1", "a-2", "b-1", "main-1" };

        (void)state;
        assert_int_equal(doc.nheadings, ARRAY_LEN(ids));
        for (size_t i = 0; i < ARRAY_LEN(ids); i++)
                assert_true(str_is(doc.headings[i].id, ids[i]));
}

static void a_slug_is_lower_case_words_of_any_script(void **state)
{
        (void)state;
        expect_slug("Hello, World!", "hello-world");
        expect_slug("  What's   new - in 2.0? ", "whats-new-in-20");
        expect_slug("snake_case std::io", "snake_case-stdio");
        expect_slug("\xc3\x9c" "BER \xd0\x96\xd0\xa3\xd0\x9a \xce\x91\xce\xa9",
                    "\xc3\xbc" "ber-\xd0\xb6\xd1\x83\xd0\xba-\xce\xb1\xcf\x89");
        expect_slug("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x80\x82\xe2\x80\x94",
                    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e");
        expect_slug("\xf0\x9f\x9a\x80 Launch", "launch");
        expect_slug("?!", "section");
        expect_slug("", "section");
        expect_slug("-a-", "a");
}

static void the_first_h1_is_the_title_and_can_be_left_to_the_page(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_options options = { .drop_first_h1 = true };
        struct markdown_doc doc = render(
                arena, "# The `T`\n\ntext\n\n# Next\n\n<h1>raw</h1>\n\n### Deep\n", &options);

        (void)state;
        assert_true(str_is(doc.title, "The T"));
        assert_null(strstr(doc.body.s.p, "The"));
        assert_null(strstr(doc.body.s.p, "<h1"));
        assert_non_null(strstr(doc.body.s.p, "<h2 id=\"next\">Next"));
        assert_non_null(strstr(doc.body.s.p, "<h2>raw</h2>"));
        assert_non_null(strstr(doc.body.s.p, "<h3 id=\"deep\">"));
        assert_int_equal(doc.nheadings, 2);
        assert_int_equal(doc.headings[0].level, 2);
        assert_int_equal(doc.headings[1].level, 3);
        assert_true(str_is(render(arena, "# The T\n", NULL).title, "The T"));
        assert_int_equal(render(arena, "no heading\n", &options).title.n, 0);
}

static void a_quote_that_begins_with_a_label_is_a_callout(void **state)
{
        (void)state;
        expect("> [!NOTE]\n> a\n> b\n",
               "<aside class=\"callout callout-note\" role=\"note\" aria-label=\"Note\">"
               "<p class=\"callout-title\">Note</p>\n<p>a\nb</p>\n</aside>\n");
        expect_part("> [!warning]\n>\n> - a\n", "<p class=\"callout-title\">Warning</p>\n\n<ul>");
        expect_part("> [!TIP]\n", "callout-tip");
        expect_part("> [!IMPORTANT]\n> x\n", "callout-important");
        expect_part("> [!CAUTION]\n> x\n", "callout-caution");
        expect_part("> > [!NOTE]\n> > x\n", "<blockquote>\n<aside class=\"callout callout-note\"");
        expect_part("- > [!NOTE]\n  > *x*\n", "<li><aside");
}

static void other_quotes_stay_quotes(void **state)
{
        (void)state;
        expect("> [!NOPE]\n> a\n", "<blockquote>\n<p>[!NOPE]\na</p>\n</blockquote>\n");
        expect("> [!NOTE] a\n", "<blockquote>\n<p>[!NOTE] a</p>\n</blockquote>\n");
        expect("> a\n> [!NOTE]\n", "<blockquote>\n<p>a\n[!NOTE]</p>\n</blockquote>\n");
        expect(">\n", "<blockquote>\n</blockquote>\n");
        expect("> # [!NOTE]\n> x\n", "<blockquote>\n<h1 id=\"note\">[!NOTE] <a class=\"anchor\" "
                                     "href=\"#note\" aria-label=\"Link to section [!NOTE]\">"
                                     "<span aria-hidden=\"true\">#</span></a></h1>\n<p>x</p>\n"
                                     "</blockquote>\n");
}

static void a_task_is_a_named_box_that_cannot_be_changed(void **state)
{
        (void)state;
        expect("- [ ] a\n- [x] b\n",
               "<ul>\n<li class=\"task\"><input type=\"checkbox\" disabled=\"\" aria-label=\"To "
               "do\"> a"
               "</li>\n<li class=\"task\"><input type=\"checkbox\" disabled=\"\" checked=\"\" "
               "aria-label=\"Done\"> b</li>\n</ul>\n");
        expect_part("<input type=checkbox checked> x\n", "<p> x</p>");
}

static void a_table_scrolls_in_a_named_region(void **state)
{
        (void)state;
        expect("| a | b |\n|:-:|--:|\n| 1 | *2* |\n",
               "<div class=\"table-scroll\" role=\"region\" tabindex=\"0\" "
               "aria-label=\"Table\"><table>"
               "<thead>\n<tr>\n<th class=\"align-center\" scope=\"col\">a</th>\n"
               "<th class=\"align-right\" scope=\"col\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
               "<td class=\"align-center\">1</td>\n<td "
               "class=\"align-right\"><em>2</em></td>\n</tr>\n"
               "</tbody>\n</table></div>\n");
        expect_part("|a|\n|-|\n\n|b|\n|-|\n", "aria-label=\"Table 2\"");
}

static void a_header_cell_without_text_heads_nothing(void **state)
{
        (void)state;
        expect_part("|  | b |\n|--|--|\n| 1 | 2 |\n",
                    "<tr>\n<td></td>\n<th scope=\"col\">b</th>\n</tr>\n</thead>");
        expect_part("| *a* | <!-- c --> |\n|--|--|\n", "<th scope=\"col\"><em>a</em></th>\n<td></td>");
}

static void code_is_a_named_region_with_a_language(void **state)
{
        static const char *const infos[][2] = {
                { "c", "language-c" },           { "rust,ignore", "language-rust" },
                { "{.python hl_lines=\"1\"}", "language-python" }, { "C++ x", "language-C++" },
                { "c#", "language-c#" },         { "objective-c", "language-objective-c" },
        };

        (void)state;
        expect("```\na < b\n```\n",
               "<pre role=\"region\" tabindex=\"0\" aria-label=\"Code example\">"
               "<code>a &lt; b\n</code></pre>\n");
        expect_part("    a\n\n```\nb\n```\n", "aria-label=\"Code example 2\"");
        for (size_t i = 0; i < ARRAY_LEN(infos); i++) {
                struct arena *arena CLEANUP_ARENA = arena_new(0);

                expect_part(arena_printf(arena, "```%s\nx\n```\n", infos[i][0]),
                            arena_printf(arena, "<code class=\"%s\">x", infos[i][1]));
        }
        expect_part("```\"><script>\nx\n```\n", "<code>x");
}

static void images_are_local_lazy_and_have_their_alt(void **state)
{
        (void)state;
        expect("![a *b* `c`](d.png \"t\")\n",
               "<p><img src=\"d.png\" alt=\"a b c\" title=\"t\" loading=\"lazy\"></p>\n");
        expect("![logo](https://e.example/i.png)\n",
               "<p><a href=\"https://e.example/i.png\">logo</a></p>\n");
        expect("[![badge](//e.example/i.png)](/x)\n", "<p><a href=\"/x\">badge</a></p>\n");
        expect("![x](data:image/png,x)\n", "<p>x</p>\n");
}

static void a_link_with_a_foreign_scheme_is_text(void **state)
{
        static const char *const sources[] = {
                "[t](javascript:alert(1))", "[t](<java\tscript:x>)", "[t](&#106;avascript:x)",
                "[t](JAVASCRIPT&colon;x)", "[t](data:text/html,x)", "[t][r]\n\n[r]: vbscript:x",
                "[t](\\javascript:x)", "[t](javascript&#x3a;x)", "[t](&Tab;javascript:x)",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(sources); i++)
                expect(sources[i], "<p><a>t</a></p>\n");
        expect("<javascript:x>\n", "<p><a>javascript:x</a></p>\n");
}

static bool to_site(void *ctx, struct str dest, bool image, struct buf *out)
{
        (void)ctx;
        if (image)
                buf_puts(out, "/files/");
        buf_add_str(out, dest);
        if (str_ends(dest, STR(".md")))
                out->n -= 3;
        return true;
}

static void links_go_where_the_callback_says(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_options options = { .link = to_site };

        (void)state;
        assert_string_equal(
                render(arena, "[a](b%20c.md) ![d](e.png) <a href=f.md>g</a>\n", &options).body.s.p,
                "<p><a href=\"b%20c\">a</a> <img src=\"/files/e.png\" alt=\"d\" loading=\"lazy\"> "
                "<a href=\"f\">g</a></p>\n");
}

static void raw_html_goes_through_the_allowlist(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_doc doc =
                render(arena,
                       "<div align=\"center\" onclick=\"x\">\n\n**a**\n\n</div>\n\n"
                       "b <script>alert(1)</script> <kbd>c</kbd>\n",
                       NULL);

        (void)state;
        assert_string_equal(doc.body.s.p,
                            "<div class=\"align-center\">\n<p><strong>a</strong></p>\n"
                            "</div>\n<p>b  <kbd>c</kbd></p>\n");
        assert_true(str_is(doc.removed->what, "attribute onclick"));
        assert_true(str_is(doc.removed->next->what, "element script"));
}

static void raw_html_cannot_close_what_was_generated(void **state)
{
        (void)state;
        expect("- a </li></ul></div> b\n- c\n", "<ul>\n<li>a  b</li>\n<li>c</li>\n</ul>\n");
        expect_part("|a|\n|-|\n|</td></table> b|\n",
                    "<td> b</td>\n</tr>\n</tbody>\n</table></div>");
        expect_part("> [!NOTE]\n> </aside> b\n", " b\n</aside>");
        expect("a <b>b\n\nc\n", "<p>a <b>b</b></p>\n<p>c</p>\n");
        expect("<div title=\"\n\n**x**\n", "<p><strong>x</strong></p>\n");
}

static void raw_html_cannot_claim_what_only_the_renderer_may(void **state)
{
        (void)state;
        expect("<section class=\"footnotes\" role=\"doc-endnotes\" tabindex=\"0\" "
               "aria-label=\"x\">\n",
               "<section>\n</section>");
}

static void search_text_has_words_and_no_markup(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_doc doc = render(arena,
                                         "# T {#x}\n\na *b* &amp; `c`\n\n- d\n- "
                                         "e\n\n|f|g|\n|-|-|\n|h|i|\n\n<p title=\"no\">j</p>\n\n"
                                         "![k](l.png) [m](n)\n\n> [!NOTE]\n> o\n",
                                         NULL);

        (void)state;
        assert_string_equal(doc.text.p, "T\na b & c\nd\ne\nf\ng\nh\ni\nj\nk m\no");
}

static void the_renderers_own_words_are_the_callers(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_options options = {
                .section_label = STR("Link zu %s"),
                .code_label = STR("Code"),
                .labels = { .note = STR("Hinweis"),
                            .done = STR("Erledigt"),
                            .table = STR("Tabelle") },
        };
        const char *body =
                render(arena, "# A\n\n```\nx\n```\n\n> [!NOTE]\n> b\n\n- [x] c\n\n|d|\n|-|\n",
                       &options)
                        .body.s.p;

        (void)state;
        assert_non_null(strstr(body, "aria-label=\"Link zu A\""));
        assert_non_null(strstr(body, "aria-label=\"Code\""));
        assert_non_null(strstr(body, "<p class=\"callout-title\">Hinweis</p>"));
        assert_non_null(strstr(body, "aria-label=\"Erledigt\""));
        assert_non_null(strstr(body, "aria-label=\"Tabelle\""));
}

static void plain_rendering_has_no_extras_and_still_sanitises(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct html html;
        struct err err;

        (void)state;
        assert_int_equal(
                markdown_render_plain(arena,
                                      STR("# A {#b}\n\n> [!NOTE]\n> x[^1]\n\n<script>1</script>\n\n"
                                          "[^1]: y z\n"),
                                      &html, &err),
                0);
        assert_string_equal(html.s.p, "<h1>A {#b}</h1>\n<blockquote>\n<p>[!NOTE]\nx[^1]</p>\n"
                                      "</blockquote>\n\n<p>[^1]: y z</p>\n");
}

static void a_source_that_is_no_text_is_refused_with_a_sentence(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_doc doc = { .nheadings = 7 };
        struct err err;
        size_t large = 8 * 1024 * 1024 + 1;
        char *bytes = malloc(large);

        (void)state;
        assert_non_null(bytes);
        memset(bytes, 'a', large);
        assert_int_equal(markdown_render(arena, STR("a\xff"), NULL, &doc, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "UTF-8"));
        assert_int_equal(markdown_render(arena, STR("a\0b"), NULL, &doc, &err), ERR_INVALID);
        assert_int_equal(markdown_render(arena, str_make(bytes, large), NULL, &doc, &err),
                         ERR_LIMIT);
        assert_int_equal(doc.nheadings, 7);
        free(bytes);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(paragraphs_lists_and_emphasis_are_commonmark),
                cmocka_unit_test(a_heading_has_an_id_and_a_named_anchor),
                cmocka_unit_test(an_author_may_choose_a_headings_id),
                cmocka_unit_test(ids_are_unique_in_the_document_and_leave_the_pages_alone),
                cmocka_unit_test(a_slug_is_lower_case_words_of_any_script),
                cmocka_unit_test(the_first_h1_is_the_title_and_can_be_left_to_the_page),
                cmocka_unit_test(a_quote_that_begins_with_a_label_is_a_callout),
                cmocka_unit_test(other_quotes_stay_quotes),
                cmocka_unit_test(a_task_is_a_named_box_that_cannot_be_changed),
                cmocka_unit_test(a_table_scrolls_in_a_named_region),
                cmocka_unit_test(a_header_cell_without_text_heads_nothing),
                cmocka_unit_test(code_is_a_named_region_with_a_language),
                cmocka_unit_test(images_are_local_lazy_and_have_their_alt),
                cmocka_unit_test(a_link_with_a_foreign_scheme_is_text),
                cmocka_unit_test(links_go_where_the_callback_says),
                cmocka_unit_test(raw_html_goes_through_the_allowlist),
                cmocka_unit_test(raw_html_cannot_close_what_was_generated),
                cmocka_unit_test(raw_html_cannot_claim_what_only_the_renderer_may),
                cmocka_unit_test(search_text_has_words_and_no_markup),
                cmocka_unit_test(the_renderers_own_words_are_the_callers),
                cmocka_unit_test(plain_rendering_has_no_extras_and_still_sanitises),
                cmocka_unit_test(a_source_that_is_no_text_is_refused_with_a_sentence),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
