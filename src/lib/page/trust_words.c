/*
 * trust_words.c -- choose a word by language.
 */
#include "page/trust_words.h"

#include "page/edit_words.h"

static const struct str texts[TRUST_WORDS][EDIT_LANGUAGES] = {
#define W(name, en, de, fr, es, ar, he) { STR(en), STR(de), STR(fr), STR(es), STR(ar), STR(he) },
#include "page/trust_words.def"
#undef W
};

struct str trust_word(struct str lang, enum trust_word word)
{
        return texts[word][edit_language(lang)];
}
