/*
 * test_sanitize.c -- foreign HTML comes out allowed, whole and stable.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/arena.h"
#include "html/html.h"
#include "reparse.h"

/* Sanitise, and hold the output against the second parser and against sanitising it again. */
static struct str sanitize(struct arena *arena, struct str source, struct html_removed **removed)
{
        struct buf once CLEANUP_BUF = { 0 }, twice CLEANUP_BUF = { 0 }, parsed CLEANUP_BUF = { 0 };
        struct err err;

        assert_int_equal(html_sanitize(arena, source, NULL, NULL, &once, removed, &err), 0);
        assert_int_equal(html_sanitize(arena, buf_str(&once), NULL, NULL, &twice, NULL, &err), 0);
        assert_string_equal(buf_cstr(&once), buf_cstr(&twice));
        const char *fault = reparse_fault(buf_str(&once));

        if (fault != NULL)
                fail_msg("%s in %s", fault, buf_cstr(&once));
        reparse(buf_str(&once), &parsed);
        assert_string_equal(buf_cstr(&once), buf_cstr(&parsed));
        return arena_str(arena, buf_str(&once));
}

struct pair {
        const char *source;
        const char *expected;
};

static void expect(const struct pair *pairs, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct arena *arena CLEANUP_ARENA = arena_new(0);

                assert_string_equal(sanitize(arena, str_of(pairs[i].source), NULL).p,
                                    pairs[i].expected);
        }
}

static void documentation_markup_passes_unchanged(void **state)
{
        static const char *const same[] = {
                "<h1 id=\"a\">A</h1><h2>B</h2><p>text <em>a</em> <strong>b</strong></p>",
                "<ul><li>a<ol start=\"3\" reversed=\"\" type=\"a\"><li "
                "value=\"7\">b</li></ol></li></ul>",
                "<dl><div><dt>t</dt><dd>d</dd></div></dl>",
                "<pre><code class=\"language-c\">int x;\n</code></pre>",
                "<table><caption>c</caption><thead><tr><th scope=\"col\">h</th></tr></thead>"
                "<tbody><tr><td colspan=\"2\" rowspan=\"3\">d</td></tr></tbody></table>",
                "<figure><img src=\"/a.png\" alt=\"x\" width=\"10\" height=\"20\" loading=\"lazy\">"
                "<figcaption>f</figcaption></figure>",
                "<details open=\"\"><summary>s</summary><p>x</p></details>",
                "<p><kbd>k</kbd><samp>s</samp><var>v</var><sub>1</sub><sup>2</sup><mark>m</mark>"
                "<small>s</small><abbr title=\"T\">t</abbr><cite>c</cite><q cite=\"/q\">q</q>"
                "<del datetime=\"2024-01-02\">d</del><ins>i</ins><s>s</s><u>u</u></p>",
                "<blockquote cite=\"https://example.org/\"><p>q</p></blockquote>",
                "<p>a<br>b<wbr>c</p><hr><ruby>x<rp>(</rp><rt>y</rt><rp>)</rp></ruby>",
                "<section lang=\"de\" dir=\"ltr\" title=\"t\"><aside>a</aside></section>",
                "<a href=\"https://example.org/?a=1&amp;b=2\" hreflang=\"de\">x</a>",
                "<time datetime=\"2024-01-02T03:04:05Z\">t</time><span class=\"x-own\">s</span>",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(same); i++) {
                struct arena *arena CLEANUP_ARENA = arena_new(0);

                assert_string_equal(sanitize(arena, str_of(same[i]), NULL).p, same[i]);
        }
}

static void what_runs_or_embeds_goes_with_its_content(void **state)
{
        static const struct pair pairs[] = {
                { "a<script>alert(1)</script>b", "ab" },
                { "a<SCRIPT SRC=//x></SCRIPT\n>b", "ab" },
                { "a<script>/*</scriptx>*/</script >b", "ab" },
                { "a<style>p{}</style>b", "ab" },
                { "a<iframe srcdoc='<b>'></iframe>b", "ab" },
                { "a<object data=x>c<object>d</object>e</object>b", "ab" },
                { "a<svg><script>1</script><circle/></svg>b", "ab" },
                { "a<math><mi>x</mi></math>b<noscript><p>c</noscript>d", "abd" },
                { "a<template><b>x</b></template><textarea></p></textarea>b", "ab" },
                { "a<select><option>x</select><title>t</title><xmp><b></xmp>b", "ab" },
                { "a<plaintext>b</plaintext>c", "ac" },
                { "a<video src=x>fallback</video>b", "ab" },
                { "a<embed src=x><meta http-equiv=refresh><link rel=stylesheet href=x><base "
                  "href=//x>b",
                  "ab" },
                { "a<script>never closed <b>x", "a" },
        };

        (void)state;
        expect(pairs, ARRAY_LEN(pairs));
}

static void unknown_elements_keep_their_text(void **state)
{
        static const struct pair pairs[] = {
                { "<x-y>a</x-y><button>b</button><label>c</label>", "abc" },
                { "<html><head></head><body onload=x>a</body></html>", "a" },
                { "<center>a</center><strike>b</strike><tt>c</tt>",
                  "<div>a</div><s>b</s><code>c</code>" },
                { "<main>a</main><nav>b</nav>", "<div>a</div><div>b</div>" },
                { "<picture><source srcset=x><img src=a alt=b></picture>",
                  "<img src=\"a\" alt=\"b\">" },
        };

        (void)state;
        expect(pairs, ARRAY_LEN(pairs));
}

static void attributes_off_the_list_go(void **state)
{
        static const struct pair pairs[] = {
                { "<p onclick=x ONMOUSEOVER=y style=z data-a=b name=c role=d aria-label=e>t</p>",
                  "<p>t</p>" },
                { "<img src=x onerror=alert(1) srcset=//y>", "<img src=\"x\" alt=\"\">" },
                { "<p/onclick=x /id=\"a\"/>t</p>", "<p id=\"a\">t</p>" },
                { "<td width=1>", "" },
                { "<img src=a width=1e9 height='1;x'>", "<img src=\"a\" alt=\"\">" },
                { "<p dir=evil lang='a b'>t</p>", "<p>t</p>" },
                { "<a href=x target=_blank rel=y ping=z download>t</a>", "<a href=\"x\">t</a>" },
                { "<p id=a id=b class='x-a evil language-c' CLASS=x-b>t</p>",
                  "<p id=\"a\" class=\"x-a language-c\">t</p>" },
                { "<td align=center>", "" },
                { "<p align=CENTER class=x-a>t</p>", "<p class=\"align-center x-a\">t</p>" },
                { "<p title='\"><script>'>t</p>", "<p title=\"&quot;&gt;&lt;script&gt;\">t</p>" },
                { "<p title=`a`b>t</p>", "<p title=\"`a`b\">t</p>" },
                { "<p title=a\"b>t</p>", "<p title=\"a&quot;b\">t</p>" },
        };

        (void)state;
        expect(pairs, ARRAY_LEN(pairs));
}

static void an_id_is_plain_unique_and_never_the_pages(void **state)
{
        static const struct pair pairs[] = {
                { "<p id=a>1</p><p id=a>2</p>", "<p id=\"a\">1</p><p>2</p>" },
                { "<p id=-x>1</p><p id='a b'>2</p><p id=''>3</p><p id='a\"b'>4</p>",
                  "<p>1</p><p>2</p><p>3</p><p>4</p>" },
                { "<a name=old>x</a><a name=other id=new>y</a>",
                  "<a id=\"old\">x</a><a id=\"new\">y</a>" },
                { "<p id=\xc3\xbc" "ber>1</p>", "<p id=\"\xc3\xbc" "ber\">1</p>" },
        };

        (void)state;
        expect(pairs, ARRAY_LEN(pairs));
}

static void a_disguised_script_address_is_no_link(void **state)
{
        static const char *const hrefs[] = {
                "javascript:x",       "&#106;avascript:x",     "&#x6A;avascript&colon;x",
                "java&Tab;script:x",  "java&NewLine;script:x", "&#1;javascript:x",
                "jav&#x09;ascript:x", "&#32;javascript:x",     "javascript&#58;x",
                "java\nscript:x",     "&nbsp;javascript:x",    "JaVaScRiPt:x",
                "data:text/html,x",   "&#0000106avascript:x",  "vbscript:x",
                "\\javascript:x",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(hrefs); i++) {
                struct arena *arena CLEANUP_ARENA = arena_new(0);
                struct html_removed *removed = NULL;
                struct str out = sanitize(
                        arena, str_of(arena_printf(arena, "<a href=\"%s\">t</a>", hrefs[i])),
                        &removed);

                assert_string_equal(out.p, "<a>t</a>");
                assert_non_null(removed);
                assert_true(str_starts(removed->what, STR("URL ")));
        }
}

static void an_image_of_another_origin_becomes_a_link(void **state)
{
        static const struct pair pairs[] = {
                { "<img src=https://e.example/i.png alt=Logo>",
                  "<a href=\"https://e.example/i.png\">Logo</a>" },
                { "<img src=//e.example/i.png>",
                  "<a href=\"//e.example/i.png\">//e.example/i.png</a>" },
                { "<a href=/x><img src=https://e.example/i.png alt=Logo></a>",
                  "<a href=\"/x\">Logo</a>" },
                { "<img src='data:image/png;base64,x' alt=A>", "A" },
                { "<img src='javascript:x' alt=A>", "A" },
                { "<img alt=A>", "A" },
                { "<image src=a.png>", "<img src=\"a.png\" alt=\"\">" },
        };

        (void)state;
        expect(pairs, ARRAY_LEN(pairs));
}

static bool point_elsewhere(void *ctx, struct str dest, bool image, struct buf *out)
{
        unsigned *calls = ctx;

        ++*calls;
        if (str_is(dest, "keep"))
                return false;
        buf_puts(out, image ? "/files/" : "/docs/");
        buf_add_str(out, dest);
        return true;
}

static void the_link_callback_decides_where_addresses_point(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf out CLEANUP_BUF = { 0 };
        unsigned calls = 0;

        (void)state;
        assert_int_equal(
                html_sanitize(arena,
                              STR("<a href='a&amp;b.md'>x</a><img src=i.png><a href=keep>y</a>"),
                              point_elsewhere, &calls, &out, NULL, NULL),
                0);
        assert_string_equal(buf_cstr(&out),
                            "<a href=\"/docs/a&amp;b.md\">x</a>"
                            "<img src=\"/files/i.png\" alt=\"\"><a href=\"keep\">y</a>");
        assert_int_equal(calls, 3);
}

static void misnested_markup_is_put_in_order(void **state)
{
        static const struct pair pairs[] = {
                { "<p>a<div>b</p>c", "<p>a</p><div>bc</div>" },
                { "<p>a<p>b", "<p>a</p><p>b</p>" },
                { "<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>" },
                { "<b>a<i>b</b>c</i>d", "<b>a<i>b</i></b>cd" },
                { "<a href=1>x<a href=2>y</a>", "<a href=\"1\">x</a><a href=\"2\">y</a>" },
                { "<table>x<tr><td>a<td>b</table>c", "<table><tbody><tr><td>x</td></tr><tr><td>a</"
                                                     "td><td>b</td></tr></tbody></table>c" },
                { "<table><col><tr><td><table><tr><td>n</table></table>",
                  "<table><colgroup><col></colgroup><tbody><tr><td><table><tbody><tr><td>n</td></"
                  "tr>"
                  "</tbody></table></td></tr></tbody></table>" },
                { "<h1>a<h2>b</h1>c", "<h1>a</h1><h2>b</h2>c" },
                { "<li>a<td>b<dt>c</section></b>", "abc" },
                { "<pre>\n\na</pre>", "<pre>\n\na</pre>" },
                { "<pre>\na</pre>", "<pre>a</pre>" },
                { "</br></p><br/>", "<br><br>" },
        };

        (void)state;
        expect(pairs, ARRAY_LEN(pairs));
}

/*
 * Each of these has turned from harmless to harmful in some browser when it was parsed a second
 * time.
 */
static void markup_that_mutates_is_harmless_and_stays_as_written(void **state)
{
        static const char *const tricks[] = {
                "<math><mtext><table><mglyph><style><!--</style>"
                "<img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
                "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
                "<form><math><mtext></form><form><mglyph><svg><mtext><textarea>"
                "<path id=\"</textarea><img onerror=alert(1) src=1>\">",
                "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
                "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
                "<!--><img src=x onerror=alert(1)>-->", "<!--!><img src=x onerror=y>--!>",
                "<![CDATA[<img src=x onerror=y>]]>", "<?xml ><img src=x onerror=y>?>",
                "<a href=\"x\" title=\"<!--\">a</a>-->", "<img alt=\"`><script>\" src=x>",
                "<table><td><form><input></table><a><svg><desc><b>",
                "<option><style></option></select><b><img src=xx: onerror=y></style></option>",
                "<listing>&lt;img src=x onerror=y&gt;</listing>",
                "<p><svg><foreignObject><p><iframe></p></svg><img src=x onerror=y>",
                "<b><table><td></b><i></table></i><p>", "<dl><dd><div><dt><p><dd></dl>",
                "<ruby><rt><b><rt>x</ruby>y", "<details><summary><details><summary></details>",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(tricks); i++) {
                struct arena *arena CLEANUP_ARENA = arena_new(0);

                sanitize(arena, str_of(tricks[i]), NULL);
        }
}

static void bytes_that_are_no_text_do_not_get_through(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        (void)state;
        assert_string_equal(
                sanitize(arena, STR("<p\0 title='a\0b'>x\0\x01\x7f\xff y\r\nz</p>"), NULL).p,
                "<p title=\"ab\">x\xef\xbf\xbd y\nz</p>");
}

static void authors_can_read_what_was_taken_away(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct html_removed *removed = NULL;

        (void)state;
        sanitize(arena,
                 STR("<script>1</script><p onclick=x>a</p><script>2</script><font-x>b</font-x>"),
                 &removed);
        assert_true(str_is(removed->what, "element script"));
        assert_true(str_is(removed->next->what, "attribute onclick"));
        assert_true(str_is(removed->next->next->what, "element font-x"));
        assert_null(removed->next->next->next);
}

static void the_list_of_what_was_taken_away_is_short(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf source CLEANUP_BUF = { 0 };
        struct html_removed *removed = NULL;
        size_t n = 0;

        (void)state;
        for (int i = 0; i < 1000; i++)
                buf_printf(&source, "<x%d>", i);
        sanitize(arena, buf_str(&source), &removed);
        for (; removed != NULL; removed = removed->next)
                n++;
        assert_int_equal(n, 100);
}

static void repeat(struct buf *out, const char *text, size_t times)
{
        for (size_t i = 0; i < times; i++)
                buf_puts(out, text);
}

static void deep_nesting_is_refused_with_a_sentence(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf source CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
        struct err err;

        (void)state;
        repeat(&source, "<div>", 256);
        assert_int_equal(html_sanitize(arena, buf_str(&source), NULL, NULL, &out, NULL, &err), 0);
        buf_clear(&out);
        buf_puts(&source, "<div>");
        assert_int_equal(html_sanitize(arena, buf_str(&source), NULL, NULL, &out, NULL, &err),
                         ERR_LIMIT);
        assert_int_equal(out.n, 0);
        assert_non_null(strstr(err.text, "256"));
}

static double cpu_seconds(void)
{
        struct timespec t;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * Shapes that cost a tree builder quadratic time or memory: one megabyte each in well under a
 * second.
 */
static void hostile_shapes_take_linear_time(void **state)
{
        static const char *const units[] = {
                "<div>",
                "<b>",
                "<p>",
                "<a>",
                "<table>",
                "<table><tr><td>",
                "</p>",
                "<b id=1><p>",
                "<a b c d e f g h i j k l m n o p q r s t u v w x y z ",
                "&",
                "&a",
                "<",
                "</",
                "<!--",
                "<svg>",
                "<script>",
                "<table>a<b>",
                "<li>",
                "</script",
                "<![CDATA[",
                "<p><b></p>",
                "<title>",
                "--",
                "<ul><li></ul>",
                "<dl><dt>",
                "</div>",
                "<x>",
                "<img src=//a>",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(units); i++) {
                struct arena *arena CLEANUP_ARENA = arena_new(0);
                struct buf source CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
                struct err err;

                repeat(&source, units[i], (1 << 20) / strlen(units[i]));
                double start = cpu_seconds();
                int r = html_sanitize(arena, buf_str(&source), NULL, NULL, &out, NULL, &err);

                assert_true(r == 0 || r == ERR_LIMIT);
                if (cpu_seconds() - start > 2.0)
                        fail_msg("%s takes %.1f s", units[i], cpu_seconds() - start);
        }
}

static void more_than_eight_mebibytes_are_refused(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf out CLEANUP_BUF = { 0 };
        struct err err;
        char *large = calloc(1, 8 * 1024 * 1024 + 1);

        (void)state;
        assert_non_null(large);
        assert_int_equal(html_sanitize(arena, str_make(large, 8 * 1024 * 1024 + 1), NULL, NULL,
                                       &out, NULL, &err),
                         ERR_LIMIT);
        free(large);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(documentation_markup_passes_unchanged),
                cmocka_unit_test(what_runs_or_embeds_goes_with_its_content),
                cmocka_unit_test(unknown_elements_keep_their_text),
                cmocka_unit_test(attributes_off_the_list_go),
                cmocka_unit_test(an_id_is_plain_unique_and_never_the_pages),
                cmocka_unit_test(a_disguised_script_address_is_no_link),
                cmocka_unit_test(an_image_of_another_origin_becomes_a_link),
                cmocka_unit_test(the_link_callback_decides_where_addresses_point),
                cmocka_unit_test(misnested_markup_is_put_in_order),
                cmocka_unit_test(markup_that_mutates_is_harmless_and_stays_as_written),
                cmocka_unit_test(bytes_that_are_no_text_do_not_get_through),
                cmocka_unit_test(authors_can_read_what_was_taken_away),
                cmocka_unit_test(the_list_of_what_was_taken_away_is_short),
                cmocka_unit_test(deep_nesting_is_refused_with_a_sentence),
                cmocka_unit_test(hostile_shapes_take_linear_time),
                cmocka_unit_test(more_than_eight_mebibytes_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
