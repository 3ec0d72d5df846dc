/*
 * all.h -- what analysers cannot see because they look at one file at a time.
 *
 * err_set() and its kin return a negative code, always; without knowing that, an analyser follows paths on
 * which a function fails, returns 0 and leaves its outputs unset. Included before every file that is
 * analysed, but for err.c, which defines them. Never part of a build.
 */
#pragma once

#include "base/err.h"

/* The result of a call that is said to return code. */
static inline int analysis_negative(int result, int code)
{
        (void)result;
        if (code >= 0)
                __builtin_unreachable();
        return code;
}

#define err_set(err, code, ...) analysis_negative((err_set)(err, code, __VA_ARGS__), code)
#define err_errno(...) analysis_negative((err_errno)(__VA_ARGS__), ERR_IO)
#define err_wrap(err, code, ...) analysis_negative((err_wrap)(err, code, __VA_ARGS__), code)
