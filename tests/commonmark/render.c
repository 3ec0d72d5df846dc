/*
 * render.c -- the plain Markdown renderer as a filter, for run.mjs.
 *
 * Requests and answers alternate on standard input and output: a decimal length, a newline, that
 * many bytes. An answer that is an error has a '-' before its length and the sentence as its bytes.
 * With an argument, that one file is rendered and written without a length.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"
#include "markdown/markdown.h"

enum { REQUEST_MAX = 16 * 1024 * 1024 };

static int render_file(const char *path)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf source CLEANUP_BUF = { 0 };
        struct err err;
        struct html html;

        if (fd_slurp(AT_FDCWD, path, REQUEST_MAX, &source, &err) < 0 ||
            markdown_render_plain(arena, buf_str(&source), &html, &err) < 0) {
                fprintf(stderr, "%s\n", err.text);
                return 1;
        }
        fwrite(html.s.p, 1, html.s.n, stdout);
        return 0;
}

static void answer(struct str source)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct err err;
        struct html html;

        if (markdown_render_plain(arena, source, &html, &err) < 0) {
                printf("-%zu\n%s", strlen(err.text), err.text);
        } else {
                printf("%zu\n", html.s.n);
                fwrite(html.s.p, 1, html.s.n, stdout);
        }
        fflush(stdout);
}

/* One request from standard input; false at its end or where it is no request. */
static bool read_request(struct buf *source)
{
        char line[32];
        uint64_t n;

        if (fgets(line, sizeof line, stdin) == NULL ||
            str_to_u64(str_trim(str_of(line)), REQUEST_MAX, &n, NULL) < 0)
                return false;
        buf_reserve(source, n);
        source->n = n;
        return fread(source->p, 1, n, stdin) == n;
}

int main(int argc, char **argv)
{
        if (argc > 1)
                return render_file(argv[1]);
        for (;;) {
                struct buf source CLEANUP_BUF = { 0 };

                if (!read_request(&source))
                        return 0;
                answer(buf_str(&source));
        }
}
