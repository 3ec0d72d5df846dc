/*
 * table.c -- the rows of api.def and shapes.def, and the search for an address among them.
 */
#include "table.h"

#include <string.h>

#define SHAPE(name, sentence, ...) static const struct api_field name##_fields[] = { __VA_ARGS__ };
#include "shapes.def"
#undef SHAPE

/* A shape without members has one row without a name. */
#define SHAPE(name, sentence, ...)                                                                 \
        static const struct api_shape name##_shape = {                                             \
                #name, sentence, name##_fields,                                                    \
                ARRAY_LEN(name##_fields) };
#include "shapes.def"
#undef SHAPE

static const struct api_shape *const shapes[] = {
#define SHAPE(name, sentence, ...) &name##_shape,
#include "shapes.def"
#undef SHAPE
};

static const struct api_op ops[] = {
#define CALL(id, method, path, who, scope, input, status, output, summary)                         \
        { #id, HTTP_##method, path, WHO_##who, SCOPE_##scope, &input##_shape, status,              \
          &output##_shape, NULL, LIST_NONE, NULL, api_##id, summary },
#define ORDER(id, method, path, who, scope, input, status, output, verb, summary)                  \
        { #id, HTTP_##method, path, WHO_##who, SCOPE_##scope, &input##_shape, status,              \
          &output##_shape, verb, LIST_NONE, NULL, api_order, summary },
#define ORDER_LIST(id, path, who, scope, input, output, verb, paging, key, summary)                \
        { #id, HTTP_GET, path, WHO_##who, SCOPE_##scope, &input##_shape, 200, &output##_shape,     \
          verb, LIST_##paging, key, api_order, summary },
#define ABSENT(verb, reason)
#include "api.def"
#undef CALL
#undef ORDER
#undef ORDER_LIST
#undef ABSENT
};

static const struct api_absent absents[] = {
#define CALL(id, method, path, who, scope, input, status, output, summary)
#define ORDER(id, method, path, who, scope, input, status, output, verb, summary)
#define ORDER_LIST(id, path, who, scope, input, output, verb, paging, key, summary)
#define ABSENT(verb, reason) { verb, reason },
#include "api.def"
#undef CALL
#undef ORDER
#undef ORDER_LIST
#undef ABSENT
};

size_t api_count(void)
{
        return ARRAY_LEN(ops);
}

const struct api_op *api_at(size_t i)
{
        return &ops[i];
}

size_t api_absents(void)
{
        return ARRAY_LEN(absents);
}

const struct api_absent *api_absent_at(size_t i)
{
        return &absents[i];
}

size_t api_shapes(void)
{
        return ARRAY_LEN(shapes);
}

const struct api_shape *api_shape_at(size_t i)
{
        return shapes[i];
}

const struct api_shape *api_shape_called(const char *name)
{
        for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
                if (strcmp(shapes[i]->name, name) == 0)
                        return shapes[i];
        return NULL;
}

const struct api_field *api_field_called(const struct api_shape *shape, struct str name)
{
        for (size_t i = 0; i < shape->nfields; i++)
                if (shape->fields[i].name != NULL && str_is(name, shape->fields[i].name))
                        return &shape->fields[i];
        return NULL;
}

struct str api_describe(size_t i, struct arena *arena)
{
        const struct api_op *op = &ops[i];
        const char *scope = op->scope == SCOPE_NONE ? "-" : scope_name((enum scope)op->scope);

        return str_of(arena_printf(arena, "%s %s exact %s %s", http_method_name(op->method), op->path,
                                   who_name(op->who), scope));
}

bool api_owns(struct str path)
{
        return str_is(path, "/api") || str_starts(path, STR("/api/"));
}

/* ---- which operation an address means ---- */

/* "{topic...}": the name in it, and whether it takes all that follows. */
static struct str placeholder(struct str segment, bool *out_rest)
{
        struct str name = str_make(segment.p + 1, segment.n - 2);

        *out_rest = str_ends(name, STR("..."));
        if (*out_rest)
                name.n -= 3;
        return name;
}

static void capture(struct api_match *m, struct str name, struct str value)
{
        if (m->ncaptured == API_CAPTURES)
                return;                 /* a unit test says that no row has more */
        m->captured[m->ncaptured].name = name;
        m->captured[m->ncaptured].value = value;
        m->ncaptured++;
}

/* Both begin with a slash. Captures only when all of it fits. */
static bool fits(const char *pattern, struct str path, struct api_match *out)
{
        struct str want = str_of(pattern + 1), have = str_make(path.p + 1, path.n - 1);
        struct api_match m = { .op = NULL };

        for (;;) {
                bool rest = false, last = str_find(want, '/') < 0, end = str_find(have, '/') < 0;
                struct str segment = str_cut(&want, '/');

                if (segment.n > 0 && segment.p[0] == '{') {
                        struct str name = placeholder(segment, &rest);
                        struct str value = rest ? have : str_cut(&have, '/');

                        if (value.n == 0)
                                return false;
                        capture(&m, name, value);
                        end = end || rest;
                } else if (!str_eq(segment, str_cut(&have, '/'))) {
                        return false;
                }
                if (last != end)
                        return false;
                if (last)
                        break;
        }
        *out = m;
        return true;
}

void api_find(enum http_method method, struct str path, struct arena *arena, struct api_match *out)
{
        enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
        struct str decoded;

        *out = (struct api_match){ .op = NULL };
        if (path.n == 0 || path.p[0] != '/' || http_path_decode(path, arena, &decoded, NULL) < 0)
                return;
        unsigned methods = 0;
        struct api_match found = { .op = NULL };

        for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
                struct api_match m;

                if (!fits(ops[i].path, decoded, &m))
                        continue;
                methods |= 1u << ops[i].method;
                if (ops[i].method == HTTP_GET)
                        methods |= 1u << HTTP_HEAD;
                if (ops[i].method == wanted) {
                        found = m;
                        found.op = &ops[i];
                }
        }
        *out = found;
        out->methods = methods;
}

const struct api_op *api_shown_by(const struct api_op *op)
{
        for (size_t i = 0; i < ARRAY_LEN(ops); i++)
                if (ops[i].method == HTTP_GET && ops[i].verb != NULL && op->verb != NULL &&
                    op->method != HTTP_GET && strcmp(ops[i].path, op->path) == 0)
                        return &ops[i];
        return NULL;
}

bool api_takes(const struct api_op *op, enum api_kind kind)
{
        for (size_t i = 0; i < op->input->nfields; i++)
                if (op->input->fields[i].name != NULL && op->input->fields[i].kind == kind)
                        return true;
        return false;
}
