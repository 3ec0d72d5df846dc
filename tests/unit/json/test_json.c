/*
 * test_json.c -- hostile JSON is refused with a place, values survive a round trip, absent is empty.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"

static int parse(const char *text, struct json **out, struct err *err)
{
        return json_parse(str_of(text), out, err);
}

static void render_is(const struct json *value, bool pretty, const char *expected)
{
        struct buf out CLEANUP_BUF = { 0 };

        json_render(value, pretty, &out);
        assert_string_equal(buf_cstr(&out), expected);
}

static void text_round_trips_in_its_own_order(void **state)
{
        static const char text[] = "{\"z\":1,\"a\":[true,false,null,\"x\\u00e9\\n\"],\"m\":{\"k\":-5}}";
        struct json *v CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(parse(text, &v, NULL), 0);
        render_is(v, false, "{\"z\":1,\"a\":[true,false,null,\"x\xc3\xa9\\n\"],\"m\":{\"k\":-5}}");
}

static void pretty_text_has_one_member_a_line(void **state)
{
        struct json *v CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(parse("{\"a\":1,\"b\":[2]}", &v, NULL), 0);
        render_is(v, true, "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}");
}

static void a_mistake_is_told_with_line_and_column(void **state)
{
        struct json *v = NULL;
        struct err err;

        (void)state;
        assert_int_equal(parse("{\n \"a\": tru\n}", &v, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "line 2"));
        assert_null(v);
}

static void what_is_not_one_json_value_is_refused(void **state)
{
        static const char *const bad[] = {
                "", "  \n", "{", "[1,]", "{\"a\":1}}", "{\"a\":1,\"a\":2}", "\"\\u0000\"", "\"\xff\"",
                "'a'", "01", "[1] 2", "\"\\ud800\"", "99999999999999999999", "NaN", "{\"a\" 1}",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct json *v = NULL;

                if (parse(bad[i], &v, NULL) != ERR_INVALID)
                        fail_msg("not refused: %s", bad[i]);
                assert_null(v);
        }
        struct json *v = NULL;

        assert_int_equal(json_parse(str_make(NULL, 0), &v, NULL), ERR_INVALID);
}

static char *nested(size_t levels)
{
        char *text = malloc(2 * levels + 1);

        assert_non_null(text);
        memset(text, '[', levels);
        memset(text + levels, ']', levels);
        text[2 * levels] = '\0';
        return text;
}

static void sixty_four_levels_are_allowed_and_one_more_is_not(void **state)
{
        static const size_t too_many[] = { 65, 1000, 100000 };
        struct json *v = NULL;
        char *text = nested(64);

        (void)state;
        assert_int_equal(parse(text, &v, NULL), 0);
        json_free(&v);
        free(text);
        for (size_t i = 0; i < ARRAY_LEN(too_many); i++) {
                text = nested(too_many[i]);
                assert_true(parse(text, &v, NULL) < 0);
                assert_null(v);
                free(text);
        }
}

static void more_than_8_mib_is_refused_before_it_is_read(void **state)
{
        size_t n = 8 * MIB + 1;
        char *text = malloc(n);
        struct json *v = NULL;

        (void)state;
        assert_non_null(text);
        memset(text, ' ', n);
        text[0] = '1';
        assert_int_equal(json_parse(str_make(text, n), &v, NULL), ERR_LIMIT);
        assert_int_equal(json_parse(str_make(text, n - 1), &v, NULL), 0);
        json_free(&v);
        free(text);
}

static void an_absent_or_different_member_reads_as_nothing(void **state)
{
        struct json *v CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(parse("{\"n\":7,\"t\":\"x\",\"b\":true,\"l\":[1]}", &v, NULL), 0);
        assert_int_equal(json_get_int(v, "n"), 7);
        assert_int_equal(json_get_int(v, "t"), 0);
        assert_int_equal(json_get_int(v, "no"), 0);
        assert_true(str_is(json_get_text(v, "t"), "x"));
        assert_int_equal(json_get_text(v, "n").n, 0);
        assert_non_null(json_get_text(v, "no").p);
        assert_true(json_get_bool(v, "b"));
        assert_false(json_get_bool(v, "n"));
        assert_true(json_has(v, "l"));
        assert_false(json_has(v, "no"));
        assert_null(json_get(v, "no"));
        assert_int_equal(json_length(json_get(v, "l")), 1);
        assert_int_equal(json_length(v), 0);
        assert_null(json_at(json_get(v, "l"), 1));
        assert_int_equal(json_get_int(json_at(json_get(v, "l"), 0), "x"), 0);
        assert_int_equal(json_text(NULL).n, 0);
}

static void values_are_built_and_owned_by_what_they_are_put_into(void **state)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct json *list = json_new_array();
        struct json *inner = json_new_object();

        (void)state;
        json_put_text(o, "t", STR("\xc3\xbc \"q\""));
        json_put_int(o, "n", INT64_MIN);
        json_put_bool(o, "b", false);
        json_put_int(inner, "k", 1);
        json_append(list, inner);
        json_append_text(list, STR("two"));
        json_append_text(list, str_make(NULL, 0));
        json_put(o, "l", list);
        json_put_int(o, "n", 3);        /* replaces */
        render_is(o, false,
                  "{\"t\":\"\xc3\xbc \\\"q\\\"\",\"n\":3,\"b\":false,\"l\":[{\"k\":1},\"two\",\"\"]}");
}

static void text_that_is_not_utf8_becomes_a_question_mark(void **state)
{
        struct json *o CLEANUP_JSON = json_new_object();

        (void)state;
        json_put_text(o, "t", STR("\xc3("));
        json_put_text(o, "z", STR("a\0b"));
        render_is(o, false, "{\"t\":\"?\",\"z\":\"?\"}");
}

static void each_value_tells_its_kind(void **state)
{
        static const enum json_kind kinds[] = {
                JSON_KIND_OBJECT, JSON_KIND_ARRAY, JSON_KIND_TEXT, JSON_KIND_NUMBER, JSON_KIND_NUMBER,
                JSON_KIND_BOOL, JSON_KIND_BOOL, JSON_KIND_NULL, JSON_KIND_NONE,
        };
        struct json *v CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(parse("[{},[],\"\",1,1.5,true,false,null]", &v, NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                assert_int_equal(json_kind(json_at(v, i)), kinds[i]);
}

static void an_object_is_walked_in_its_order(void **state)
{
        struct json *v CLEANUP_JSON = NULL, *child;
        struct buf seen CLEANUP_BUF = { 0 };
        const char *key;

        (void)state;
        assert_int_equal(parse("{\"z\":1,\"a\":2,\"m\":3}", &v, NULL), 0);
        for (void *at = NULL; json_next(v, &at, &key, &child);) {
                buf_puts(&seen, key);
                json_render(child, false, &seen);
        }
        assert_string_equal(buf_cstr(&seen), "z1a2m3");
        void *at = NULL;

        assert_false(json_next(json_get(v, "z"), &at, &key, &child));
        assert_false(json_next(NULL, &at, &key, &child));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_round_trips_in_its_own_order),
                cmocka_unit_test(pretty_text_has_one_member_a_line),
                cmocka_unit_test(a_mistake_is_told_with_line_and_column),
                cmocka_unit_test(what_is_not_one_json_value_is_refused),
                cmocka_unit_test(sixty_four_levels_are_allowed_and_one_more_is_not),
                cmocka_unit_test(more_than_8_mib_is_refused_before_it_is_read),
                cmocka_unit_test(an_absent_or_different_member_reads_as_nothing),
                cmocka_unit_test(values_are_built_and_owned_by_what_they_are_put_into),
                cmocka_unit_test(text_that_is_not_utf8_becomes_a_question_mark),
                cmocka_unit_test(each_value_tells_its_kind),
                cmocka_unit_test(an_object_is_walked_in_its_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
