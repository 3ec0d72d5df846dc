/*
 * check.c -- the end of a process that no longer understands itself.
 */
#include "base/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CHECK = 70 };               /* sysexits.h: internal software error */

void check_failed(const char *what, const char *file, int line)
{
        char text[512];
        int n = snprintf(text, sizeof text, "check failed: %s at %s:%d\n", what, file, line);

        if (n > 0) {
                ssize_t written = write(STDERR_FILENO, text, strnlen(text, sizeof text));

                (void)written;          /* nobody is left to tell */
        }
        _exit(EXIT_CHECK);
}
