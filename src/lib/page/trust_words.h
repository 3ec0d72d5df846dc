/*
 * trust_words.h -- the words of the Trust page's part about backups. Private to page/.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. Columns are those of edit_words.h.
 */
#pragma once

#include "base/str.h"

enum trust_word {
#define W(name, en, de, fr, es, ar, he) TRUST_WORD_##name,
#include "page/trust_words.def"
#undef W
        TRUST_WORDS
};

/* lang: a BCP 47 tag, "de-AT". */
struct str trust_word(struct str lang, enum trust_word word);
