/*
 * kinds.h -- the rules of the members' kinds: what is taken in, and how a document says so.
 *
 * Trust:  values are a stranger's.
 * Owns:   nothing.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "json/json.h"
#include "table.h"

enum { API_TEXT_MAX = 1024, API_KEY_MAX = 200, API_CURSOR_MAX = 2 * API_TEXT_MAX, API_LIMIT_MAX = 500,
       API_LIMIT_USUAL = 100, API_WORDS_MAX = 100, API_SECRET_MAX = 512 };

/*
 * Put text from a path or query into object as its kind has it. ERR_INVALID: the sentence says what it
 * must be.
 */
NODISCARD int api_kind_take_text(const struct api_field *field, struct str text, struct json *object,
                                 struct err *err);

/* The same for a member that a body has. */
NODISCARD int api_kind_take_json(const struct api_field *field, const struct json *body,
                                 struct json *object, struct err *err);

bool api_kind_is_number(enum api_kind kind);

/* As a JSON Schema (2020-12); objects by reference. The caller frees. */
struct json *api_kind_schema(const struct api_field *field);
