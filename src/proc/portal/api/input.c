/*
 * input.c -- read path, query and body by the operation's shape.
 */
#include "input.h"

/* Queries have three members at most; what comes behind so many is refused before it is looked at. */
enum { PAIRS_MAX = 16 };

static bool is_captured(const struct api_match *match, struct str name)
{
        for (size_t i = 0; i < match->ncaptured; i++)
                if (str_eq(match->captured[i].name, name))
                        return true;
        return false;
}

static bool read_path(const struct api_match *match, struct json *object, struct problem *problem)
{
        for (size_t i = 0; i < match->ncaptured; i++) {
                const struct api_field *field =
                        api_field_called(match->op->input, match->captured[i].name);

                if (field == NULL ||
                    api_kind_take_text(field, match->captured[i].value, object, NULL) < 0) {
                        problem_missing(problem);
                        return false;
                }
        }
        return true;
}

/* The field of that name, if it may come with the query or body. */
static const struct api_field *field_for(const struct api_match *match, struct str name)
{
        return is_captured(match, name) ? NULL : api_field_called(match->op->input, name);
}

/* ---- the query ---- */

static void read_pair(const struct api_match *match, struct str pair, struct arena *arena,
                      struct json *object, struct problem *problem)
{
        struct str rest = pair, name = str_cut(&rest, '='), value;
        const struct api_field *field =
                match->op->method == HTTP_GET ? field_for(match, name) : NULL;
        struct err err;

        if (field == NULL)
                problem_name(problem, name, "there is no such parameter");
        else if (json_has(object, field->name))
                problem_name(problem, name, "comes twice");
        else if (http_form_field(pair, field->name, arena, &value, &err) < 0 ||
                 api_kind_take_text(field, value, object, &err) < 0)
                problem_name(problem, name, err.text);
}

static bool read_query(const struct api_match *match, const struct http_request *req,
                       struct arena *arena, struct json *object, struct problem *problem)
{
        struct str rest = req->query;

        for (unsigned i = 0; rest.n > 0; i++) {
                if (i == PAIRS_MAX) {
                        problem_name(problem, STR("?"), "has too many parameters");
                        break;
                }
                read_pair(match, str_cut(&rest, '&'), arena, object, problem);
        }
        if (problem->errors == NULL)
                return true;
        problem_set(problem, 400, "The query has what this address does not take; 'errors' names it. A token "
                    "belongs into the header Authorization.");
        return false;
}

/* ---- the body ---- */

static bool is_json_type(struct str type, enum http_method method)
{
        struct str name = str_trim(str_cut(&type, ';'));

        return str_eq_nocase(name, STR("application/json")) ||
               (method == HTTP_PATCH && str_eq_nocase(name, STR("application/merge-patch+json")));
}

static void read_members(const struct api_match *match, const struct json *body, struct json *object,
                         struct problem *problem)
{
        const char *key;
        struct json *child;
        struct err err;

        for (void *at = NULL; json_next(body, &at, &key, &child);) {
                const struct api_field *field = field_for(match, str_of(key));

                if (field == NULL)
                        problem_name(problem, str_of(key), "there is no such member");
                else if (api_kind_take_json(field, body, object, &err) < 0)
                        problem_name(problem, str_of(key), err.text);
        }
}

/* What is there and wrong has been named already. */
static void find_missing(const struct api_match *match, const struct json *body,
                         const struct json *object, struct problem *problem)
{
        const struct api_shape *shape = match->op->input;

        for (size_t i = 0; i < shape->nfields; i++) {
                const struct api_field *field = &shape->fields[i];

                if (field->need == NEEDED && !json_has(object, field->name) &&
                    !json_has(body, field->name))
                        problem_name(problem, str_of(field->name), "is missing");
        }
}

/* Whether the shape has a member that is not in the path. */
static bool takes_body(const struct api_match *match)
{
        const struct api_shape *shape = match->op->input;

        for (size_t i = 0; i < shape->nfields; i++)
                if (shape->fields[i].name != NULL &&
                    !is_captured(match, str_of(shape->fields[i].name)))
                        return true;
        return false;
}

static bool parse_body(const struct api_match *match, const struct http_request *req, struct json **out,
                       struct problem *problem)
{
        bool table = api_takes(match->op, API_TABLE);
        struct err err;

        if (!is_json_type(http_request_header(req, "content-type"), req->method)) {
                problem_set(problem, 415, "Send the body as application/json.");
                return false;
        }
        if (req->body.n > (table ? API_LONG_BODY_MAX : API_BODY_MAX)) {
                problem_set(problem, 413, "A body has at most %s.", table ? "1 MiB" : "64 KiB");
                return false;
        }
        if (json_parse(req->body, out, &err) < 0) {
                problem_set(problem, 400, "The body is no JSON: %s.", err.text);
                return false;
        }
        if (json_kind(*out) == JSON_KIND_OBJECT)
                return true;
        problem_set(problem, 422, "The body must be a JSON object.");
        return false;
}

static bool read_body(const struct api_match *match, const struct http_request *req,
                      struct json *object, struct problem *problem)
{
        struct json *body CLEANUP_JSON = NULL;

        if (match->op->method == HTTP_GET || !takes_body(match)) {
                if (req->body.n == 0)
                        return true;
                problem_set(problem, 400, "This operation takes no body; send none.");
                return false;
        }
        if (!parse_body(match, req, &body, problem))
                return false;
        size_t members = 0;
        const char *key;
        struct json *child;

        for (void *at = NULL; json_next(body, &at, &key, &child);)
                members++;
        read_members(match, body, object, problem);
        find_missing(match, body, object, problem);
        if (problem->errors != NULL)
                problem_set(problem, 422, "The body is not what this operation takes; 'errors' names what is "
                            "wrong.");
        else if (members == 0)
                problem_set(problem, 422, "The body changes nothing; name one member at least.");
        return problem->status == 0;
}

bool api_input_read(const struct api_match *match, const struct http_request *req, struct arena *arena,
                    struct json *object, struct problem *problem)
{
        return read_path(match, object, problem) &&
               read_query(match, req, arena, object, problem) &&
               read_body(match, req, object, problem);
}
