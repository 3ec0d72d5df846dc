/*
 * abort.c -- a failed check as libFuzzer sees it: abort() keeps the input, the real one's _exit()
 * would not.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

void check_failed(const char *what, const char *file, int line)
{
        fprintf(stderr, "check failed: %s at %s:%d\n", what, file, line);
        abort();
}
