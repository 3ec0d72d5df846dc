/*
 * fit.c -- answers as their shapes say: a member that the shape does not name stays inside.
 */
#include "call.h"
#include "kinds.h"

static struct json *fit_all(const struct api_shape *shape, const struct json *list)
{
        struct json *out = json_new_array();

        for (size_t i = 0; i < json_length(list); i++)
                json_append(out, api_fit(shape, json_at(list, i)));
        return out;
}

/* Settings are text for forms and the command line; programs get numbers. */
static bool put_number(struct json *out, const char *name, struct str digits)
{
        uint64_t number;

        if (digits.n == 0 || str_to_u64(digits, INT64_MAX, &number, NULL) < 0)
                return false;
        json_put_int(out, name, (int64_t)number);
        return true;
}

static void put_member(struct json *out, const struct api_field *field, const struct json *value)
{
        if (field->kind == API_OBJECT)
                json_put(out, field->name, api_fit(api_shape_called(field->shape), value));
        else if (field->kind == API_LIST)
                json_put(out, field->name, fit_all(api_shape_called(field->shape), value));
        else if (!api_kind_is_number(field->kind) || !put_number(out, field->name, json_text(value)))
                json_put_shared(out, field->name, value);
}

struct json *api_fit(const struct api_shape *shape, const struct json *value)
{
        struct json *out = json_new_object();

        for (size_t i = 0; i < shape->nfields; i++) {
                const struct api_field *field = &shape->fields[i];
                const struct json *member = field->name != NULL ? json_get(value, field->name) : NULL;

                if (member != NULL)
                        put_member(out, field, member);
        }
        return out;
}
