/*
 * forgot_words.c -- choose a word by language.
 */
#include "page/forgot_words.h"

#include "base/attr.h"
#include "page/words.h"

static const struct {
        struct str lang;
        struct str words[FORGOT_WORDS];
} tables[] = {
#define W(name, en, de, fr, es, ar, he) STR(en),
        { STR("en"), {
#include "page/forgot_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(de),
        { STR("de"), {
#include "page/forgot_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(fr),
        { STR("fr"), {
#include "page/forgot_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(es),
        { STR("es"), {
#include "page/forgot_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(ar),
        { STR("ar"), {
#include "page/forgot_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(he),
        { STR("he"), {
#include "page/forgot_words.def"
        } },
#undef W
};

struct str forgot_word(struct str lang, enum forgot_word word)
{
        struct str chosen = words_for(lang)->lang;

        for (size_t i = 0; i < ARRAY_LEN(tables); i++)
                if (str_eq(tables[i].lang, chosen))
                        return tables[i].words[word];
        return tables[0].words[word];
}
