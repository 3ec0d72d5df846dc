/*
 * names.h -- the words an attacker knows about an account, and passwords made of them.
 *
 * Trust:  names are what people typed about themselves; sizes are limited here.
 * Owns:   a struct names is a plain value.
 * For this folder only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { NAMES_WORDS_MAX = 64, NAMES_TEXT_MAX = 4096, NAMES_WORD_MIN = 3 };

struct names {
        char text[NAMES_TEXT_MAX];                      /* each word case folded, followed by a NUL */
        size_t used;
        const char *word[NAMES_WORDS_MAX + 1];          /* ends with NULL */
        size_t count;
};

/*
 * The words of each name, each name without what separates its words, and the product's name. Words
 * of fewer than three bytes, names that are not UTF-8 or above 512 bytes, and what exceeds the room
 * are left out.
 */
void names_read(const struct str *names, size_t count, struct names *out);

/* The name that a password, case folded, is a simple variation of, or NULL. */
const char *names_found(const struct names *names, struct str folded);
