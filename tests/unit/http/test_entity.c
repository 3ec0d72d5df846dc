/*
 * test_entity.c -- negotiation, conditions and ranges, by tables.
 */
#include "engine.h"

static void the_best_acceptable_coding_is_chosen(void **state)
{
        static const struct {
                const char *accept;
                bool gzip, brotli;
                enum http_coding chosen;
        } cases[] = {
                { NULL, true, true, HTTP_IDENTITY },
                { "", true, true, HTTP_IDENTITY },
                { "gzip, deflate, br", true, true, HTTP_BROTLI },
                { "gzip, deflate, br", true, false, HTTP_GZIP },
                { "gzip, deflate, br", false, false, HTTP_IDENTITY },
                { "gzip", true, true, HTTP_GZIP },
                { "GZIP", true, true, HTTP_GZIP },
                { "x-gzip", true, true, HTTP_GZIP },
                { "br;q=0.5, gzip;q=0.8", true, true, HTTP_GZIP },
                { "br;q=0.8, gzip;q=0.5", true, true, HTTP_BROTLI },
                { "br;q=0, gzip", true, true, HTTP_GZIP },
                { "br; q=0 , gzip ; q=0.000", true, true, HTTP_IDENTITY },
                { "*", true, true, HTTP_BROTLI },
                { "*;q=0.1, br;q=0", true, true, HTTP_GZIP },
                { "*;q=0", true, true, HTTP_NOT_ACCEPTABLE },
                { "identity;q=0", true, true, HTTP_NOT_ACCEPTABLE },
                { "identity;q=0, gzip", true, true, HTTP_GZIP },
                { "*;q=0, identity", true, true, HTTP_IDENTITY },
                { "identity;q=1, gzip;q=0.5", true, true, HTTP_IDENTITY },
                { "identity;q=0.5, gzip;q=0.5", true, true, HTTP_GZIP },
                { "br;q=1.001", true, true, HTTP_IDENTITY },
                { "br;q=banana", true, true, HTTP_IDENTITY },
                { "brotli", true, true, HTTP_IDENTITY },
                { ",,,;;;q=,", true, true, HTTP_IDENTITY },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                enum http_coding c = http_negotiate(str_of(cases[i].accept), cases[i].gzip,
                                                    cases[i].brotli);

                if (c != cases[i].chosen)
                        print_error("%s gave %d\n", cases[i].accept, (int)c);
                assert_int_equal(c, cases[i].chosen);
        }
}

#define T0 "Sun, 06 Nov 1994 08:49:36 GMT"
#define T1 "Sun, 06 Nov 1994 08:49:37 GMT"
#define T2 "Sun, 06 Nov 1994 08:49:38 GMT"
enum { T1_UNIX = 784111777 };

static void all_three_forms_of_dates_are_read(void **state)
{
        static const char *const good[] = {
                T1, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        };
        static const char *const bad[] = {
                "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
                "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
                "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 GMT ", "784111777", "Sun Nov  6 08:49:37 19",
                "Sun, 06 Nov 1969 08:49:37 GMT",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++)
                assert_int_equal(http_date_parse(str_of(good[i])), T1_UNIX);
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(http_date_parse(str_of(bad[i])), -1);
}

static struct http_request request(enum http_method method, const struct http_header *h, size_t n)
{
        return (struct http_request){ .method = method, .headers = h, .nheaders = n };
}

static void conditions_are_checked_in_the_right_order(void **state)
{
        static const struct {
                enum http_method method;
                const char *name[2];
                const char *value[2];
                enum http_condition expected;
        } cases[] = {
                { HTTP_GET, { "if-none-match" }, { "\"a\"" }, HTTP_NOT_MODIFIED },
                { HTTP_HEAD, { "if-none-match" }, { "\"a\"" }, HTTP_NOT_MODIFIED },
                { HTTP_PUT, { "if-none-match" }, { "\"a\"" }, HTTP_PRECONDITION_FAILED },
                { HTTP_GET, { "if-none-match" }, { "W/\"a\"" }, HTTP_NOT_MODIFIED },
                { HTTP_GET, { "if-none-match" }, { "\"x\", W/\"a\" , \"y\"" }, HTTP_NOT_MODIFIED },
                { HTTP_GET, { "if-none-match" }, { "*" }, HTTP_NOT_MODIFIED },
                { HTTP_PUT, { "if-none-match" }, { "*" }, HTTP_PRECONDITION_FAILED },
                { HTTP_GET, { "if-none-match" }, { "\"b\"" }, HTTP_SEND },
                { HTTP_GET, { "if-none-match" }, { "a" }, HTTP_SEND },
                { HTTP_GET, { "if-none-match" }, { "\"a" }, HTTP_SEND },
                { HTTP_GET, { "if-none-match" }, { "\"x,a\"" }, HTTP_SEND },
                { HTTP_GET, { "if-none-match", "if-none-match" }, { "\"b\"", "\"a\"" },
                  HTTP_NOT_MODIFIED },
                /* with a tag, the date is not looked at */
                { HTTP_GET, { "if-none-match", "if-modified-since" }, { "\"b\"", T2 }, HTTP_SEND },
                { HTTP_GET, { "if-modified-since" }, { T1 }, HTTP_NOT_MODIFIED },
                { HTTP_GET, { "if-modified-since" }, { T2 }, HTTP_NOT_MODIFIED },
                { HTTP_GET, { "if-modified-since" }, { T0 }, HTTP_SEND },
                { HTTP_GET, { "if-modified-since" }, { "nonsense" }, HTTP_SEND },
                { HTTP_PUT, { "if-modified-since" }, { T2 }, HTTP_SEND },
                { HTTP_PUT, { "if-match" }, { "\"a\"" }, HTTP_SEND },
                { HTTP_PUT, { "if-match" }, { "W/\"a\"" }, HTTP_PRECONDITION_FAILED },
                { HTTP_PUT, { "if-match" }, { "\"b\"" }, HTTP_PRECONDITION_FAILED },
                { HTTP_PUT, { "if-match" }, { "\"b\", \"a\"" }, HTTP_SEND },
                { HTTP_PUT, { "if-match" }, { "*" }, HTTP_SEND },
                { HTTP_PUT, { "if-unmodified-since" }, { T1 }, HTTP_SEND },
                { HTTP_PUT, { "if-unmodified-since" }, { T0 }, HTTP_PRECONDITION_FAILED },
                { HTTP_PUT, { "if-match", "if-unmodified-since" }, { "\"a\"", T0 }, HTTP_SEND },
                { HTTP_GET, { "if-match", "if-none-match" }, { "\"a\"", "\"a\"" },
                  HTTP_NOT_MODIFIED },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct http_header h[2];
                size_t n = 0;

                for (; n < 2 && cases[i].name[n] != NULL; n++)
                        h[n] = (struct http_header){ str_of(cases[i].name[n]),
                                                     str_of(cases[i].value[n]) };
                struct http_request req = request(cases[i].method, h, n);

                if (http_check_conditions(&req, STR("\"a\""), T1_UNIX, true) != cases[i].expected)
                        print_error("condition %zu\n", i);
                assert_int_equal(http_check_conditions(&req, STR("\"a\""), T1_UNIX, true),
                                 cases[i].expected);
        }
        /* What does not exist yet matches no star. */
        struct http_header star[] = { { STR("if-none-match"), STR("*") } };
        struct http_request put = request(HTTP_PUT, star, 1);

        assert_int_equal(http_check_conditions(&put, STR(""), 0, false), HTTP_SEND);
        star[0].name = STR("if-match");
        assert_int_equal(http_check_conditions(&put, STR(""), 0, false), HTTP_PRECONDITION_FAILED);
}

static void ranges_are_cut_to_what_is_there(void **state)
{
        static const struct {
                const char *range;
                const char *if_range;
                enum http_range_result result;
                uint64_t first, length;
        } cases[] = {
                { "bytes=0-99", NULL, HTTP_RANGE_PART, 0, 100 },
                { "bytes=0-0", NULL, HTTP_RANGE_PART, 0, 1 },
                { "bytes=100-", NULL, HTTP_RANGE_PART, 100, 900 },
                { "bytes=-100", NULL, HTTP_RANGE_PART, 900, 100 },
                { "bytes=-5000", NULL, HTTP_RANGE_PART, 0, 1000 },
                { "bytes=500-5000", NULL, HTTP_RANGE_PART, 500, 500 },
                { "bytes=999-", NULL, HTTP_RANGE_PART, 999, 1 },
                { "bytes=1000-", NULL, HTTP_RANGE_UNSATISFIABLE, 0, 0 },
                { "bytes=5000-6000", NULL, HTTP_RANGE_UNSATISFIABLE, 0, 0 },
                { "bytes=-0", NULL, HTTP_RANGE_UNSATISFIABLE, 0, 0 },
                { "bytes=0-1,5-6", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=9-5", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=-", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=a-b", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=1-2x", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=+1-2", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=0-99999999999999999999999", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "lines=0-9", NULL, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=0-99", "\"a\"", HTTP_RANGE_PART, 0, 100 },
                { "bytes=0-99", "\"b\"", HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=0-99", "W/\"a\"", HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=0-99", T1, HTTP_RANGE_PART, 0, 100 },
                { "bytes=0-99", T2, HTTP_RANGE_WHOLE, 0, 0 },
                { "bytes=0-99", "x", HTTP_RANGE_WHOLE, 0, 0 },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct http_header h[] = { { STR("range"), str_of(cases[i].range) },
                                           { STR("if-range"), str_of(cases[i].if_range) } };
                struct http_request req = request(HTTP_GET, h, cases[i].if_range != NULL ? 2 : 1);
                uint64_t first = 0, length = 0;

                if (http_check_range(&req, STR("\"a\""), T1_UNIX, 1000, &first, &length) !=
                    cases[i].result)
                        print_error("%s\n", cases[i].range);
                first = length = 0;
                assert_int_equal(http_check_range(&req, STR("\"a\""), T1_UNIX, 1000, &first,
                                                  &length), cases[i].result);
                assert_int_equal(first, cases[i].first);
                assert_int_equal(length, cases[i].length);
        }
        struct http_header h[] = { { STR("range"), STR("bytes=0-9") } };
        struct http_request head = request(HTTP_HEAD, h, 1);
        uint64_t first, length;

        assert_int_equal(http_check_range(&head, STR("\"a\""), T1_UNIX, 1000, &first, &length),
                         HTTP_RANGE_WHOLE);
}

/* ---- whole answers over a connection ---- */

static unsigned entity_released;

static void release_entity(void *ctx)
{
        (void)ctx;
        entity_released++;
}

static void entity_handle(void *ctx, struct http_exchange *x)
{
        struct http_entity e = {
                .tag = STR("v1"),
                .last_modified = T1_UNIX,
                .content_type = STR("text/html; charset=utf-8"),
                .cache_control = STR("public, max-age=60"),
                .identity = http_body_static(STR("0123456789")),
                .gzip = STR("<gzip>"),
                .brotli = STR("<br>"),
        };

        (void)ctx;
        e.identity.release = release_entity;
        if (str_is(http_exchange_request(x)->path, "/missing"))
                e.status = 404;
        http_reply_entity(x, &e);
}

static void an_entity_answers_each_kind_of_request(void **state)
{
        static const struct http_callbacks callbacks = { .handle = entity_handle };
        static const struct {
                const char *lines;
                const char *expected[4];        /* all must occur */
                const char *body;
        } cases[] = {
                { "GET / HTTP/1.1\r\n", { "200 OK", "etag: \"v1\"\r\n", "vary: accept-encoding\r\n",
                  "accept-ranges: bytes\r\n" }, "0123456789" },
                { "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n", { "200 OK", "etag: \"v1-gz\"\r\n",
                  "content-encoding: gzip\r\n", "content-length: 6\r\n" }, "<gzip>" },
                { "GET / HTTP/1.1\r\nAccept-Encoding: br\r\nAccept-Encoding: gzip\r\n",
                  { "etag: \"v1-br\"\r\n", "content-encoding: br\r\n" }, "<br>" },
                { "HEAD / HTTP/1.1\r\nAccept-Encoding: br\r\n", { "200 OK", "content-length: 4\r\n" },
                  "" },
                { "GET / HTTP/1.1\r\nAccept-Encoding: br\r\nIf-None-Match: \"v1-br\"\r\n",
                  { "304 Not Modified", "etag: \"v1-br\"\r\n", "cache-control: public, max-age=60\r\n",
                    "vary: accept-encoding\r\n" }, "" },
                { "GET / HTTP/1.1\r\nIf-None-Match: \"v1-br\"\r\n", { "200 OK" }, "0123456789" },
                { "GET / HTTP/1.1\r\nIf-Match: \"v2\"\r\n", { "412 Precondition Failed" },
                  "Precondition Failed" },
                { "GET / HTTP/1.1\r\nAccept-Encoding: br\r\nRange: bytes=2-4\r\n",
                  { "206 Partial Content", "content-range: bytes 2-4/10\r\n",
                    "content-length: 3\r\n", "etag: \"v1\"\r\n" }, "234" },
                { "GET / HTTP/1.1\r\nRange: bytes=-2\r\n", { "206", "bytes 8-9/10\r\n" }, "89" },
                { "GET / HTTP/1.1\r\nRange: bytes=10-\r\n", { "416 Range Not Satisfiable",
                  "content-range: bytes */10\r\n" }, "Range Not Satisfiable" },
                { "GET / HTTP/1.1\r\nAccept-Encoding: *;q=0\r\n", { "406 Not Acceptable" },
                  "Not Acceptable" },
                { "GET /missing HTTP/1.1\r\nIf-None-Match: \"v1\"\r\nRange: bytes=0-1\r\n",
                  { "404 Not Found" }, "0123456789" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct engine e = { .now = 1 };
                char request_text[300];

                entity_released = 0;
                e.conn = http_conn_new(false, NULL, &callbacks, &e, e.now);
                snprintf(request_text, sizeof request_text, "%sHost: a.test\r\n\r\n",
                         cases[i].lines);
                engine_feed(&e, str_of(request_text));
                engine_flush(&e);
                const char *out = buf_cstr(&e.out);

                for (size_t k = 0; k < 4 && cases[i].expected[k] != NULL; k++)
                        assert_non_null(strstr(out, cases[i].expected[k]));
                assert_string_equal(strstr(out, "\r\n\r\n") + 4, cases[i].body);
                assert_non_null(strstr(out, "content-security-policy: "));
                assert_int_equal(entity_released, 1);
                engine_close(&e);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_best_acceptable_coding_is_chosen),
                cmocka_unit_test(all_three_forms_of_dates_are_read),
                cmocka_unit_test(conditions_are_checked_in_the_right_order),
                cmocka_unit_test(ranges_are_cut_to_what_is_there),
                cmocka_unit_test(an_entity_answers_each_kind_of_request),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
