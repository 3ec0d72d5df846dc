/*
 * kinds.c -- one row for each kind of member: what it is, for the check and for the document.
 */
#include "kinds.h"

#include "base/check.h"
#include "base/clock.h"
#include "people/csv.h"

static const char *const roles[] = { "administrator", "writer", "reviewer", "power-reader", NULL };
static const char *const states[] = { "invited", "active", "expired", "disabled", "deleted", NULL };
static const char *const listed_states[] = { "invited", "active", "expired", "disabled", NULL };
static const char *const token_states[] = { "valid", "expired", NULL };
static const char *const visibilities[] = { "public", "restricted", "private", NULL };
static const char *const directions[] = { "ltr", "rtl", NULL };
static const char *const share_states[] = { "open", "expired", "revoked", NULL };
static const char *const readers[] = { "person", "group", NULL };
static const char *const forms[] = { "json", "markdown", "html", NULL };

static const char *const profiles[] = { "compat", "standard", "nist", NULL };
static const char *const methods[] = { "basic", "post", "public", NULL };

enum shape_of_value { VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL, VALUE_LIST, VALUE_OBJECT };

static const struct kind {
        enum shape_of_value value;
        const char *format;
        const char *pattern;
        const char *const *words;
        int64_t min, max;               /* of a number, a text's bytes, a list's members */
        const char *must;               /* the end of "NAME must be ..." */
} kinds[API_KINDS] = {
        [API_TEXT] = { VALUE_TEXT, NULL, NULL, NULL, 0, API_TEXT_MAX, "text of at most 1,024 bytes" },
        [API_KEY] = { VALUE_TEXT, NULL, NULL, NULL, 1, API_KEY_MAX, "a name of 1 to 200 bytes" },
        [API_PATH] = { VALUE_TEXT, NULL, NULL, NULL, 1, API_TEXT_MAX, "a path of 1 to 1,024 bytes" },
        [API_CURSOR] = { VALUE_TEXT, NULL, "^([0-9a-f]{2})+$", NULL, 2, API_CURSOR_MAX,
                         "what an answer gave as next" },
        [API_DATE] = { VALUE_TEXT, "date", NULL, NULL, 10, 10, "a day, as YYYY-MM-DD" },
        [API_DATE_OR_NULL] = { VALUE_TEXT, "date", NULL, NULL, 10, 10,
                               "a day, as YYYY-MM-DD, or null" },
        [API_TIME] = { VALUE_TEXT, "date-time", NULL, NULL, 0, 0, "" },
        [API_ID] = { VALUE_NUMBER, NULL, NULL, NULL, 1, INT64_MAX, "a number from 1 on" },
        [API_LIMIT] = { VALUE_NUMBER, NULL, NULL, NULL, 1, API_LIMIT_MAX, "a number from 1 to 500" },
        [API_DAYS] = { VALUE_NUMBER, NULL, NULL, NULL, 1, 366, "a number from 1 to 366" },
        [API_MINUTES] = { VALUE_NUMBER, NULL, NULL, NULL, 5, 366 * 24 * 60,
                          "a number of minutes from 5 to 527040" },
        [API_LENGTH] = { VALUE_NUMBER, NULL, NULL, NULL, 5, 64, "a number from 5 to 64" },
        [API_COUNT] = { VALUE_NUMBER, NULL, NULL, NULL, 0, INT64_MAX, "a number from 0 on" },
        [API_BOOL] = { VALUE_BOOL, NULL, NULL, NULL, 0, 0, "true or false" },
        [API_ROLE] = { VALUE_TEXT, NULL, NULL, roles, 0, 0,
                       "administrator, writer, reviewer or power-reader" },
        [API_STATE] = { VALUE_TEXT, NULL, NULL, states, 0, 0, "" },
        [API_LISTED_STATE] = { VALUE_TEXT, NULL, NULL, listed_states, 0, 0,
                               "invited, active, expired or disabled" },
        [API_TOKEN_STATE] = { VALUE_TEXT, NULL, NULL, token_states, 0, 0, "" },
        [API_SHARE_STATE] = { VALUE_TEXT, NULL, NULL, share_states, 0, 0, "" },
        [API_VISIBILITY] = { VALUE_TEXT, NULL, NULL, visibilities, 0, 0, "public, restricted or private" },
        [API_DIRECTION] = { VALUE_TEXT, NULL, NULL, directions, 0, 0, "" },
        [API_READER] = { VALUE_TEXT, NULL, NULL, readers, 0, 0, "" },
        [API_FORM] = { VALUE_TEXT, NULL, NULL, forms, 0, 0, "json, markdown or html" },
        [API_PROFILE] = { VALUE_TEXT, NULL, NULL, profiles, 0, 0, "compat, standard or nist" },
        [API_METHOD] = { VALUE_TEXT, NULL, NULL, methods, 0, 0, "basic, post or public" },
        [API_SECRET] = { VALUE_TEXT, NULL, NULL, NULL, 1, API_SECRET_MAX, "text of 1 to 512 bytes" },
        [API_TABLE] = { VALUE_TEXT, NULL, NULL, NULL, 1, CSV_BYTES_MAX, "a table of at most 256 KiB" },
        [API_HEX] = { VALUE_TEXT, NULL, "^[0-9a-f]*$", NULL, 0, 0, "" },
        [API_SCOPE_LIST] = { VALUE_LIST, NULL, NULL, NULL, 0, 0, "" },
        [API_ROLE_LIST] = { VALUE_LIST, NULL, NULL, roles, 0, 4, "a list of roles, each at most once" },
        [API_WORDS] = { VALUE_LIST, NULL, NULL, NULL, 1, API_WORDS_MAX,
                        "a list of at most 100 texts of 1 to 1,024 bytes" },
        [API_TEXTS] = { VALUE_LIST, NULL, NULL, NULL, 0, 0, "" },
        [API_ANYTHING] = { VALUE_OBJECT, NULL, NULL, NULL, 0, 0, "" },
        [API_OBJECT] = { VALUE_OBJECT, NULL, NULL, NULL, 0, 0, "" },
        [API_LIST] = { VALUE_LIST, NULL, NULL, NULL, 0, 0, "" },
};

/* ---- taking in ---- */

static int refuse(const struct api_field *field, struct err *err)
{
        return err_set(err, ERR_INVALID, "%s must be %s", field->name, kinds[field->kind].must);
}

static bool is_one_of(struct str text, const char *const *words)
{
        for (; *words != NULL; words++)
                if (str_is(text, *words))
                        return true;
        return false;
}

static bool is_cursor(struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (!(text.p[i] >= '0' && text.p[i] <= '9') && !(text.p[i] >= 'a' && text.p[i] <= 'f'))
                        return false;
        return text.n % 2 == 0;
}

/* One spelling for each number: "+1", "01" and "1.0" are none. */
static bool read_number(struct str text, const struct kind *k, int64_t *out)
{
        uint64_t number = 0;

        if (text.n > 1 && text.p[0] == '0')
                return false;
        if (str_to_u64(text, (uint64_t)k->max, &number, NULL) < 0 || (int64_t)number < k->min)
                return false;
        *out = (int64_t)number;
        return true;
}

static bool text_is(const struct api_field *field, struct str text)
{
        const struct kind *k = &kinds[field->kind];
        int64_t day;

        if (k->words != NULL)
                return is_one_of(text, k->words);
        if ((int64_t)text.n < k->min || (int64_t)text.n > k->max)
                return false;
        if (field->kind == API_DATE || field->kind == API_DATE_OR_NULL)
                return clock_parse_date(text, &day, NULL) == 0;
        return field->kind != API_CURSOR || is_cursor(text);
}

int api_kind_take_text(const struct api_field *field, struct str text, struct json *object,
                       struct err *err)
{
        const struct kind *k = &kinds[field->kind];
        int64_t number;

        if (k->value == VALUE_NUMBER) {
                if (!read_number(text, k, &number))
                        return refuse(field, err);
                json_put_int(object, field->name, number);
                return 0;
        }
        if (k->value != VALUE_TEXT || !text_is(field, text))
                return refuse(field, err);
        json_put_text(object, field->name, text);
        return 0;
}

/* A number with a fraction counts as 0, which no kind that may stand in a body allows. */
static int take_number(const struct api_field *field, const struct json *body, struct json *object,
                       struct err *err)
{
        const struct kind *k = &kinds[field->kind];
        int64_t number = json_get_int(body, field->name);

        check(k->min > 0);
        if (json_kind(json_get(body, field->name)) != JSON_KIND_NUMBER || number < k->min ||
            number > k->max)
                return refuse(field, err);
        json_put_int(object, field->name, number);
        return 0;
}

static bool is_among(const struct json *list, struct str text)
{
        for (size_t i = 0; i < json_length(list); i++)
                if (str_eq(json_text(json_at(list, i)), text))
                        return true;
        return false;
}

/* Of words that are said, each once; of other texts, any that are not empty. */
static int take_list(const struct api_field *field, const struct json *body, struct json *object,
                     struct err *err)
{
        const struct kind *k = &kinds[field->kind];
        const struct json *value = json_get(body, field->name);
        struct json *list CLEANUP_JSON = json_new_array();

        check(k->max > 0);              /* a kind that may stand in a body has a bound */
        if (json_kind(value) != JSON_KIND_ARRAY || (int64_t)json_length(value) > k->max)
                return refuse(field, err);
        for (size_t i = 0; i < json_length(value); i++) {
                struct str text = json_text(json_at(value, i));
                bool good = k->words != NULL ? is_one_of(text, k->words) && !is_among(list, text)
                                             : text.n > 0 && text.n <= API_TEXT_MAX;

                if (!good)
                        return refuse(field, err);
                json_append_text(list, text);
        }
        json_put_shared(object, field->name, list);
        return 0;
}

static int take_bool(const struct api_field *field, const struct json *body, struct json *object,
                     struct err *err)
{
        if (json_kind(json_get(body, field->name)) != JSON_KIND_BOOL)
                return refuse(field, err);
        json_put_bool(object, field->name, json_get_bool(body, field->name));
        return 0;
}

int api_kind_take_json(const struct api_field *field, const struct json *body, struct json *object,
                       struct err *err)
{
        const struct json *value = json_get(body, field->name);
        enum json_kind kind = json_kind(value);

        if (kinds[field->kind].value == VALUE_NUMBER)
                return take_number(field, body, object, err);
        if (kinds[field->kind].value == VALUE_LIST)
                return take_list(field, body, object, err);
        if (kinds[field->kind].value == VALUE_BOOL)
                return take_bool(field, body, object, err);
        check(kinds[field->kind].value == VALUE_TEXT);  /* the first input with more needs its rule here */
        if (kind == JSON_KIND_NULL && field->kind == API_DATE_OR_NULL) {
                json_put_text(object, field->name, STR(""));
                return 0;
        }
        if (kind != JSON_KIND_TEXT || !text_is(field, json_text(value)))
                return refuse(field, err);
        json_put_text(object, field->name, json_text(value));
        return 0;
}

bool api_kind_is_number(enum api_kind kind)
{
        return kinds[kind].value == VALUE_NUMBER;
}

/* ---- the document ---- */

static struct json *reference(const char *shape)
{
        struct json *o = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };

        buf_printf(&text, "#/components/schemas/%s", shape);
        json_put_text(o, "$ref", buf_str(&text));
        return o;
}

static struct json *words_schema(const char *const *words)
{
        struct json *list = json_new_array();

        for (; *words != NULL; words++)
                json_append_text(list, str_of(*words));
        return list;
}

static struct json *scope_schema(void)
{
        struct json *o = json_new_object(), *list = json_new_array();

        for (size_t i = 0; i < SCOPES; i++)
                json_append_text(list, str_of(scope_name(scope_at(i))));
        json_put_text(o, "type", STR("string"));
        json_put(o, "enum", list);
        return o;
}

static struct json *text_schema(void)
{
        struct json *o = json_new_object();

        json_put_text(o, "type", STR("string"));
        return o;
}

static void put_text_rules(struct json *o, const struct api_field *field)
{
        const struct kind *k = &kinds[field->kind];

        if (field->kind == API_DATE_OR_NULL) {
                struct json *types = json_new_array();

                json_append_text(types, STR("string"));
                json_append_text(types, STR("null"));
                json_put(o, "type", types);
        } else {
                json_put_text(o, "type", STR("string"));
        }
        if (k->format != NULL)
                json_put_text(o, "format", str_of(k->format));
        if (k->pattern != NULL)
                json_put_text(o, "pattern", str_of(k->pattern));
        if (k->words != NULL)
                json_put(o, "enum", words_schema(k->words));
        if (k->words == NULL && k->format == NULL && k->min > 0)
                json_put_int(o, "minLength", k->min);
        if (field->kind == API_SECRET)
                json_put_bool(o, "writeOnly", true);
}

static void put_number_rules(struct json *o, const struct kind *k)
{
        json_put_text(o, "type", STR("integer"));
        json_put_int(o, "minimum", k->min);
        if (k->max < INT64_MAX)
                json_put_int(o, "maximum", k->max);
}

static struct json *item_schema(const struct api_field *field)
{
        struct json *o;

        if (field->kind == API_LIST)
                return reference(field->shape);
        if (field->kind == API_SCOPE_LIST)
                return scope_schema();
        o = text_schema();
        if (kinds[field->kind].words != NULL)
                json_put(o, "enum", words_schema(kinds[field->kind].words));
        return o;
}

static void put_list_rules(struct json *o, const struct api_field *field)
{
        const struct kind *k = &kinds[field->kind];

        json_put_text(o, "type", STR("array"));
        json_put(o, "items", item_schema(field));
        if (k->max > 0)
                json_put_int(o, "maxItems", k->max);
        if (k->words != NULL)
                json_put_bool(o, "uniqueItems", true);
}

struct json *api_kind_schema(const struct api_field *field)
{
        const struct kind *k = &kinds[field->kind];
        struct json *o = field->kind == API_OBJECT ? reference(field->shape) : json_new_object();

        switch (k->value) {
        case VALUE_TEXT:
                put_text_rules(o, field);
                break;
        case VALUE_NUMBER:
                put_number_rules(o, k);
                break;
        case VALUE_BOOL:
                json_put_text(o, "type", STR("boolean"));
                break;
        case VALUE_LIST:
                put_list_rules(o, field);
                break;
        case VALUE_OBJECT:
                if (field->kind == API_ANYTHING)
                        json_put_text(o, "type", STR("object"));
                break;
        }
        if (field->kind == API_LIMIT)
                json_put_int(o, "default", API_LIMIT_USUAL);
        json_put_text(o, "description", str_of(field->sentence));
        return o;
}
