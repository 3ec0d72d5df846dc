/*
 * own_key_words.c -- choose a word by language.
 */
#include "page/own_key_words.h"

#include "page/edit_words.h"

static const struct str texts[OWN_KEY_WORDS][EDIT_LANGUAGES] = {
#define W(name, en, de, fr, es, ar, he) { STR(en), STR(de), STR(fr), STR(es), STR(ar), STR(he) },
#include "page/own_key_words.def"
#undef W
};

struct str own_key_word(struct str lang, enum own_key_word word)
{
        return texts[word][edit_language(lang)];
}
