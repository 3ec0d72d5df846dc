/*
 * notes.c -- a list with an end.
 */
#include "exchange/notes.h"

#include <stdarg.h>
#include <stdio.h>

void notes_add(struct notes *notes, enum manual_severity severity, struct str file, unsigned line,
               const char *fmt, ...)
{
        char text[512];
        va_list args;

        if (notes->count++ >= notes->max)
                return;
        va_start(args, fmt);
        vsnprintf(text, sizeof text, fmt, args);
        va_end(args);
        /* Notes end up in terminals: foreign control bytes must not act there. */
        for (char *c = text; *c != '\0'; c++)
                if ((unsigned char)*c < 0x20 || *c == 0x7f)
                        *c = '?';
        struct manual_note *n = arena_alloc(notes->arena, sizeof *n);

        *n = (struct manual_note){ severity, file, line, str_of(arena_strdup(notes->arena, text)),
                                   NULL };
        if (notes->last != NULL)
                notes->last->next = n;
        else
                notes->first = n;
        notes->last = n;
}

const char *manual_severity_name(enum manual_severity severity)
{
        switch (severity) {
        case MANUAL_INFO:
                return "info";
        case MANUAL_CONVERTED:
                return "converted";
        case MANUAL_LOST:
                return "lost";
        }
        return "lost";
}
