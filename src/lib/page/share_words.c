/*
 * share_words.c -- choose a word by language.
 */
#include "page/share_words.h"

#include "base/attr.h"
#include "page/words.h"

static const struct {
        struct str lang;
        struct str words[SHARE_WORDS];
} tables[] = {
#define W(name, en, de, fr, es, ar, he) STR(en),
        { STR("en"), {
#include "page/share_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(de),
        { STR("de"), {
#include "page/share_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(fr),
        { STR("fr"), {
#include "page/share_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(es),
        { STR("es"), {
#include "page/share_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(ar),
        { STR("ar"), {
#include "page/share_words.def"
        } },
#undef W
#define W(name, en, de, fr, es, ar, he) STR(he),
        { STR("he"), {
#include "page/share_words.def"
        } },
#undef W
};

struct str share_word(struct str lang, enum share_word word)
{
        struct str chosen = words_for(lang)->lang;

        for (size_t i = 0; i < ARRAY_LEN(tables); i++)
                if (str_eq(tables[i].lang, chosen))
                        return tables[i].words[word];
        return tables[0].words[word];
}
