/*
 * markdown.c -- foreign Markdown: whatever the document, its HTML must be allowed and must parse to
 * what was written, in both renderings.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "markdown/markdown.h"
#include "reparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 64 * 1024 };

static void fail(const char *what, struct str html)
{
        fprintf(stderr, "%s in: %.*s\n", what, STR_ARG(html));
        abort();
}

static void examine(struct str html)
{
        struct buf parsed CLEANUP_BUF = { 0 };
        const char *fault = reparse_fault(html);

        if (fault != NULL)
                fail(fault, html);
        reparse(html, &parsed);
        if (!str_eq(html, buf_str(&parsed)))
                fail("parses differently", html);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str source = { (const char *)data, size };
        struct markdown_options options = { .drop_first_h1 = size % 2 == 1 };
        struct markdown_doc doc;
        struct html plain;
        struct err err;

        if (size > INPUT_MAX)
                return 0;
        if (markdown_render(arena, source, &options, &doc, &err) == 0)
                examine(doc.body.s);
        if (markdown_render_plain(arena, source, &plain, &err) == 0)
                examine(plain.s);
        return 0;
}
