/*
 * err.h -- how a function says what went wrong: a code for the caller, a sentence for a person.
 *
 * Every function that can fail returns 0 (or a count) or a negative ERR_*, and takes a struct err *
 * as its last parameter. The sentence says what to do, not only what happened. Outputs are untouched
 * on failure. err may be NULL when nobody will read the sentence.
 *
 * Trust:  sentences may quote foreign bytes; control characters are replaced as they are written.
 * Owns:   nothing; a struct err is a plain value.
 * Linked by everything.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"

enum err_code {
        ERR_NONE = 0,
        ERR_INVALID = -1,     /* the input breaks a rule; the sentence names it */
        ERR_NOT_FOUND = -2,
        ERR_EXISTS = -3,
        ERR_DENIED = -4,
        ERR_LIMIT = -5,       /* well-formed, but more than is allowed */
        ERR_AGAIN = -6,       /* nothing was done; try later */
        ERR_GONE = -7,        /* the far end has died or closed */
        ERR_IO = -8,          /* the operating system refused; errno is in the sentence */
        ERR_CORRUPT = -9,     /* stored data is not what was written */
        ERR_UNSUPPORTED = -10,
        ERR_BUSY = -11,       /* somebody else holds it */
        ERR_NO_PORTAL = -12,
        ERR_PROTOCOL = -13,   /* the peer broke the protocol; close */
};

enum { ERR_TEXT_MAX = 320 };

struct err {
        int code;
        char text[ERR_TEXT_MAX];
};

/* Record code and sentence (truncated to fit, control bytes replaced); returns code. */
NODISCARD int err_set(struct err *err, int code, const char *fmt, ...) PRINTF(3, 4);

/* ERR_IO (ERR_DENIED, ERR_NOT_FOUND, ERR_EXISTS, ERR_AGAIN where errno says so): "what: strerror". */
NODISCARD int err_errno(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* Put more context before a sentence that is already there; returns the same code. */
NODISCARD int err_wrap(struct err *err, int code, const char *fmt, ...) PRINTF(3, 4);

/* The code's fixed name, "ERR_INVALID" style; never NULL. */
const char *err_name(int code);
