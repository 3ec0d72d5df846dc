/*
 * output.h -- sentences, tables and JSON on the terminal.
 *
 * Trust:  titles, file names and notes were written by clients: control characters, C1 codes and
 *         bidirectional overrides are replaced before they reach a terminal. JSON escapes them itself.
 * Owns:   nothing.
 * Linked by the command line only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"
#include "json/json.h"

/* "carrel: SENTENCE" on standard error. */
void output_error(const char *fmt, ...) PRINTF(1, 2);

/* Append text fit for one line of a terminal. */
void output_clean(struct buf *out, struct str text);

/* Columns a terminal needs for clean UTF-8 text. */
size_t output_width(struct str text);

/* A line on standard output, cleaned. */
void output_line(const char *fmt, ...) PRINTF(1, 2);

struct column {
        const char *key;        /* member of each row; NULL ends a list */
        const char *heading;
};

/*
 * Rows (an array of objects) in aligned columns under their headings. A column that no row has
 * anything for is left out; an empty array prints `none` instead. indent: spaces before each line.
 */
void output_table(const struct json *rows, const struct column *columns, const char *none, int indent);

/*
 * An object as "Label   value" lines in its own order; objects inside become indented paragraphs,
 * arrays of objects tables, other arrays lists. Members named in skip (NULL-ended, or NULL) are left out.
 */
void output_details(const struct json *object, const char *const *skip, int indent);

/* One value, pretty, and a line feed. */
void output_json(const struct json *value);
