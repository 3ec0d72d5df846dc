/*
 * document.c -- the OpenAPI 3.1 document, from the tables of operations and shapes.
 */
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "kinds.h"

enum { PATH_SHOWN = 200 };

static void put(struct json *o, const char *key, const char *text)
{
        json_put_text(o, key, str_of(text));
}

/* ---- schemas ---- */

static struct json *shape_schema(const struct api_shape *shape, bool strict)
{
        struct json *o = json_new_object(), *members = json_new_object(), *needed = json_new_array();

        put(o, "type", "object");
        put(o, "description", shape->sentence);
        for (size_t i = 0; i < shape->nfields; i++) {
                const struct api_field *field = &shape->fields[i];

                if (field->name == NULL)
                        continue;
                json_put(members, field->name, api_kind_schema(field));
                if (field->need == NEEDED)
                        json_append_text(needed, str_of(field->name));
        }
        if (strict)
                json_put_bool(o, "additionalProperties", false);
        json_put(o, "properties", members);
        json_put(o, "required", needed);
        return o;
}

static bool is_output(const struct api_shape *shape)
{
        for (size_t i = 0; i < api_count(); i++)
                if (api_at(i)->output == shape)
                        return true;
        return strcmp(shape->name, "problem") == 0;
}

/* Shapes that stand in others are outputs as well. */
static bool is_part(const struct api_shape *shape)
{
        for (size_t i = 0; i < api_shapes(); i++)
                for (size_t k = 0; k < api_shape_at(i)->nfields; k++) {
                        const char *name = api_shape_at(i)->fields[k].shape;

                        if (name != NULL && strcmp(name, shape->name) == 0)
                                return true;
                }
        return false;
}

static struct json *schemas(void)
{
        struct json *o = json_new_object();

        for (size_t i = 0; i < api_shapes(); i++) {
                const struct api_shape *shape = api_shape_at(i);

                if (is_output(shape) || is_part(shape))
                        json_put(o, shape->name, shape_schema(shape, shape->fields[0].name != NULL));
        }
        return o;
}

static struct json *shape_reference(const char *name)
{
        struct json *o = json_new_object();
        char text[64 + PATH_SHOWN];

        snprintf(text, sizeof text, "#/components/schemas/%s", name);
        put(o, "$ref", text);
        return o;
}

/* ---- what goes in ---- */

static bool is_in_path(const struct api_op *op, const char *name)
{
        char one[64], rest[64];

        snprintf(one, sizeof one, "{%s}", name);
        snprintf(rest, sizeof rest, "{%s...}", name);
        return strstr(op->path, one) != NULL || strstr(op->path, rest) != NULL;
}

static struct json *parameter(const struct api_op *op, const struct api_field *field)
{
        struct json *o = json_new_object();
        bool path = is_in_path(op, field->name);

        put(o, "name", field->name);
        put(o, "in", path ? "path" : "query");
        json_put_bool(o, "required", path || field->need == NEEDED);
        put(o, "description", field->sentence);
        json_put(o, "schema", api_kind_schema(field));
        return o;
}

static struct json *if_match(void)
{
        struct json *o = json_new_object(), *schema = json_new_object();

        put(o, "name", "If-Match");
        put(o, "in", "header");
        json_put_bool(o, "required", false);
        put(o, "description", "the ETag of what was read; the change is refused when it is another by now");
        put(schema, "type", "string");
        json_put(o, "schema", schema);
        return o;
}

static struct json *parameters(const struct api_op *op)
{
        struct json *list = json_new_array();

        for (size_t i = 0; i < op->input->nfields; i++) {
                const struct api_field *field = &op->input->fields[i];

                if (field->name != NULL && (op->method == HTTP_GET || is_in_path(op, field->name)))
                        json_append(list, parameter(op, field));
        }
        if (api_shown_by(op) != NULL)
                json_append(list, if_match());
        return list;
}

static struct json *content(const char *type, struct json *schema)
{
        struct json *o = json_new_object(), *media = json_new_object();

        json_put(media, "schema", schema);
        json_put(o, type, media);
        return o;
}

static struct json *body_schema(const struct api_op *op)
{
        struct json *o = json_new_object(), *members = json_new_object(), *needed = json_new_array();
        bool any = false;

        for (size_t i = 0; i < op->input->nfields; i++) {
                const struct api_field *field = &op->input->fields[i];

                if (field->name == NULL || is_in_path(op, field->name))
                        continue;
                any = true;
                json_put(members, field->name, api_kind_schema(field));
                if (field->need == NEEDED)
                        json_append_text(needed, str_of(field->name));
        }
        put(o, "type", "object");
        json_put_bool(o, "additionalProperties", false);
        json_put_int(o, "minProperties", 1);
        json_put(o, "properties", members);
        json_put(o, "required", needed);
        if (!any)
                json_free(&o);
        return o;
}

/* ---- what comes out ---- */

static struct json *response_reference(const char *name)
{
        struct json *o = json_new_object();
        char text[96];

        snprintf(text, sizeof text, "#/components/responses/%s", name);
        put(o, "$ref", text);
        return o;
}

static struct json *text_media(void)
{
        struct json *media = json_new_object(), *schema = json_new_object();

        put(schema, "type", "string");
        json_put(media, "schema", schema);
        return media;
}

static struct json *success(const struct api_op *op)
{
        struct json *o = json_new_object(), *types;

        put(o, "description", op->output->sentence);
        if (strcmp(op->output->name, "bytes") == 0) {
                types = json_new_object();
                json_put(types, "*/*", json_new_object());
        } else {
                types = content("application/json", shape_reference(op->output->name));
        }
        if (api_field_called(op->input, STR("as")) != NULL) {
                json_put(types, "text/markdown", text_media());
                json_put(types, "text/html", text_media());
        }
        json_put(o, "content", types);
        return o;
}

static void put_refusals(struct json *o, const struct api_op *op)
{
        bool changes = op->method != HTTP_GET;

        json_put(o, "400", response_reference("Malformed"));
        if (op->who == WHO_EVERYBODY)
                return;
        json_put(o, "401", response_reference("NoToken"));
        json_put(o, "403", response_reference("Forbidden"));
        json_put(o, "404", response_reference("Missing"));
        json_put(o, "429", response_reference("TooMany"));
        json_put(o, "503", response_reference("Busy"));
        json_put(o, "422", response_reference("Invalid"));
        if (changes)
                json_put(o, "409", response_reference("Conflict"));
        if (changes && api_shown_by(op) != NULL)
                json_put(o, "412", response_reference("Changed"));
}

static struct json *responses(const struct api_op *op)
{
        struct json *o = json_new_object();
        char status[16];

        snprintf(status, sizeof status, "%u", op->status);
        json_put(o, status, success(op));
        if (op->method == HTTP_GET && op->who != WHO_EVERYBODY)
                json_put(o, "304", response_reference("NotModified"));
        put_refusals(o, op);
        return o;
}

/* ---- operations ---- */

static struct json *security(const struct api_op *op)
{
        struct json *list = json_new_array(), *o = json_new_object(), *scopes = json_new_array();

        if (op->who == WHO_EVERYBODY) {
                json_free(&o);
                json_free(&scopes);
                return list;
        }
        if (op->scope != SCOPE_NONE)
                json_append_text(scopes, str_of(scope_name((enum scope)op->scope)));
        json_put(o, "token", scopes);
        json_append(list, o);
        return list;
}

static struct json *operation(const struct api_op *op)
{
        struct json *o = json_new_object(), *body = op->method == HTTP_GET ? NULL : body_schema(op);

        put(o, "operationId", op->id);
        put(o, "summary", op->summary);
        put(o, "x-role", who_name(op->who));
        json_put(o, "security", security(op));
        json_put(o, "parameters", parameters(op));
        if (body != NULL) {
                struct json *request = json_new_object();

                json_put_bool(request, "required", true);
                json_put(request, "content", content("application/json", body));
                json_put(o, "requestBody", request);
        }
        json_put(o, "responses", responses(op));
        return o;
}

/* "{topic...}" is "{topic}" in a document. */
static void shown_path(const char *path, char out[static PATH_SHOWN])
{
        const char *dots = strstr(path, "...}");

        if (dots == NULL)
                snprintf(out, PATH_SHOWN, "%s", path);
        else
                snprintf(out, PATH_SHOWN, "%.*s}", (int)(dots - path), path);
}

static struct json *paths(void)
{
        static const char *const methods[] = {
                [HTTP_GET] = "get", [HTTP_HEAD] = "head", [HTTP_POST] = "post", [HTTP_PUT] = "put",
                [HTTP_PATCH] = "patch", [HTTP_DELETE] = "delete", [HTTP_OPTIONS] = "options",
        };
        struct json *o = json_new_object();

        for (size_t i = 0; i < api_count(); i++) {
                const struct api_op *op = api_at(i);
                char path[PATH_SHOWN];

                shown_path(op->path, path);
                if (!json_has(o, path))
                        json_put(o, path, json_new_object());
                json_put(json_get(o, path), methods[op->method], operation(op));
        }
        return o;
}

/* ---- the whole ---- */

static void put_response(struct json *o, const char *name, const char *description, bool problem)
{
        struct json *response = json_new_object();

        put(response, "description", description);
        if (problem)
                json_put(response, "content",
                         content("application/problem+json", shape_reference("problem")));
        json_put(o, name, response);
}

static struct json *common_responses(void)
{
        struct json *o = json_new_object();

        put_response(o, "NotModified", "What If-None-Match names is what there is.", false);
        put_response(o, "Malformed", "The query or the body cannot be read; errors has the names.", true);
        put_response(o, "NoToken", "There is no token, or it is not valid here.", true);
        put_response(o, "Forbidden", "The person's role or the token's scopes do not allow it.", true);
        put_response(o, "Missing", "There is nothing here for this token, or nothing at all: both look "
                     "the same.", true);
        put_response(o, "Conflict", "What there is does not allow it; detail says why.", true);
        put_response(o, "Changed", "It is not what If-Match names any more.", true);
        put_response(o, "Invalid", "The input is not what it must be; errors or detail says why.", true);
        put_response(o, "TooMany", "Too many tokens from this address were not valid; Retry-After says "
                     "how long to wait.", true);
        put_response(o, "Busy", "Something else is being written; try again.", true);
        return o;
}

static struct json *security_schemes(void)
{
        struct json *o = json_new_object(), *token = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };

        buf_puts(&text, "A token of a person of this portal, in the header Authorization only. Scopes:");
        for (size_t i = 0; i < SCOPES; i++)
                buf_printf(&text, "%s %s: %s", i > 0 ? ";" : "", scope_name(scope_at(i)),
                           scope_sentence(scope_at(i)));
        buf_putc(&text, '.');
        put(token, "type", "http");
        put(token, "scheme", "bearer");
        put(token, "description", buf_cstr(&text));
        json_put(o, "token", token);
        return o;
}

static struct json *document(void)
{
        struct json *o = json_new_object(), *info = json_new_object(), *parts = json_new_object();
        struct json *server = json_new_object(), *servers = json_new_array();

        put(info, "title", "Carrel portal API");
        put(info, "version", "1");
        put(info, "description", "What a portal's people may do in the browser, for programs. No answer may "
            "be stored; no cookie is ever accepted; a member or parameter that is not named here is "
            "refused.");
        put(server, "url", "/");
        json_append(servers, server);
        put(o, "openapi", "3.1.0");
        json_put(o, "info", info);
        json_put(o, "servers", servers);
        json_put(o, "paths", paths());
        json_put(parts, "schemas", schemas());
        json_put(parts, "responses", common_responses());
        json_put(parts, "securitySchemes", security_schemes());
        json_put(o, "components", parts);
        return o;
}

struct str api_document_text(void)
{
        static struct buf text;         /* the same for as long as the process lives */

        if (text.n == 0) {
                struct json *made CLEANUP_JSON = document();

                json_render(made, false, &text);
        }
        return buf_str(&text);
}
