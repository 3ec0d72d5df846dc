/*
 * backups_words.h -- the words of the rooms for backups and export. Private to page/.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. Columns are those of edit_words.h.
 */
#pragma once

#include "base/str.h"

enum backups_word {
#define W(name, en, de, fr, es, ar, he) BACKUPS_WORD_##name,
#include "page/backups_words.def"
#undef W
        BACKUPS_WORDS
};

/* lang: a BCP 47 tag, "de-AT". */
struct str backups_word(struct str lang, enum backups_word word);

/* Those of a kind, state or step; the name itself where there is none. */
struct str backups_word_named(struct str lang, struct str name);
