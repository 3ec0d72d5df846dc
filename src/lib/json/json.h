/*
 * json.h -- JSON values (RFC 8259), read with limits and written compactly.
 *
 * Trust:  parsed text may be hostile: size, depth and duplicate keys are limited before it is used.
 * Owns:   a value is owned by whoever parsed or made it until it is put into another value.
 * Linked by the registry, the command line and portals. Needs jansson (inside this folder only).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct json;                            /* any JSON value */

enum json_kind {
        JSON_KIND_NONE,                 /* no value: an absent member */
        JSON_KIND_NULL,
        JSON_KIND_BOOL,
        JSON_KIND_NUMBER,
        JSON_KIND_TEXT,
        JSON_KIND_ARRAY,
        JSON_KIND_OBJECT,
};

/*
 * Once per process, before it is confined: the library would read /dev/urandom for its hash seed when the
 * first object is made, and a confined process cannot.
 */
void json_prepare(void);

/* At most 8 MiB, 64 levels, no duplicate key; ERR_INVALID names line and column. */
NODISCARD int json_parse(struct str text, struct json **out, struct err *err);
void json_free(struct json **value);
#define CLEANUP_JSON CLEANUP(json_free)

/* Append the text; pretty: one member a line, two spaces. */
void json_render(const struct json *value, bool pretty, struct buf *out);

NODISCARD struct json *json_new_object(void);
NODISCARD struct json *json_new_array(void);

/* Into an object. Text that is not UTF-8 is replaced by "?". json_put takes over child. */
void json_put_text(struct json *object, const char *key, struct str text);
void json_put_int(struct json *object, const char *key, int64_t number);
void json_put_bool(struct json *object, const char *key, bool truth);
void json_put(struct json *object, const char *key, struct json *child);

/* To the end of an array; takes over child. */
void json_append(struct json *array, struct json *child);
void json_append_text(struct json *array, struct str text);
/* A value in a second place as well; from then on nobody may change it. */
void json_put_shared(struct json *object, const char *key, const struct json *child);
void json_append_shared(struct json *array, const struct json *child);

/* Borrowed, or empty / 0 / false / NULL where the member is absent or of another type. */
struct str json_get_text(const struct json *object, const char *key);
int64_t json_get_int(const struct json *object, const char *key);
bool json_get_bool(const struct json *object, const char *key);
struct json *json_get(const struct json *object, const char *key);
bool json_has(const struct json *object, const char *key);

enum json_kind json_kind(const struct json *value);

/*
 * Walk an object's members in their order: start with *at = NULL; false at the end. key and child are
 * borrowed. The object must not change meanwhile.
 */
bool json_next(const struct json *object, void **at, const char **key, struct json **child);

size_t json_length(const struct json *array);
struct json *json_at(const struct json *array, size_t i);
struct str json_text(const struct json *value);         /* a string's text, or empty */
