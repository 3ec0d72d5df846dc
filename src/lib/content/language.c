/*
 * language.c -- as much of RFC 5646 as a lang attribute needs.
 */
#include "content/language.h"

static bool is_alpha(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct str language_tag(struct arena *arena, struct str text)
{
        char *tag = arena_alloc(arena, text.n + 1);
        size_t part = 0;
        bool first = true;

        text = str_trim(text);
        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i] == '_' ? '-' : text.p[i];

                tag[i] = c;
                if (c == '-') {
                        if (part == 0 || (first && part < 2))
                                return (struct str){ "", 0 };
                        part = 0;
                        first = false;
                        continue;
                }
                if (!is_alpha(c) && (first || c < '0' || c > '9'))
                        return (struct str){ "", 0 };
                if (++part > 8)
                        return (struct str){ "", 0 };
        }
        if (part == 0 || (first && part < 2) || text.n > 35)
                return (struct str){ "", 0 };
        return str_make(tag, text.n);
}

static bool one_of(struct str s, const char *const list[], size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq_nocase(s, str_of(list[i])))
                        return true;
        return false;
}

bool language_is_rtl(struct str tag)
{
        static const char *const languages[] = { "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks",
                                                 "nqo", "ps", "sd", "syr", "ug", "ur", "yi" };
        static const char *const scripts[] = { "Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc",
                                               "Thaa" };
        struct str rest = tag, language = str_cut(&rest, '-'), script = str_cut(&rest, '-');

        if (script.n == 4)
                return one_of(script, scripts, ARRAY_LEN(scripts));
        return one_of(language, languages, ARRAY_LEN(languages));
}
