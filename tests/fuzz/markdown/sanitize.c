/*
 * sanitize.c -- foreign HTML: the output must be allowed, must parse to what was written, and must
 * stay as it is when it is sanitised again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "html/html.h"
#include "reparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 64 * 1024 };         /* the second opinion takes quadratic time */

static void fail(const char *what, struct str html)
{
        fprintf(stderr, "%s in: %.*s\n", what, STR_ARG(html));
        abort();
}

static void sanitize(struct arena *arena, struct str fragment, struct buf *out)
{
        struct err err;

        if (html_sanitize(arena, fragment, NULL, NULL, out, NULL, &err) < 0)
                buf_clear(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf once CLEANUP_BUF = { 0 }, twice CLEANUP_BUF = { 0 }, parsed CLEANUP_BUF = { 0 };

        if (size > INPUT_MAX)
                return 0;
        sanitize(arena, str_make((const char *)data, size), &once);
        sanitize(arena, buf_str(&once), &twice);
        if (!str_eq(buf_str(&once), buf_str(&twice)))
                fail("changes when sanitised again", buf_str(&once));
        const char *fault = reparse_fault(buf_str(&once));

        if (fault != NULL)
                fail(fault, buf_str(&once));
        reparse(buf_str(&once), &parsed);
        if (!str_eq(buf_str(&once), buf_str(&parsed)))
                fail("parses differently", buf_str(&once));
        return 0;
}
