/*
 * own_key_words.h -- the words of the room for copies that are sealed to a client's key. Private to page/.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. Columns are those of edit_words.h.
 */
#pragma once

#include "base/str.h"

enum own_key_word {
#define W(name, en, de, fr, es, ar, he) OWN_KEY_WORD_##name,
#include "page/own_key_words.def"
#undef W
        OWN_KEY_WORDS
};

/* lang: a BCP 47 tag, "de-AT". */
struct str own_key_word(struct str lang, enum own_key_word word);
