/*
 * sso_words.h -- the words about logging in by a provider's account, in the reader's language.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. sso_words.def has each word in all languages side by side.
 */
#pragma once

#include "base/str.h"

struct sso_words {
        struct str lang;
#define WORD(name, en, de, fr, es, ar, he) struct str name;
#include "page/sso_words.def"
#undef WORD
};

extern const struct sso_words sso_words_tables[];
extern const size_t sso_words_ntables;

/* The table of a BCP 47 tag; English when there is none. Never NULL. */
const struct sso_words *sso_words_for(struct str lang);
