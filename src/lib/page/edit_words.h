/*
 * edit_words.h -- the words of the workspace, in the reader's language.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. A portal whose language is not here gets English, as in words.h.
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"

enum edit_word {
#define W(name, en, de, fr, es, ar, he) W_##name,
#include "page/edit_words.def"
#undef W
        EDIT_WORDS,
};

enum { EDIT_LANGUAGES = 6 };

/* The column of a BCP 47 tag; English's when there is none. */
unsigned edit_language(struct str lang);
struct str edit_word(unsigned language, enum edit_word word);

/* "ROLE_" and "power-reader" give W_ROLE_POWER_READER's text; where there is none, the key itself. */
struct str edit_word_named(unsigned language, const char *prefix, struct str key);
