/*
 * edit_words.c -- choose a language of the workspace, and find a word by the portal's own name for it.
 */
#include "page/edit_words.h"

#include "page/words.h"

static const struct {
        const char *name;
        struct str text[EDIT_LANGUAGES];
} table[EDIT_WORDS] = {
#define W(name, en, de, fr, es, ar, he) \
        { #name, { STR(en), STR(de), STR(fr), STR(es), STR(ar), STR(he) } },
#include "page/edit_words.def"
#undef W
};

unsigned edit_language(struct str lang)
{
        static const char *const columns[EDIT_LANGUAGES] = { "en", "de", "fr", "es", "ar", "he" };
        struct str chosen = words_for(lang)->lang;

        for (unsigned i = 0; i < EDIT_LANGUAGES; i++)
                if (str_is(chosen, columns[i]))
                        return i;
        return 0;
}

struct str edit_word(unsigned language, enum edit_word word)
{
        return table[word].text[language];
}

/* Whether "LOGIN_FAILED" is how the table writes "login.failed". */
static bool is_spelling(struct str name, struct str key)
{
        if (name.n != key.n)
                return false;
        for (size_t i = 0; i < key.n; i++) {
                char c = key.p[i];

                if (c >= 'a' && c <= 'z')
                        c = (char)(c - 'a' + 'A');
                if (c == '.' || c == '-')
                        c = '_';
                if (name.p[i] != c)
                        return false;
        }
        return true;
}

struct str edit_word_named(unsigned language, const char *prefix, struct str key)
{
        for (size_t i = 0; i < EDIT_WORDS; i++) {
                struct str name = str_of(table[i].name);
                size_t n = str_of(prefix).n;

                if (name.n > n && str_starts(name, str_of(prefix)) &&
                    is_spelling(str_make(name.p + n, name.n - n), key))
                        return table[i].text[language];
        }
        return key;
}
