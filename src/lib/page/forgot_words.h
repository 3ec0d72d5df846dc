/*
 * forgot_words.h -- the words for who has forgotten the password, in the reader's language. Private to page/.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. A portal whose language is not here gets English, as in words.h.
 */
#pragma once

#include "base/str.h"

enum forgot_word {
#define W(name, en, de, fr, es, ar, he) FORGOT_WORD_##name,
#include "page/forgot_words.def"
#undef W
        FORGOT_WORDS
};

/* lang: a BCP 47 tag, "de-AT". */
struct str forgot_word(struct str lang, enum forgot_word word);
