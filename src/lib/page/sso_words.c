/*
 * sso_words.c -- one table for each language, from the rows of sso_words.def.
 */
#include "page/sso_words.h"

#include "page/words.h"

const struct sso_words sso_words_tables[] = {
        {
                .lang = STR("en"),
#define WORD(name, en, de, fr, es, ar, he) .name = STR(en),
#include "page/sso_words.def"
#undef WORD
        },
        {
                .lang = STR("de"),
#define WORD(name, en, de, fr, es, ar, he) .name = STR(de),
#include "page/sso_words.def"
#undef WORD
        },
        {
                .lang = STR("fr"),
#define WORD(name, en, de, fr, es, ar, he) .name = STR(fr),
#include "page/sso_words.def"
#undef WORD
        },
        {
                .lang = STR("es"),
#define WORD(name, en, de, fr, es, ar, he) .name = STR(es),
#include "page/sso_words.def"
#undef WORD
        },
        {
                .lang = STR("ar"),
#define WORD(name, en, de, fr, es, ar, he) .name = STR(ar),
#include "page/sso_words.def"
#undef WORD
        },
        {
                .lang = STR("he"),
#define WORD(name, en, de, fr, es, ar, he) .name = STR(he),
#include "page/sso_words.def"
#undef WORD
        },
};
const size_t sso_words_ntables = ARRAY_LEN(sso_words_tables);

const struct sso_words *sso_words_for(struct str lang)
{
        struct str chosen = words_for(lang)->lang;

        for (size_t i = 0; i < sso_words_ntables; i++)
                if (str_eq(sso_words_tables[i].lang, chosen))
                        return &sso_words_tables[i];
        return &sso_words_tables[0];
}
