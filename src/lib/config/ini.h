/*
 * ini.h -- the lines of a settings file: [section], key = value, comments. Private to this folder.
 *
 * Stricter than the INI readers around: a line that is too long is an error and not cut, an indented
 * line does not quietly replace the value above it, and a value keeps every character it has.
 *
 * Trust:  the text may be anything; NUL, control bytes and bytes that are not UTF-8 are refused.
 * Owns:   nothing.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { INI_LINE_MAX = 1024, INI_SECTION_MAX = 96, INI_KEY_MAX = 48 };

/* One pair; all three NUL-terminated and borrowed for the call. A negative result ends the reading. */
typedef int ini_pair_fn(void *ctx, const char *section, const char *key, const char *value,
                        struct err *err);

/*
 * Call pair for each "key = value". Lines that are empty or start with '#' or ';' say nothing; there
 * are no comments behind a value. Fails with what pair returned, or ERR_INVALID; the sentence starts
 * with "NAME, line N: ".
 */
NODISCARD int ini_read(struct str text, const char *name, ini_pair_fn *pair, void *ctx,
                       struct err *err);
