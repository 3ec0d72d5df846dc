/*
 * backups_words.c -- choose a word by language.
 */
#include "page/backups_words.h"

#include "base/attr.h"
#include "page/edit_words.h"

static const struct str texts[BACKUPS_WORDS][EDIT_LANGUAGES] = {
#define W(name, en, de, fr, es, ar, he) { STR(en), STR(de), STR(fr), STR(es), STR(ar), STR(he) },
#include "page/backups_words.def"
#undef W
};

struct str backups_word(struct str lang, enum backups_word word)
{
        return texts[word][edit_language(lang)];
}

struct str backups_word_named(struct str lang, struct str name)
{
        static const struct {
                const char *name;
                enum backups_word word;
        } names[] = {
                { "daily", BACKUPS_WORD_DAILY }, { "manual", BACKUPS_WORD_MANUAL },
                { "pre-restore", BACKUPS_WORD_PRE_RESTORE }, { "verified", BACKUPS_WORD_VERIFIED },
                { "held", BACKUPS_WORD_HELD }, { "failed", BACKUPS_WORD_FAILED },
                { "sealed", BACKUPS_WORD_SEALED }, { "begun", BACKUPS_WORD_BEGUN },
                { "waiting", BACKUPS_WORD_WAITING }, { "opening", BACKUPS_WORD_OPENING },
                { "saving", BACKUPS_WORD_SAVING }, { "placing", BACKUPS_WORD_PLACING },
        };

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_is(name, names[i].name))
                        return backups_word(lang, names[i].word);
        return name;
}
