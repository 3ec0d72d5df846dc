/*
 * notes.h -- private to exchange/: what the author should know after an import.
 */
#pragma once

#include "base/arena.h"
#include "exchange/exchange.h"

struct notes {
        struct arena *arena;
        struct manual_note *first, *last;
        size_t count;                   /* also those not kept */
        size_t max;
};

/* Add a sentence; file is borrowed and must live as long as the arena. */
void notes_add(struct notes *notes, enum manual_severity severity, struct str file, unsigned line,
               const char *fmt, ...) PRINTF(5, 6);
