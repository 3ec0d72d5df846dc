/*
 * test_import.c -- what each kind of manual becomes: order, titles, addresses, converted text, and
 * a note for everything that could not be kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "archives.h"
#include "base/fd.h"
#include "exchange/exchange.h"
#include "exchange/pack.h"
#include "../store/folder.h"

static struct manual *manual;

static int teardown(void **state)
{
        (void)state;
        manual_free(&manual);
        return 0;
}

static void read_fd(int fd)
{
        const char *base = getenv("TMPDIR");
        int dir CLEANUP_FD = open(base != NULL ? base : "/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct err err;

        manual_free(&manual);
        if (exchange_read(fd, dir, &exchange_defaults, &manual, &err) < 0)
                fail_msg("%s", err.text);
        close(fd);
}

#define READ(...) read_fd(ARCHIVE(true, __VA_ARGS__))

/* The contents as text: "slug|title" with two spaces for each level, one a line. */
static void assert_contents(const char *want)
{
        struct buf got CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < manual->nnodes; i++) {
                const struct manual_node *n = &manual->nodes[i];
                struct str where = n->topic != NULL ? n->topic->slug : n->url;

                buf_printf(&got, "%*s%.*s|%.*s\n", (int)n->depth * 2, "", STR_ARG(where),
                           STR_ARG(n->title));
        }
        assert_string_equal(buf_cstr(&got), want);
}

static void assert_source(const char *slug, const char *want)
{
        struct buf got CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < manual->ntopics; i++)
                if (str_is(manual->topics[i].slug, slug))
                        assert_int_equal(manual_source(manual, &manual->topics[i], &got, NULL), 0);
        assert_string_equal(buf_cstr(&got), want);
}

static bool noted(enum manual_severity severity, const char *file, unsigned line, const char *part)
{
        for (const struct manual_note *n = manual->notes; n != NULL; n = n->next)
                if (n->severity == severity && str_is(n->file, file) && n->line == line &&
                    str_find_str(n->text, str_of(part)) >= 0)
                        return true;
        for (const struct manual_note *n = manual->notes; n != NULL; n = n->next)
                print_message("%s %.*s:%u %.*s\n", manual_severity_name(n->severity),
                              STR_ARG(n->file), n->line, STR_ARG(n->text));
        return false;
}

static void a_plain_folder_is_in_the_order_people_expect(void **state)
{
        (void)state;
        READ({ "10-end.md", "# End\n" }, { "2-middle.md", "# Middle\n" },
             { "README.md", "# Start\n" }, { "guide/b.md", "# B\n" },
             { "guide/index.md", "# The guide\n" },
             { "guide/a.md", "---\ntitle: A\nweight: 2\n---\ntext\n" },
             { "guide/first.md", "---\nweight: 1\nsidebar_label: One\n---\n# First\n" });
        assert_contents("index|Start\n2-middle|Middle\n10-end|End\nguide|The guide\n"
                        "  guide/first|One\n  guide/a|A\n  guide/b|B\n");
        assert_source("guide/a", "text\n");
        assert_int_equal(manual->kind, MANUAL_FOLDER);
}

static void a_folder_that_holds_everything_is_left_out(void **state)
{
        (void)state;
        READ({ "docs-main/README.md", "# Start\n" }, { "docs-main/img/a.png", "\x89PNG\r\n\x1a\n" },
             { "docs-main/.git/config", "x" }, { "__MACOSX/docs-main/._README.md", "x" });
        assert_contents("index|Start\n");
        assert_true(str_is(manual->files[0].path, "img/a.png"));
        assert_int_equal(manual->nfiles, 1);
        assert_true(noted(MANUAL_INFO, ".git/config", 0, "not kept"));
}

static void addresses_are_lower_case_words(void **state)
{
        (void)state;
        READ({ "User Guide/Writing_Your.Docs.md", "x" }, { "\xc3\x9c""ber uns.md", "y" },
             { "a.md", "---\nslug: /Start Here\n---\n" }, { "sub/b.md", "---\nslug: other\n---\n" },
             { "!.md", "z" });
        assert_non_null(manual_topic_at(manual, STR("User Guide/Writing_Your.Docs.md")));
        assert_true(str_is(manual_topic_at(manual, STR("User Guide/Writing_Your.Docs.md"))->slug,
                           "user-guide/writing-your-docs"));
        assert_true(str_is(manual_topic_at(manual, STR("a.md"))->slug, "start-here"));
        assert_true(str_is(manual_topic_at(manual, STR("sub/b.md"))->slug, "sub/other"));
        assert_true(str_is(manual_topic_at(manual, STR("!.md"))->slug, "topic"));
        assert_true(str_is(manual_topic_at(manual, STR("\xc3\x9c""ber uns.md"))->slug,
                           "\xc3\x9c""ber-uns"));
}

static void mkdocs_navigation_gives_order_titles_and_sections(void **state)
{
        (void)state;
        READ({ "mkdocs.yml", "site_name: Product\ndocs_dir: text\ntheme:\n  language: pt_BR\n"
                             "markdown_extensions:\n  - emoji: !!python/name:material.emoji\n"
                             "exclude_docs: |\n  drafts/\n  *.tmp.md\n"
                             "nav:\n  - Home: index.md\n  - Guides:\n    - one.md\n"
                             "    - Deep:\n      - Two: sub/two.md\n  - Site: https://example.org\n"
                             "  - Gone: missing.md\n" },
             { "text/index.md", "# Welcome\n" }, { "text/one.md", "# One\n" },
             { "text/sub/two.md", "# Second\n" }, { "text/extra.md", "# Extra\n" },
             { "text/drafts/x.md", "# X\n" }, { "text/y.tmp.md", "# Y\n" },
             { "text/a.png", "\x89PNG\r\n\x1a\n" }, { "hooks.py", "evil()" });
        assert_contents("index|Home\n|Guides\n  one|One\n  |Deep\n    sub/two|Two\n"
                        "https://example.org|Site\nextra|Extra\n");
        assert_true(str_is(manual->title, "Product"));
        assert_true(str_is(manual->language, "pt_BR"));
        assert_int_equal(manual->ntopics, 4);
        assert_true(noted(MANUAL_LOST, "mkdocs.yml", 17, "missing.md"));
        assert_true(noted(MANUAL_INFO, "text/extra.md", 0, "No entry"));
        assert_true(noted(MANUAL_INFO, "mkdocs.yml", 6, "special tags"));
}

static void an_mdbook_keeps_parts_drafts_and_chapters(void **state)
{
        (void)state;
        READ({ "book.toml", "[book]\ntitle = \"The Book\" # yes\nlanguage = 'de'\n"
                            "[output.html.redirect]\n\"/old.html\" = \"one.html\"\n" },
             { "src/SUMMARY.md", "# Summary\n\n[Preface](preface.md)\n\n- [One `code`](one.md)\n"
                                 "  - [Nested](./deep/nested.md)\n- [Draft]()\n\n---\n\n# Part "
                                 "two\n\n"
                                 "1. [Two](two.md)\n\n[Afterword](after.md)\n" },
             { "src/preface.md", "# Preface\n" }, { "src/one.md", "# One\n" },
             { "src/deep/nested.md", "## Nested here\n\ntext\n" }, { "src/two.md", "# Two\n" },
             { "src/after.md", "no heading\n" });
        assert_contents("preface|Preface\none|One code\n  deep/nested|Nested\n|Draft\n|Part two\n"
                        "  two|Two\nafter|Afterword\n");
        assert_true(str_is(manual->title, "The Book"));
        assert_int_equal(manual->nredirects, 1);
        assert_true(str_is(manual->redirects[0].from, "old"));
        assert_true(str_is(manual->redirects[0].to, "one"));
        assert_source("deep/nested", "# Nested here\n\ntext\n");
        assert_true(str_is(manual_topic_at(manual, STR("after.md"))->title, "Afterword"));
        assert_true(noted(MANUAL_INFO, "src/SUMMARY.md", 0, "1 draft"));
}

static void a_text_that_opens_with_a_lower_heading_moves_up_as_a_whole(void **state)
{
        (void)state;
        READ({ "a.md", "## Title\n\n### Part\n\n> ### Aside\n\n```sh\n### none\n```\n\n#### Deep\n" },
             { "b.md", "## Title\n\n### Part\n\n## Another\n" });
        assert_source("a", "# Title\n\n## Part\n\n> ## Aside\n\n```sh\n### none\n```\n\n### Deep\n");
        /* Lifting would make a part of "Title" a sister of "Another". */
        assert_source("b", "# Title\n\n### Part\n\n## Another\n");
}

static void docusaurus_folders_have_labels_and_positions(void **state)
{
        (void)state;
        READ({ "docusaurus.config.js", "module.exports = {}" },
             { "docs/intro.md", "---\nsidebar_position: 1\n---\n# Intro\n" },
             { "docs/z/_category_.json", "{\"label\": \"Basics\", \"position\": 2}" },
             { "docs/z/page.mdx", "import X from './x'\n\n# Page\n\n:::tip[Do it]\nNow.\n:::\n" },
             { "docs/a/_category_.yml", "label: Advanced\nposition: 2.5\n" },
             { "docs/a/page.md", "# P\n" });
        assert_contents("intro|Intro\n|Basics\n  z/page|Page\n|Advanced\n  a/page|P\n");
        assert_source("z/page", "\n# Page\n\n> [!TIP]\n> **Do it**\n>\n> Now.\n\n");
        assert_true(noted(MANUAL_LOST, "docs/z/page.mdx", 1, "imports of MDX"));
}

static void includes_are_resolved_or_stay_with_a_note(void **state)
{
        (void)state;
        READ({ "book.toml", "[book]\n" }, { "src/SUMMARY.md", "- [A](a.md)\n" },
             { "src/a.md", "```rust\n{{#include ../listings/x.rs:2:3}}\n```\n"
                           "{{#rustdoc_include ../listings/x.rs:here}}\nb {{#include part.md}} e\n"
                           "{{#include ../gone.rs}}\n\\{{#include example}}\n{{#include "
                           "../listings/x.rs:nope}}\n"
                           "{{#playground ../listings/y.rs editable}}\n{{#title T}}\n{{#include "
                           "../../etc/passwd}}\n" },
             { "src/part.md", "in {{#include inner.md}}\n" }, { "src/inner.md", "deep\n" },
             { "listings/x.rs", "one\ntwo\nthree\n// ANCHOR: here\nfour\n// ANCHOR: "
                                "other\nfive\n// ANCHOR_END: here\n" },
             { "listings/y.rs", "fn main() {}\n" });
        assert_source("a", "```rust\ntwo\nthree\n```\nfour\nfive\nb in deep e\n"
                           "{{#include ../gone.rs}}\n{{#include example}}\n{{#include "
                           "../listings/x.rs:nope}}\n"
                           "```rust\nfn main() {}\n```\n\n{{#include ../../etc/passwd}}\n");
        assert_true(noted(MANUAL_LOST, "src/a.md", 6, "../gone.rs"));
        assert_true(noted(MANUAL_LOST, "src/a.md", 8, "no part 'nope'"));
        assert_true(noted(MANUAL_LOST, "src/a.md", 11, "not in the archive"));
}

static void a_file_that_includes_itself_ends(void **state)
{
        struct err err;
        const char *base = getenv("TMPDIR");
        int dir CLEANUP_FD = open(base != NULL ? base : "/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct exchange_limits limits = exchange_defaults;

        (void)state;
        READ({ "book.toml", "" }, { "src/SUMMARY.md", "- [A](a.md)\n" },
             { "src/a.md", "x\n{{#include a.md}}\n" });
        assert_int_equal(manual->ntopics, 1);
        /* Eight times itself at each of eight levels would be 16 million. */
        limits.text = 64 * 1024;
        int fd CLEANUP_FD =
                ARCHIVE(true, { "book.toml", "" }, { "src/SUMMARY.md", "- [A](a.md)\n" },
                        { "src/a.md", "{{#include a.md}}\n{{#include a.md}}\n{{#include a.md}}\n"
                                      "{{#include a.md}}\n{{#include a.md}}\n{{#include a.md}}\n"
                                      "{{#include a.md}}\n{{#include a.md}}\n" });

        manual_free(&manual);
        assert_int_equal(exchange_read(fd, dir, &limits, &manual, &err), ERR_LIMIT);
        assert_non_null(strstr(err.text, "src/a.md"));
}

static void rust_lines_that_mdbook_hides_are_hidden_and_captions_are_text(void **state)
{
        (void)state;
        READ({ "book.toml", "" }, { "src/SUMMARY.md", "- [A](a.md)\n" },
             { "src/a.md", "```rust\n# use x;\n#[derive(X)]\nlet a;\n#\n```\n```sh\n# "
                           "comment\n```\n"
                           "<Listing number=\"1-2\" file-name=\"a.rs\" caption=\"A `x > "
                           "y`\">\n\ncode\n\n</Listing>\n" });
        assert_source("a", "```rust\n#[derive(X)]\nlet a;\n```\n```sh\n# comment\n```\n"
                           "Filename: a.rs\n\ncode\n\nListing 1-2: A `x > y`\n\n");
        assert_true(noted(MANUAL_CONVERTED, "src/a.md", 2, "2 lines of Rust"));
}

static void admonitions_become_callouts_outside_of_code(void **state)
{
        (void)state;
        READ({ "a.md", "Text\n!!! warning \"Take *care*\"\n    One\n\n    ```\n    !!! note\n      "
                       "  code\n    ```\n\n"
                       "After\n\n??? example\n    Folded\n    !!! tip\n        Inner\n\n"
                       "- item\n\n    !!! note\n        In a list\n\n```\n!!! note\n    "
                       "code\n```\n\n    !!! note\n        code too\n"
                       "!!! danger \"\"\n    Bare\n" });
        assert_source("a", "Text\n\n> [!WARNING]\n> **Take *care***\n>\n> One\n>\n> ```\n> !!! "
                           "note\n>     code\n> ```\n\n\n"
                           "After\n\n> [!NOTE]\n> **Example**\n>\n> Folded\n>\n> > [!TIP]\n> > "
                           "Inner\n>\n\n\n"
                           "- item\n\n    > [!NOTE]\n    > In a list\n\n\n```\n!!! note\n    "
                           "code\n```\n\n    !!! note\n        code too\n"
                           "\n> [!CAUTION]\n> Bare\n\n");
        assert_true(noted(MANUAL_CONVERTED, "a.md", 2, "5 admonitions"));
}

static void tabs_follow_each_other(void **state)
{
        (void)state;
        READ({ "a.md", "=== \"Linux\"\n    one\n\n=== \"macOS\"\n    two\n" });
        assert_source("a", "**Linux**\n\none\n\n\n**macOS**\n\ntwo\n\n");
        assert_true(noted(MANUAL_CONVERTED, "a.md", 1, "2 tabs"));
}

static void capital_words_are_boxes_only_where_the_extension_is_on(void **state)
{
        (void)state;
        READ({ "a.md", "NOTE: plain text\nhere\n" });
        assert_source("a", "NOTE: plain text\nhere\n");
        READ({ "mkdocs.yml", "markdown_extensions: [callouts]\n" },
             { "docs/a.md", "NOTE: plain text\nhere\n\n> TIP: **Big**\n>\n> text\n\n>? EXAMPLE: "
                            "x\n> y\n\nSee NOTE: no\n" });
        assert_source("a", "> [!NOTE]\n> plain text\n> here\n\n> [!TIP]\n> **Big**\n>\n> text\n\n"
                           "> [!NOTE]\n> **Example**\n>\n> x\n> y\n\nSee NOTE: no\n");
}

static void definition_lists_become_html_lists(void **state)
{
        (void)state;
        READ({ "a.md", "Apple\n:   A fruit\n    of *trees*\n\n    More\n\nPear\n: Another\n: "
                       "Second\n\nEnd\n\n```\nX\n: y\n```\n" });
        assert_source("a", "<dl>\n<dt>\n\nApple\n\n</dt>\n<dd>\n\nA fruit\nof "
                           "*trees*\n\nMore\n\n</dd>\n"
                           "<dt>\n\nPear\n\n</dt>\n<dd>\n\nAnother\n\n</dd>\n<dd>\n\nSecond\n\n</"
                           "dd>\n</dl>\n\n"
                           "End\n\n```\nX\n: y\n```\n");
        assert_true(noted(MANUAL_CONVERTED, "a.md", 1, "1 definition"));
}

static void attribute_lists_keep_their_ids(void **state)
{
        (void)state;
        READ({ "a.md", "# T {: #own .c }\n[TOC]\n## U {#mine}\n![x](y.png){ width=300 } `{: .no}` "
                       "**b**{ #spot }\n{: .lead }\n"
                       "template {{ x }} {% y %} {z}\n\n    {: .code }\n" });
        assert_source("a", "# T {#own}\n## U {#mine}\n![x](y.png) `{: .no}` **b**<a "
                           "id=\"spot\"></a>\n\n"
                           "template {{ x }} {% y %} {z}\n\n    {: .code }\n");
        assert_true(noted(MANUAL_CONVERTED, "a.md", 2, "list of contents"));
}

static void snippets_and_front_matter_that_cannot_be_read_are_noted(void **state)
{
        (void)state;
        READ({ "a.md", "---\ntitle: [unclosed\n---\ntext\n  --8<-- \"part.txt\"\n--8<-- "
                       "\"gone.txt\"\n--8<-- \"img/d.svg\"\n" },
             { "part.txt", "one\ntwo\n" }, { "img/d.svg", "<svg/>" });
        assert_source("a", "text\n  one\n  two\n--8<-- \"gone.txt\"\n![D](</img/d.svg>)\n");
        assert_true(noted(MANUAL_LOST, "a.md", 1, "front matter"));
        assert_true(noted(MANUAL_LOST, "a.md", 6, "gone.txt"));
        assert_true(str_is(manual->topics[0].metadata, "title: [unclosed\n"));
}

static void html_pages_are_one_raw_block_under_their_heading(void **state)
{
        (void)state;
        READ({ "page.html", "<!DOCTYPE html>\n<html><head><title>T</title></head>\n<body>\n<h1>The "
                            "<b>title</b></h1>\n\n"
                            "    <p>One</p>\n\n<pre>a\n\n  b</pre>\n</body></html>\n" });
        assert_source("page", "# The title\n\n<div>\n<p>One</p>\n<pre>a\n&#10;  b</pre>\n</div>\n");
        assert_true(str_is(manual->topics[0].title, "The title"));
}

static void files_are_kept_by_type_and_checked_by_content(void **state)
{
        char bytes[8];

        (void)state;
        READ({ "a.md", "x" }, { "good.png", "\x89PNG\r\n\x1a\n" }, { "bad.png", "<script>" },
             { "site.css", "x" }, { "app.js", "x" }, { "data.csv", "1,2" }, { ".env", "secret" },
             { "node_modules/x/readme.md", "x" });
        assert_int_equal(manual->nfiles, 2);
        assert_non_null(manual_file_at(manual, STR("good.png")));
        assert_non_null(manual_file_at(manual, STR("data.csv")));
        assert_int_equal(
                manual_bytes(manual, manual_file_at(manual, STR("good.png")), 1, bytes, 3, NULL),
                0);
        assert_memory_equal(bytes, "PNG", 3);
        assert_true(noted(MANUAL_LOST, "bad.png", 0, "not what its name says"));
        assert_true(noted(MANUAL_INFO, "site.css", 0, "not kept"));
        assert_int_equal(manual->ntopics, 1);
}

static void drafts_are_kept_but_not_in_the_contents(void **state)
{
        (void)state;
        READ({ "a.md", "# A\n" }, { "b.md", "---\ndraft: true\n---\n# B\n" });
        assert_contents("a|A\n");
        assert_int_equal(manual->ntopics, 2);
        assert_true(noted(MANUAL_INFO, "b.md", 1, "draft"));
}

static void skip_note(void *ctx, struct str path, const char *why)
{
        buf_printf(ctx, "%.*s: %s\n", STR_ARG(path), why);
}

static void a_packed_folder_is_read_back_without_its_links_and_dot_files(void **state)
{
        char folder[FOLDER_MAX], path[FOLDER_MAX + 64];
        static const char *const files[][2] = { { "index.md", "# Start\n" },
                                                { "sub/a.md", "# A\n" },
                                                { ".secret", "x" },
                                                { "node_modules/b.md", "x" },
                                                { "\xc3\xbc.md", "# U\n" } };
        struct buf skipped CLEANUP_BUF = { 0 };
        int fd = memfd_create("packed", MFD_CLOEXEC);

        (void)state;
        folder_make(folder);
        snprintf(path, sizeof path, "%s/sub", folder);
        assert_int_equal(mkdir(path, 0700), 0);
        snprintf(path, sizeof path, "%s/node_modules", folder);
        assert_int_equal(mkdir(path, 0700), 0);
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                snprintf(path, sizeof path, "%s/%s", folder, files[i][0]);
                FILE *f = fopen(path, "w");

                assert_non_null(f);
                fputs(files[i][1], f);
                fclose(f);
        }
        snprintf(path, sizeof path, "%s/link.md", folder);
        assert_int_equal(symlink("/etc/passwd", path), 0);
        assert_int_equal(pack_folder(folder, fd, &exchange_defaults, skip_note, &skipped, NULL), 0);
        assert_string_equal(buf_cstr(&skipped), "link.md: it is a symbolic link\n");
        folder_drop(folder);
        read_fd(fd);
        assert_contents("index|Start\n|Sub\n  sub/a|A\n\xc3\xbc|U\n");
}

static void a_tar_stream_from_a_pipe_is_read_and_a_cut_one_is_refused(void **state)
{
        const char *base = getenv("TMPDIR");
        int dir CLEANUP_FD = open(base != NULL ? base : "/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int tar CLEANUP_FD = ARCHIVE(false, { "./index.md", "# Start\n" }, { "./b.md", "# B\n" });
        char bytes[65536];
        ssize_t n = pread(tar, bytes, sizeof bytes, 0);
        ssize_t sizes[] = { n, 600, 1 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
                int ends[2];

                assert_int_equal(pipe(ends), 0);
                assert_int_equal(write(ends[1], bytes, (size_t)sizes[i]), sizes[i]);
                close(ends[1]);
                manual_free(&manual);
                assert_int_equal(exchange_read(ends[0], dir, &exchange_defaults, &manual, NULL) ==
                                         0,
                                 i == 0);
                close(ends[0]);
        }
}

#define TEST(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_plain_folder_is_in_the_order_people_expect),
                TEST(a_folder_that_holds_everything_is_left_out),
                TEST(addresses_are_lower_case_words),
                TEST(mkdocs_navigation_gives_order_titles_and_sections),
                TEST(an_mdbook_keeps_parts_drafts_and_chapters),
                TEST(a_text_that_opens_with_a_lower_heading_moves_up_as_a_whole),
                TEST(docusaurus_folders_have_labels_and_positions),
                TEST(includes_are_resolved_or_stay_with_a_note),
                TEST(a_file_that_includes_itself_ends),
                TEST(rust_lines_that_mdbook_hides_are_hidden_and_captions_are_text),
                TEST(admonitions_become_callouts_outside_of_code),
                TEST(tabs_follow_each_other),
                TEST(capital_words_are_boxes_only_where_the_extension_is_on),
                TEST(definition_lists_become_html_lists),
                TEST(attribute_lists_keep_their_ids),
                TEST(snippets_and_front_matter_that_cannot_be_read_are_noted),
                TEST(html_pages_are_one_raw_block_under_their_heading),
                TEST(files_are_kept_by_type_and_checked_by_content),
                TEST(drafts_are_kept_but_not_in_the_contents),
                TEST(a_packed_folder_is_read_back_without_its_links_and_dot_files),
                TEST(a_tar_stream_from_a_pipe_is_read_and_a_cut_one_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
