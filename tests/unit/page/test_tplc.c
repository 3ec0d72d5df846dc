/*
 * test_tplc.c -- the template compiler writes the C it promises and refuses what a browser or the
 * site's policy would turn into a hole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "tplc/compile.h"

struct result {
        int code;
        char *c;                        /* what was written */
        char *errors;
};

static struct result compile(const char *text, size_t n)
{
        struct result r = { 0 };
        size_t c_n, errors_n;
        FILE *out = open_memstream(&r.c, &c_n);
        FILE *errors = open_memstream(&r.errors, &errors_n);

        r.code = compile_template("a.html.t", text, n, out, errors);
        fclose(out);
        fclose(errors);
        return r;
}

static void result_free(struct result *r)
{
        free(r->c);
        free(r->errors);
}

#define HEAD "/* Made by tplc from a.html.t: edit that file. */\n"
#define F "{% void f(struct buf *out) { %}"

static void assert_compiles_to(const char *text, const char *expected)
{
        struct result r = compile(text, strlen(text));

        assert_string_equal(r.errors, "");
        assert_int_equal(r.code, 0);
        assert_string_equal(r.c, expected);
        result_free(&r);
}

static void each_form_becomes_one_typed_call(void **state)
{
        (void)state;
        assert_compiles_to(
                F "\n<a href=\"{{u url }}\" title=\"{{ t }}\">{{d n }}</a>\n"
                  "{{{ body }}}\n{% } %}\n",
                HEAD "#line 1 \"a.html.t\"\n void f(struct buf *out) { \n"
                     "        BUF_LIT(out,\n                \"<a href=\\\"\");\n"
                     "#line 2 \"a.html.t\"\n        html_url(out, ( url ));\n"
                     "        BUF_LIT(out,\n                \"\\\" title=\\\"\");\n"
                     "#line 2 \"a.html.t\"\n        html_escape(out, ( t ));\n"
                     "        BUF_LIT(out,\n                \"\\\">\");\n"
                     "#line 2 \"a.html.t\"\n        buf_printf(out, \"%jd\", (intmax_t)( n ));\n"
                     "        BUF_LIT(out,\n                \"</a>\\n\");\n"
                     "#line 3 \"a.html.t\"\n        { const struct html tplc_raw = ( body ); "
                     "buf_add_str(out, tplc_raw.s); }\n"
                     "        BUF_LIT(out,\n                \"\\n\");\n"
                     "#line 4 \"a.html.t\"\n } \n");
}

static void a_line_that_holds_only_code_or_a_comment_leaves_no_line_behind(void **state)
{
        (void)state;
        assert_compiles_to(F "\n<p>\n  {# why\n   it is so #}\n  {% if (x) { %}\nyes\n"
                             "  {% } %}  \n</p>\n{% } %}",
                           HEAD "#line 1 \"a.html.t\"\n void f(struct buf *out) { \n"
                                "        BUF_LIT(out,\n                \"<p>\\n\");\n"
                                "#line 5 \"a.html.t\"\n if (x) { \n"
                                "        BUF_LIT(out,\n                \"yes\\n\");\n"
                                "#line 7 \"a.html.t\"\n } \n"
                                "        BUF_LIT(out,\n                \"</p>\\n\");\n"
                                "#line 9 \"a.html.t\"\n } \n");
}

static void literal_bytes_survive_the_c_compiler(void **state)
{
        (void)state;
        assert_compiles_to(F "<p>\"\\?\t\xc3\xa9</p>{% } %}",
                           HEAD "#line 1 \"a.html.t\"\n void f(struct buf *out) { \n"
                                "        BUF_LIT(out,\n"
                                "                \"<p>\\\"\\\\\\?\\011\\303\\251</p>\");\n"
                                "#line 1 \"a.html.t\"\n } \n");
}

static void braces_and_marks_inside_strings_and_comments_are_not_code(void **state)
{
        (void)state;
        assert_compiles_to(F "<b>{{ STR(\"}}\") }}</b>{% g(\"%} {\"); /* } */ } %}",
                           HEAD "#line 1 \"a.html.t\"\n void f(struct buf *out) { \n"
                                "        BUF_LIT(out,\n                \"<b>\");\n"
                                "#line 1 \"a.html.t\"\n        html_escape(out, ( STR(\"}}\") ));\n"
                                "        BUF_LIT(out,\n                \"</b>\");\n"
                                "#line 1 \"a.html.t\"\n g(\"%} {\"); /* } */ } \n");
}

static void what_the_product_needs_compiles(void **state)
{
        static const char *const good[] = {
                F "<li{% if (x) { %} class=\"on\"{% } %}>x</li>{% } %}",
                F "<i class=\"a{% if (x) { %} b{% } else { %} c{% } %}\"></i>{% } %}",
                F "<a href=\"#{{ id }}\">x</a>{% } %}",
                F "<a href=\"{{u url }}#end\">x</a>{% } %}",
                F "<title>{{ a }} - {{ b }}</title>{% } %}",
                F "<script src=\"{{u path }}\"></script>{% } %}",
                F "<!doctype html>\n<br/>{% } %}",
                F "{% for (;;) { if (x) break; %}<b>x</b>{% } %}{% } %}",
                "{% #include \"x.h\" %}\n" F "<p>x{% } %}",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                struct result r = compile(good[i], strlen(good[i]));

                assert_string_equal(r.errors, "");
                assert_int_equal(r.code, 0);
                result_free(&r);
        }
}

static void what_would_be_a_hole_is_refused_with_its_line(void **state)
{
        static const struct {
                const char *text, *error;
        } bad[] = {
                { F "\n<script>{{ x }}</script>{% } %}", "t:2: an expression inside <script>" },
                { F "<script>\nlet x</script>{% } %}", "a.html.t:2: an inline script" },
                { F "<script>{% if (x) { %}a{% } %}</script>{% } %}", "an inline script" },
                { F "<style>p{}</style>{% } %}", "no place in a template" },
                { F "<STYLE media=\"print\">{% } %}", "no place in a template" },
                { F "<iframe src=\"/x\">{% } %}", "no place in a template" },
                { F "<a title={{ x }}>{% } %}", "unquoted attribute" },
                { F "<a title='{{ x }}'>{% } %}", "double quotes" },
                { F "<a title=x>{% } %}", "double quotes" },
                { F "<a href=\"{{ x }}\">{% } %}", "takes {{u }}" },
                { F "<img SRC=\"{{ x }}\">{% } %}", "takes {{u }}" },
                { F "<form action=\"{{d x }}\">{% } %}", "takes {{u }}" },
                { F "<a href=\"/{{u x }}\">{% } %}", "whole URL from its first byte" },
                { F "<a href=\"{{u x }}{{u y }}\">{% } %}", "whole URL from its first byte" },
                { F "<a href=\"{{u x }}{{ y }}\">{% } %}", "takes {{u }}" },
                { F "<a href=\"{% if (x) { %}/a{% } %}\">{% } %}", "no code inside a URL" },
                { F "<img srcset=\"{{ x }}\">{% } %}", "cannot hold an expression" },
                { F "<p onclick=\"x()\">{% } %}", "inline scripts" },
                { F "<p OnClick>{% } %}", "inline scripts" },
                { F "<p style=\"color:red\">{% } %}", "the policy refuses this attribute" },
                { F "<meta http-equiv=\"refresh\">{% } %}", "the policy refuses this attribute" },
                { F "<a {{ x }}=\"y\">{% } %}", "in element content or" },
                { F "<{{ x }}>{% } %}", "in element content or" },
                { F "<a title=\"{{{ x }}}\">{% } %}", "cannot stand in an attribute" },
                { F "<title>{{{ x }}}</title>{% } %}", "cannot stand inside title" },
                { F "<title><b></title>{% } %}", "no element may begin" },
                { F "<p>{{u x }}</p>{% } %}", "belongs into an attribute" },
                { F "<!-- {{ x }} -->{% } %}", "write {# ... #}" },
                { F "a < b{% } %}", "write &lt;" },
                { F "{{ a); g(b }}{% } %}", "one C expression" },
                { F "{{ a; b }}{% } %}", "one C expression" },
                { F "{{ }}{% } %}", "one C expression" },
                { F "\n\n{{ x ", "a.html.t:3: this tag is never closed" },
                { F "{% if (x) %}a{% } %}", "code must end with" },
                { F "{% if (x) { %}<a {% } %}b>{% } %}", "closes a branch in another place" },
                { F "{% for (;;) { %}<a{% if (x) break; %}>{% } %}{% } %}", "no jump out of a tag" },
                { F "<a{% return; %}>{% } %}", "no jump out of a tag" },
                { F "<a title=\"{% } %}", "closes a branch in another place" },
                { F "x", "ends before its last '}'" },
                { F "{% } } %}", "closes nothing" },
                { "text\n" F "{% } %}", "a.html.t:1: text outside" },
                { "{{ x }}", "an expression outside" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct result r = compile(bad[i].text, strlen(bad[i].text));

                if (r.code == 0 || strstr(r.errors, bad[i].error) == NULL)
                        fail_msg("%s\n  wanted: %s\n  got: %s", bad[i].text, bad[i].error, r.errors);
                assert_int_equal(strncmp(r.errors, "a.html.t:", 9), 0);
                result_free(&r);
        }
}

static void bytes_that_are_not_a_template_are_refused(void **state)
{
        static char large[COMPILE_SOURCE_MAX + 1];
        struct result nul = compile("a\0b", 3);

        (void)state;
        assert_int_equal(nul.code, -1);
        result_free(&nul);
        memset(large, ' ', sizeof large);

        struct result big = compile(large, sizeof large);

        assert_int_equal(big.code, -1);
        result_free(&big);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_form_becomes_one_typed_call),
                cmocka_unit_test(a_line_that_holds_only_code_or_a_comment_leaves_no_line_behind),
                cmocka_unit_test(literal_bytes_survive_the_c_compiler),
                cmocka_unit_test(braces_and_marks_inside_strings_and_comments_are_not_code),
                cmocka_unit_test(what_the_product_needs_compiles),
                cmocka_unit_test(what_would_be_a_hole_is_refused_with_its_line),
                cmocka_unit_test(bytes_that_are_not_a_template_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
