/*
 * share_words.h -- the words of the page of share links, in the reader's language. Private to page/.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. A portal whose language is not here gets English, as in words.h.
 */
#pragma once

#include "base/str.h"

enum share_word {
#define W(name, en, de, fr, es, ar, he) SHARE_WORD_##name,
#include "page/share_words.def"
#undef W
        SHARE_WORDS
};

/* lang: a BCP 47 tag, "de-AT". */
struct str share_word(struct str lang, enum share_word word);
