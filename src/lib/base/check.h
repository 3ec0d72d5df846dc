/*
 * check.h -- assertions that stay on in production.
 *
 * A failed check is a programmer's error: the process says where and ends, and the supervisor starts a
 * new one. Going on with a state nobody understands is how one fault becomes a breach.
 *
 * Linked by everything.
 */
#pragma once

#include "base/attr.h"

#define check(x)                                                                                   \
        do {                                                                                       \
                if (__builtin_expect(!(x), 0))                                                     \
                        check_failed(#x, __FILE__, __LINE__);                                      \
        } while (0)

/* Write one line to standard error and end the process; async-signal-safe. */
NORETURN void check_failed(const char *what, const char *file, int line);
