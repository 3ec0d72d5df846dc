/*
 * compile.h -- a template becomes C source that appends to a struct buf named out.
 *
 * Trust:    see context.h. Limits: 1 MiB of template, 64 open braces.
 * Owns:     nothing.
 * Linked by tplc only. Needs libc. The language is described in docs/developer/templates.md.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

enum { COMPILE_SOURCE_MAX = 1 << 20 };

/*
 * Compile text (n bytes, then a NUL) and write the C source to out. file is the name for #line and
 * for errors. Returns 0, or -1 after one line "file:line: sentence" on errors; out is then useless.
 */
int compile_template(const char *file, const char *text, size_t n, FILE *out, FILE *errors);
