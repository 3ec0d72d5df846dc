/*
 * test_api.c -- the table of the API, the search for an address in it, what it takes in, and its document.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "people/people.h"
#include "proc/portal/api/call.h"
#include "proc/portal/api/input.h"

static struct arena *arena;

static int setup(void **state)
{
        (void)state;
        arena = arena_new(0);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        arena_free(&arena);
        return 0;
}

/* A path that fits this row: "x" for every placeholder, "1" where a number is wanted. */
static struct str sample(const struct api_op *op)
{
        struct buf out CLEANUP_BUF = { 0 };
        struct str rest = str_of(op->path + 1);

        while (rest.n > 0) {
                struct str segment = str_cut(&rest, '/');

                buf_putc(&out, '/');
                if (segment.p[0] == '{')
                        buf_putc(&out, str_is(segment, "{id}") || str_is(segment, "{token}") ||
                                     str_is(segment, "{link}") ? '1' : 'x');
                else
                        buf_add_str(&out, segment);
        }
        return arena_str(arena, buf_str(&out));
}

static void every_row_is_found_by_its_path_and_no_other_row_is(void **state)
{
        (void)state;
        for (size_t i = 0; i < api_count(); i++) {
                struct api_match m;

                api_find(api_at(i)->method, sample(api_at(i)), arena, &m);
                if (m.op != api_at(i))
                        fail_msg("%s %s is not found", api_at(i)->id, api_at(i)->path);
                for (size_t k = 0; k < m.ncaptured; k++)
                        assert_non_null(api_field_called(m.op->input, m.captured[k].name));
                assert_true(m.ncaptured <= API_CAPTURES);
        }
}

static void every_row_can_be_carried_out_by_whom_it_names(void **state)
{
        static const enum person_role least[] = {
                [WHO_EVERYBODY] = ROLE_POWER_READER, [WHO_PERSON] = ROLE_POWER_READER,
                [WHO_AUTHOR] = ROLE_REVIEWER, [WHO_WRITER] = ROLE_WRITER,
                [WHO_ADMINISTRATOR] = ROLE_ADMINISTRATOR,
        };

        (void)state;
        for (size_t i = 0; i < api_count(); i++) {
                const struct api_op *op = api_at(i);

                assert_true(str_starts(str_of(op->path), STR("/api/v1")));
                assert_non_null(op->run);
                if (op->verb != NULL && !people_knows(str_of(op->verb)))
                        fail_msg("%s: there is no order %s", op->id, op->verb);
                if ((op->scope & ~scopes_of_role(least[op->who])) != 0)
                        fail_msg("%s: its scope is not for all whom it names", op->id);
                assert_true((op->list != LIST_NONE) == (op->key != NULL));
                for (size_t k = 0; k < i; k++)
                        assert_string_not_equal(op->id, api_at(k)->id);
        }
}

static void what_changes_something_has_a_scope_of_its_own_and_a_role(void **state)
{
        (void)state;
        for (size_t i = 0; i < api_count(); i++) {
                const struct api_op *op = api_at(i);

                if (op->method == HTTP_GET || strcmp(op->path, "/api/v1/me/token") == 0)
                        continue;
                assert_true(op->scope == SCOPE_PEOPLE_WRITE || op->scope == SCOPE_SETTINGS_WRITE);
                assert_int_equal(op->who, WHO_ADMINISTRATOR);
        }
        for (size_t i = 0; i < api_count(); i++)
                if (api_at(i)->who == WHO_EVERYBODY)
                        assert_string_equal(api_at(i)->path, "/api/v1/openapi.json");
}

static struct api_match found(enum http_method method, const char *path)
{
        struct api_match m;

        api_find(method, str_of(path), arena, &m);
        return m;
}

/* How many rows carry out this order, and how many say why none does. */
static void count_verb(const char *verb, size_t *rows, size_t *reasons)
{
        *rows = 0;
        *reasons = 0;
        for (size_t i = 0; i < api_count(); i++)
                *rows += api_at(i)->verb != NULL && strcmp(api_at(i)->verb, verb) == 0;
        for (size_t i = 0; i < api_absents(); i++)
                *reasons += strcmp(api_absent_at(i)->verb, verb) == 0;
}

static void every_order_has_a_row_or_one_reason_why_not(void **state)
{
        size_t rows, reasons;

        (void)state;
        for (size_t i = 0; i < people_verbs(); i++) {
                count_verb(people_verb_at(i), &rows, &reasons);
                if ((rows > 0) == (reasons > 0) || reasons > 1)
                        fail_msg("%s: %zu operations and %zu reasons why there is none", people_verb_at(i), rows, reasons);
        }
        for (size_t i = 0; i < api_absents(); i++) {
                if (!people_knows(str_of(api_absent_at(i)->verb)))
                        fail_msg("there is no order %s that could be absent", api_absent_at(i)->verb);
                assert_true(str_of(api_absent_at(i)->reason).n > 0);
        }
        count_verb("no.such", &rows, &reasons);
        assert_true(rows == 0 && reasons == 0);
}

static void what_is_secret_goes_in_and_in_no_shape_out(void **state)
{
        (void)state;
        for (size_t i = 0; i < api_count(); i++)
                for (size_t k = 0; k < api_at(i)->output->nfields; k++)
                        assert_true(api_at(i)->output->fields[k].kind != API_SECRET);
        assert_true(api_takes(found(HTTP_PATCH, "/api/v1/providers/corp").op, API_SECRET));
        assert_false(api_takes(found(HTTP_GET, "/api/v1/providers").op, API_SECRET));
}

static void an_answer_has_what_its_shape_names_and_no_more(void **state)
{
        struct json *raw CLEANUP_JSON = NULL, *fit CLEANUP_JSON = NULL;
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(json_parse(STR("{\"items\":[{\"name\":\"corp\",\"secret\":\"x\",\"people\":2,\"domains\":[\"a.example\"]}],"
                                        "\"more\":1}"), &raw, NULL), 0);
        fit = api_fit(api_shape_called("providers"), raw);
        json_render(fit, false, &text);
        assert_string_equal(buf_cstr(&text), "{\"items\":[{\"name\":\"corp\",\"domains\":[\"a.example\"],\"people\":2}]}");
        json_free(&raw);
        json_free(&fit);
        assert_int_equal(json_parse(STR("{\"password.minimum\":\"8\",\"session.idle.writer\":\"sixty\",\"title\":\"7\"}"), &raw, NULL), 0);
        fit = api_fit(api_shape_called("settings"), raw);
        assert_int_equal(json_get_int(fit, "password.minimum"), 8);
        assert_true(str_is(json_get_text(fit, "title"), "7"));
        assert_true(str_is(json_get_text(fit, "session.idle.writer"), "sixty"));
}

static void an_address_is_a_row_or_nothing(void **state)
{
        static const char *const nothing[] = {
                "/api", "/api/", "/api/v1/", "/api/v2", "/api/v1/people/", "/api/v1/people//", "/api/v1//people",
                "/api/v1/People", "/api/v1/people/1/2", "/api/v1/publications/x/topics/", "/api/v1/people/%2e%2e",
                "/api/v1/publications/a%2fb", "/api/v1/publications/%00", "/api/v1/publications/%ff",
                "/api/v1/publications/x/topics/../../../people", "/api/v1/people/{id}/x", "", "x",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(nothing); i++)
                if (found(HTTP_GET, nothing[i]).methods != 0)
                        fail_msg("something is at %s", nothing[i]);
        struct api_match m = found(HTTP_GET, "/api/v1/publications/a%20b/topics/c/d%C3%BC/e");

        assert_int_equal(m.ncaptured, 2);
        assert_true(str_is(m.captured[0].value, "a b"));
        assert_true(str_is(m.captured[1].name, "topic") && str_is(m.captured[1].value, "c/d\xc3\xbc/e"));
        m = found(HTTP_POST, "/api/v1/people/7");
        assert_null(m.op);
        assert_int_equal(m.methods, 1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_PATCH | 1u << HTTP_DELETE);
        assert_string_equal(found(HTTP_HEAD, "/api/v1/me").op->id, "me");
}

/* 0, or the status of the refusal; *out: what was read, for the caller to free. */
static unsigned take(enum http_method method, const char *path, const char *query, const char *body,
                     struct json **out, struct problem *problem)
{
        static const struct http_header headers[] = { { STR("content-type"), STR("application/json; charset=utf-8") } };
        const struct http_request req = {
                .method = method, .path = str_of(path), .query = str_of(query), .body = str_of(body),
                .headers = headers, .nheaders = ARRAY_LEN(headers),
        };
        struct api_match m = found(method, path);

        *problem = (struct problem){ .status = 0 };
        *out = json_new_object();
        assert_non_null(m.op);
        return api_input_read(&m, &req, arena, *out, problem) ? 0 : problem->status;
}

static unsigned status_of(enum http_method method, const char *path, const char *query, const char *body)
{
        struct problem problem;
        struct json *object;
        unsigned status = take(method, path, query, body, &object, &problem);

        json_free(&object);
        json_free(&problem.errors);
        return status;
}

static void what_fits_is_read_whole(void **state)
{
        struct problem problem;
        struct json *object;

        (void)state;
        assert_int_equal(take(HTTP_GET, "/api/v1/people", "limit=500&after=6162&role=power%2Dreader", "", &object, &problem), 0);
        assert_int_equal(json_get_int(object, "limit"), 500);
        assert_true(str_is(json_get_text(object, "role"), "power-reader"));
        json_free(&object);
        assert_int_equal(take(HTTP_PATCH, "/api/v1/people/9223372036854775807", "", "{\"expires\":null}", &object, &problem), 0);
        assert_int_equal(json_get_int(object, "id"), INT64_MAX);
        assert_true(json_has(object, "expires") && json_get_text(object, "expires").n == 0);
        json_free(&object);
}

static void a_number_in_the_path_that_cannot_be_is_not_there(void **state)
{
        static const char *const numbers[] = { "0", "-1", "+1", "01", "1.0", "1e3", "x", "9223372036854775808", "%31%20" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
                const char *path = arena_printf(arena, "/api/v1/people/%s", numbers[i]);

                assert_int_equal(status_of(HTTP_GET, path, "", ""), 404);
                assert_int_equal(status_of(HTTP_PATCH, path, "", "{\"name\":\"x\"}"), 404);
        }
        assert_int_equal(status_of(HTTP_GET, "/api/v1/people/%31", "", ""), 0);
}

static void lists_and_numbers_of_a_body_have_bounds(void **state)
{
        static const struct {
                const char *path, *body;
                unsigned status;
        } rows[] = {
                { "/api/v1/settings", "{\"second_factor\":[\"writer\",\"administrator\"],\"password.minimum\":64}", 0 },
                { "/api/v1/settings", "{\"second_factor\":[]}", 0 },
                { "/api/v1/settings", "{\"second_factor\":[\"writer\",\"writer\"]}", 422 },
                { "/api/v1/settings", "{\"second_factor\":[\"owner\"]}", 422 },
                { "/api/v1/settings", "{\"second_factor\":\"writer\"}", 422 },
                { "/api/v1/settings", "{\"second_factor\":null}", 422 },
                { "/api/v1/settings", "{\"password.minimum\":4}", 422 },
                { "/api/v1/settings", "{\"password.minimum\":65}", 422 },
                { "/api/v1/settings", "{\"password.minimum\":\"8\"}", 422 },
                { "/api/v1/settings", "{\"session.idle.writer\":4}", 422 },
                { "/api/v1/settings", "{\"session.idle.writer\":-60}", 422 },
                { "/api/v1/settings", "{\"session.idle.writer\":5.5}", 422 },
                { "/api/v1/settings", "{\"session.idle.writer\":527041}", 422 },
                { "/api/v1/settings", "{\"session.idle.owner\":60}", 422 },
                { "/api/v1/settings", "{\"password.profile\":\"none\"}", 422 },
                { "/api/v1/settings", "{}", 422 },
                { "/api/v1/providers/corp", "{\"enabled\":false,\"domains\":[\"a.example\"]}", 0 },
                { "/api/v1/providers/corp", "{\"enabled\":0}", 422 },
                { "/api/v1/providers/corp", "{\"enabled\":\"false\"}", 422 },
                { "/api/v1/providers/corp", "{\"rules\":[\"\"]}", 422 },
                { "/api/v1/providers/corp", "{\"rules\":[1]}", 422 },
                { "/api/v1/providers/corp", "{\"rules\":{}}", 422 },
                { "/api/v1/providers/corp", "{\"secret\":\"\"}", 422 },
                { "/api/v1/providers/corp", "{\"issuer\":\"https://other.example\"}", 422 },
                { "/api/v1/groups/gold", "{\"group\":\"silver\",\"title\":\"x\"}", 422 },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                unsigned status = status_of(HTTP_PATCH, rows[i].path, "", rows[i].body);

                if (status != rows[i].status)
                        fail_msg("%s %s gives %u", rows[i].path, rows[i].body, status);
        }
}

/* {"MEMBER":"xx...x"} with n letters, or a list of n texts of one letter each. */
static const char *long_body(const char *member, size_t n, bool list)
{
        struct buf text CLEANUP_BUF = { 0 };

        buf_printf(&text, list ? "{\"%s\":[" : "{\"%s\":\"", member);
        for (size_t i = 0; i < n; i++)
                buf_puts(&text, !list ? "x" : i > 0 ? ",\"x\"" : "\"x\"");
        buf_puts(&text, list ? "]}" : "\"}");
        return arena_strdup(arena, buf_cstr(&text));
}

static void only_a_table_may_be_long(void **state)
{
        (void)state;
        assert_int_equal(status_of(HTTP_POST, "/api/v1/imports", "", long_body("csv", 256 * KIB, false)), 0);
        assert_int_equal(status_of(HTTP_POST, "/api/v1/imports", "", long_body("csv", 256 * KIB + 1, false)), 422);
        assert_int_equal(status_of(HTTP_POST, "/api/v1/imports", "", long_body("csv", API_LONG_BODY_MAX, false)), 413);
        assert_int_equal(status_of(HTTP_POST, "/api/v1/people", "", long_body("email", API_BODY_MAX, false)), 413);
        assert_int_equal(status_of(HTTP_PATCH, "/api/v1/providers/corp", "", long_body("domains", 100, true)), 0);
        assert_int_equal(status_of(HTTP_PATCH, "/api/v1/providers/corp", "", long_body("domains", 101, true)), 422);
        assert_int_equal(status_of(HTTP_PATCH, "/api/v1/providers/corp", "", long_body("secret", 512, false)), 0);
        assert_int_equal(status_of(HTTP_PATCH, "/api/v1/providers/corp", "", long_body("secret", 513, false)), 422);
}

static void every_fault_is_named_and_no_more_than_ten(void **state)
{
        struct problem problem;
        struct json *object;

        (void)state;
        assert_int_equal(take(HTTP_POST, "/api/v1/people", "", "{\"email\":1,\"password\":\"x\"}", &object, &problem), 422);
        assert_int_equal(json_length(problem.errors), 3);
        assert_true(str_is(json_get_text(json_at(problem.errors, 0), "name"), "email"));
        assert_true(str_is(json_get_text(json_at(problem.errors, 1), "name"), "password"));
        assert_true(str_is(json_get_text(json_at(problem.errors, 2), "name"), "role"));
        json_free(&object);
        json_free(&problem.errors);
        assert_int_equal(take(HTTP_GET, "/api/v1/people", "a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r", "", &object, &problem), 400);
        assert_int_equal(json_length(problem.errors), 10);
        json_free(&object);
        json_free(&problem.errors);
        assert_int_equal(status_of(HTTP_GET, "/api/v1/people", "id=1", ""), 400);
        assert_int_equal(status_of(HTTP_GET, "/api/v1/people/1", "id=2", ""), 400);
        assert_int_equal(status_of(HTTP_PATCH, "/api/v1/people/1", "", "{\"id\":2,\"name\":\"x\"}"), 422);
        assert_int_equal(status_of(HTTP_GET, "/api/v1/people/1", "", "{}"), 400);
        assert_int_equal(status_of(HTTP_PATCH, "/api/v1/people/1", "", "{\"name\":\"a\\u0000b\"}"), 400);
}

/* ---- the document ---- */

static void assert_references_lead_somewhere(const struct json *whole, const struct json *value)
{
        const char *key;
        struct json *child;

        for (void *at = NULL; json_kind(value) == JSON_KIND_OBJECT && json_next(value, &at, &key, &child);) {
                if (strcmp(key, "$ref") == 0) {
                        struct str path = json_text(child);
                        const struct json *to = whole;

                        assert_true(str_is(str_cut(&path, '/'), "#"));
                        while (path.n > 0) {
                                struct str name = str_cut(&path, '/');

                                to = json_get(to, arena_printf(arena, "%.*s", STR_ARG(name)));
                        }
                        assert_non_null(to);
                }
                assert_references_lead_somewhere(whole, child);
        }
        for (size_t i = 0; json_kind(value) == JSON_KIND_ARRAY && i < json_length(value); i++)
                assert_references_lead_somewhere(whole, json_at(value, i));
}

static void the_document_has_every_operation_and_nothing_else(void **state)
{
        struct json *document CLEANUP_JSON = NULL;
        const char *path, *method;
        struct json *item, *operation;
        size_t n = 0;

        (void)state;
        assert_int_equal(json_parse(api_document_text(), &document, NULL), 0);
        assert_true(str_is(json_get_text(document, "openapi"), "3.1.0"));
        for (void *at = NULL; json_next(json_get(document, "paths"), &at, &path, &item);)
                for (void *in = NULL; json_next(item, &in, &method, &operation); n++)
                        assert_true(json_get_text(operation, "summary").n > 0);
        assert_int_equal(n, api_count());
        assert_references_lead_somewhere(document, document);
        assert_ptr_equal(api_document_text().p, api_document_text().p);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_row_is_found_by_its_path_and_no_other_row_is),
                cmocka_unit_test(every_row_can_be_carried_out_by_whom_it_names),
                cmocka_unit_test(what_changes_something_has_a_scope_of_its_own_and_a_role),
                cmocka_unit_test(every_order_has_a_row_or_one_reason_why_not),
                cmocka_unit_test(what_is_secret_goes_in_and_in_no_shape_out),
                cmocka_unit_test(an_answer_has_what_its_shape_names_and_no_more),
                cmocka_unit_test(lists_and_numbers_of_a_body_have_bounds),
                cmocka_unit_test(only_a_table_may_be_long),
                cmocka_unit_test(an_address_is_a_row_or_nothing),
                cmocka_unit_test(what_fits_is_read_whole),
                cmocka_unit_test(a_number_in_the_path_that_cannot_be_is_not_there),
                cmocka_unit_test(every_fault_is_named_and_no_more_than_ten),
                cmocka_unit_test(the_document_has_every_operation_and_nothing_else),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
