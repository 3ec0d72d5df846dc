/*
 * json.c -- jansson behind our own names.
 */
#include "json/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/check.h"

enum { JSON_TEXT_MAX = 8 * 1024 * 1024, JSON_DEPTH_MAX = 64 };

static json_t *inner(const struct json *value)
{
        return (json_t *)(uintptr_t)value;
}

static struct json *outer(json_t *value)
{
        return (struct json *)value;
}

/* jansson's own depth limit (2048) is for its stack; ours is for the readers of the value. */
static bool too_deep(const json_t *value, unsigned left)
{
        const char *key;
        json_t *child;
        size_t i;

        if (left == 0)
                return true;
        json_array_foreach(value, i, child)
                if (too_deep(child, left - 1))
                        return true;
        json_object_foreach((json_t *)(uintptr_t)value, key, child)
                if (too_deep(child, left - 1))
                        return true;
        return false;
}

void json_prepare(void)
{
        size_t seed = 0;

        check(getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed);
        json_object_seed(seed | 1);     /* 0 would mean "find one yourself" */
}

int json_parse(struct str text, struct json **out, struct err *err)
{
        json_error_t why;

        if (text.n > JSON_TEXT_MAX)
                return err_set(err, ERR_LIMIT, "JSON text is longer than 8 MiB");
        if (str_trim(text).n == 0)
                return err_set(err, ERR_INVALID, "not JSON: the text is empty");
        json_t *value = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

        if (value == NULL)
                return err_set(err, ERR_INVALID, "not JSON: %s at line %d, column %d", why.text,
                               why.line, why.column);
        if (too_deep(value, JSON_DEPTH_MAX)) {
                json_decref(value);
                return err_set(err, ERR_LIMIT, "JSON text is nested deeper than %d levels",
                               JSON_DEPTH_MAX);
        }
        *out = outer(value);
        return 0;
}

void json_free(struct json **value)
{
        if (*value != NULL)
                json_decref(inner(*value));
        *value = NULL;
}

static int append(const char *bytes, size_t n, void *ctx)
{
        buf_add(ctx, bytes, n);
        return 0;
}

void json_render(const struct json *value, bool pretty, struct buf *out)
{
        size_t flags = JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) : JSON_COMPACT);

        check(json_dump_callback(inner(value), append, out, flags) == 0);
}

struct json *json_new_object(void)
{
        json_t *v = json_object();

        check(v != NULL);
        return outer(v);
}

struct json *json_new_array(void)
{
        json_t *v = json_array();

        check(v != NULL);
        return outer(v);
}

static json_t *text_value(struct str text)
{
        json_t *v = str_is_utf8(text) ? json_stringn(text.n > 0 ? text.p : "", text.n)
                                      : json_string("?");

        check(v != NULL);
        return v;
}

void json_put_text(struct json *object, const char *key, struct str text)
{
        check(json_object_set_new(inner(object), key, text_value(text)) == 0);
}

void json_put_int(struct json *object, const char *key, int64_t number)
{
        check(json_object_set_new(inner(object), key, json_integer(number)) == 0);
}

void json_put_bool(struct json *object, const char *key, bool truth)
{
        check(json_object_set_new(inner(object), key, json_boolean(truth)) == 0);
}

void json_put(struct json *object, const char *key, struct json *child)
{
        check(json_object_set_new(inner(object), key, inner(child)) == 0);
}

void json_append(struct json *array, struct json *child)
{
        check(json_array_append_new(inner(array), inner(child)) == 0);
}

void json_put_shared(struct json *object, const char *key, const struct json *child)
{
        check(json_object_set(inner(object), key, inner(child)) == 0);
}

void json_append_shared(struct json *array, const struct json *child)
{
        check(json_array_append(inner(array), inner(child)) == 0);
}

void json_append_text(struct json *array, struct str text)
{
        check(json_array_append_new(inner(array), text_value(text)) == 0);
}

struct json *json_get(const struct json *object, const char *key)
{
        return outer(json_object_get(inner(object), key));
}

bool json_has(const struct json *object, const char *key)
{
        return json_get(object, key) != NULL;
}

struct str json_text(const struct json *value)
{
        if (!json_is_string(inner(value)))
                return (struct str){ "", 0 };
        return str_make(json_string_value(inner(value)), json_string_length(inner(value)));
}

struct str json_get_text(const struct json *object, const char *key)
{
        return json_text(json_get(object, key));
}

int64_t json_get_int(const struct json *object, const char *key)
{
        return json_integer_value(inner(json_get(object, key)));
}

bool json_get_bool(const struct json *object, const char *key)
{
        return json_is_true(inner(json_get(object, key)));
}

enum json_kind json_kind(const struct json *value)
{
        if (value == NULL)
                return JSON_KIND_NONE;
        switch (json_typeof(inner(value))) {
        case JSON_OBJECT:
                return JSON_KIND_OBJECT;
        case JSON_ARRAY:
                return JSON_KIND_ARRAY;
        case JSON_STRING:
                return JSON_KIND_TEXT;
        case JSON_INTEGER:
        case JSON_REAL:
                return JSON_KIND_NUMBER;
        case JSON_TRUE:
        case JSON_FALSE:
                return JSON_KIND_BOOL;
        case JSON_NULL:
                return JSON_KIND_NULL;
        }
        return JSON_KIND_NONE;
}

bool json_next(const struct json *object, void **at, const char **key, struct json **child)
{
        json_t *o = inner(object);

        *at = *at == NULL ? json_object_iter(o) : json_object_iter_next(o, *at);
        if (*at == NULL)
                return false;
        *key = json_object_iter_key(*at);
        *child = outer(json_object_iter_value(*at));
        return true;
}

size_t json_length(const struct json *array)
{
        return json_array_size(inner(array));
}

struct json *json_at(const struct json *array, size_t i)
{
        return outer(json_array_get(inner(array), i));
}
