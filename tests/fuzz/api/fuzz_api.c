/*
 * fuzz_api.c -- fuzz target: what a stranger sends to the API. A first byte chooses the method, then come
 * path and query, a line feed, and the body.
 *
 * What is taken fits its shape: no member that the shape does not have, every number within its bounds, lists of
 * texts no longer than one may be, every needed member there. What is refused has a status and a sentence.
 */
#include <stdint.h>

#include "base/check.h"
#include "people/csv.h"
#include "proc/portal/api/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_text(const struct json *text, size_t most)
{
        check(json_kind(text) == JSON_KIND_TEXT);
        check(json_text(text).n <= most && str_is_utf8(json_text(text)));
}

static void assert_member(const struct api_field *field, const struct json *object, const struct json *value)
{
        switch (json_kind(value)) {
        case JSON_KIND_NUMBER:
                check(json_get_int(object, field->name) >= 1);
                check(field->kind != API_LIMIT || json_get_int(object, field->name) <= API_LIMIT_MAX);
                break;
        case JSON_KIND_BOOL:
                check(field->kind == API_BOOL);
                break;
        case JSON_KIND_ARRAY:
                check(field->kind == API_WORDS || field->kind == API_ROLE_LIST);
                check(json_length(value) <= API_WORDS_MAX);
                for (size_t i = 0; i < json_length(value); i++)
                        assert_text(json_at(value, i), API_TEXT_MAX);
                break;
        default:
                assert_text(value, field->kind == API_TABLE    ? CSV_BYTES_MAX
                                   : field->kind == API_SECRET ? API_SECRET_MAX
                                                               : API_CURSOR_MAX);
        }
}

static void assert_fits(const struct api_shape *shape, const struct json *object)
{
        const char *key;
        struct json *child;

        for (void *at = NULL; json_next(object, &at, &key, &child);) {
                const struct api_field *field = api_field_called(shape, str_of(key));

                check(field != NULL);
                assert_member(field, object, child);
        }
        for (size_t i = 0; i < shape->nfields; i++)
                check(shape->fields[i].need != NEEDED || json_has(object, shape->fields[i].name));
}

/* What the HTTP parser lets through as a target: visible ASCII that begins with a slash. */
static bool is_target(struct str target)
{
        for (size_t i = 0; i < target.n; i++)
                if (target.p[i] <= ' ' || target.p[i] > '~' || target.p[i] == '#')
                        return false;
        return target.n > 0 && target.p[0] == '/';
}

static void take(const struct http_request *req)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *object CLEANUP_JSON = json_new_object();
        struct problem problem = { .status = 0 };
        struct api_match match;

        api_find(req->method, req->path, arena, &match);
        check(match.op == NULL || (match.methods & 1u << match.op->method) != 0);
        if (match.op == NULL)
                return;
        if (api_input_read(&match, req, arena, object, &problem)) {
                check(problem.status == 0 && problem.errors == NULL);
                assert_fits(match.op->input, object);
                return;
        }
        check(problem.status >= 400 && problem.status < 500 && problem.detail[0] != '\0');
        json_free(&problem.errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct http_header headers[] = { { STR("content-type"), STR("application/json") } };
        struct http_request req = { .headers = headers, .nheaders = ARRAY_LEN(headers) };

        if (size == 0 || size > API_LONG_BODY_MAX)
                return 0;
        struct str rest = str_make((const char *)data + 1, size - 1), target = str_cut(&rest, '\n');

        if (!is_target(target))
                return 0;
        req.method = (enum http_method)(data[0] % (HTTP_OPTIONS + 1));
        req.target = target;
        req.path = str_cut(&target, '?');
        req.query = target;
        req.body = rest;
        take(&req);
        return 0;
}
