/*
 * main.c -- tplc TEMPLATE OUTPUT: compile one template to C.
 *
 * Exit codes: 0 done; 1 the template or a file is at fault, said on standard error; 2 usage.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tplc/compile.h"

static char *read_source(const char *path, size_t *n)
{
        FILE *f = fopen(path, "rb");
        char *text = f != NULL ? calloc(1, COMPILE_SOURCE_MAX + 2) : NULL;

        if (text != NULL) {
                *n = fread(text, 1, COMPILE_SOURCE_MAX + 1, f);
                if (ferror(f)) {
                        free(text);
                        text = NULL;
                }
        }
        if (f != NULL)
                fclose(f);
        return text;
}

static int write_result(const char *path, const char *code, size_t n)
{
        FILE *f = fopen(path, "wb");

        if (f == NULL)
                return -1;

        size_t put = fwrite(code, 1, n, f);

        return fclose(f) == 0 && put == n ? 0 : -1;
}

int main(int argc, char **argv)
{
        char *code = NULL;
        size_t code_n = 0, n = 0;

        if (argc != 3) {
                fputs("usage: tplc TEMPLATE OUTPUT\n", stderr);
                return 2;
        }

        char *text = read_source(argv[1], &n);
        FILE *out = open_memstream(&code, &code_n);

        if (text == NULL || out == NULL) {
                fprintf(stderr, "tplc: %s: %s\n", argv[1], strerror(errno));
                return 1;
        }

        int r = compile_template(argv[1], text, n, out, stderr);

        fclose(out);
        if (r == 0 && write_result(argv[2], code, code_n) < 0) {
                fprintf(stderr, "tplc: %s: %s\n", argv[2], strerror(errno));
                r = -1;
        }
        free(code);
        free(text);
        return r == 0 ? 0 : 1;
}
