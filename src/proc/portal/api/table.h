/*
 * table.h -- the operations of the API and the shapes of what goes in and out, as data; and which
 * operation an address means.
 *
 * Trust:  paths are a stranger's.
 * Owns:   nothing; the tables are constants, what a match captured is in the caller's arena.
 * Used inside src/proc/portal only. The rows are in api.def and shapes.def.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "http/request.h"
#include "people/scopes.h"
#include "proc/portal/routes.h"

/* What a member may be; kinds.c has the rules of each. */
enum api_kind {
        API_TEXT,
        API_KEY,                        /* one segment of a path */
        API_PATH,                       /* segments with slashes between them */
        API_CURSOR,
        API_DATE,
        API_DATE_OR_NULL,
        API_TIME,
        API_ID,
        API_LIMIT,
        API_DAYS,
        API_MINUTES,                    /* of a session */
        API_LENGTH,                     /* of a password */
        API_COUNT,
        API_BOOL,
        API_ROLE,
        API_STATE,
        API_LISTED_STATE,               /* what a list can be cut down to */
        API_TOKEN_STATE,
        API_SHARE_STATE,
        API_VISIBILITY,
        API_DIRECTION,
        API_READER,
        API_FORM,
        API_PROFILE,                    /* of passwords */
        API_METHOD,                     /* by which a client proves itself to a provider */
        API_SECRET,                     /* goes in and never out */
        API_TABLE,                      /* a CSV file, whole */
        API_HEX,
        API_SCOPE_LIST,                     /* a list of scopes */
        API_ROLE_LIST,
        API_WORDS,                      /* a list of short texts that somebody sends */
        API_TEXTS,
        API_ANYTHING,                   /* an object of any members */
        API_OBJECT,                     /* of the shape named */
        API_LIST,                       /* of objects of the shape named */
        API_KINDS,
};

enum api_need { OPTIONAL, NEEDED };

struct api_field {
        const char *name;
        enum api_kind kind;
        enum api_need need;
        const char *shape;
        const char *sentence;
};

struct api_shape {
        const char *name;
        const char *sentence;
        const struct api_field *fields;
        size_t nfields;
};

enum api_list { LIST_NONE, LIST_PAGED, LIST_CUT };

struct api_call;
/* 0: call->output, or it has answered itself. A negative error becomes a problem with its sentence. */
typedef int api_fn(struct api_call *call, struct err *err);

struct api_op {
        const char *id;
        enum http_method method;
        const char *path;
        enum who who;
        uint32_t scope;                 /* SCOPE_NONE: any token will do */
        const struct api_shape *input;
        unsigned status;                /* when all went well */
        const struct api_shape *output;
        const char *verb;               /* of people_order(), or NULL */
        enum api_list list;             /* of an order */
        const char *key;                /* what the order's list is sorted by */
        api_fn *run;
        const char *summary;
};

/* The functions behind the rows; api_order() is behind each that has a verb. */
api_fn api_order;
#define CALL(id, method, path, who, scope, input, status, output, summary) api_fn api_##id;
#define ORDER(id, method, path, who, scope, input, status, output, verb, summary)
#define ORDER_LIST(id, path, who, scope, input, output, verb, paging, key, summary)
#define ABSENT(verb, reason)
#include "api.def"
#undef CALL
#undef ORDER
#undef ORDER_LIST
#undef ABSENT

size_t api_count(void);
const struct api_op *api_at(size_t i);
size_t api_shapes(void);
const struct api_shape *api_shape_at(size_t i);
const struct api_shape *api_shape_called(const char *name);     /* NULL: none */
const struct api_field *api_field_called(const struct api_shape *shape, struct str name);

/* As routes_describe(): "METHOD PATH exact WHO SCOPE", for the golden tables. */
struct str api_describe(size_t i, struct arena *arena);

/* Whether an address is the API's, whether something answers there or not. */
bool api_owns(struct str path);

enum { API_CAPTURES = 3 };
struct api_match {
        const struct api_op *op;        /* NULL: nothing answers this method here */
        unsigned methods;               /* set of 1 << method that do; 0: nothing is here at all */
        struct {
                struct str name;        /* of the pattern's {name} */
                struct str value;       /* decoded */
        } captured[API_CAPTURES];
        size_t ncaptured;
};

/* HEAD is answered as GET. */
void api_find(enum http_method method, struct str path, struct arena *arena, struct api_match *out);

/* The operation that shows what this one changes, for If-Match; NULL: there is none. */
const struct api_op *api_shown_by(const struct api_op *op);

/* Whether its input has a member of this kind. */
bool api_takes(const struct api_op *op, enum api_kind kind);

/* Orders of people/ that no operation carries out, and why. */
struct api_absent {
        const char *verb;
        const char *reason;             /* the end of "It is not here, for ..." */
};
size_t api_absents(void);
const struct api_absent *api_absent_at(size_t i);
