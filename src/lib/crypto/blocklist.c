/*
 * blocklist.c -- fixed-width columns, sorted: a binary search by memcmp, and no pointer to
 * relocate.
 */
#include "crypto/blocklist.h"

#include <string.h>

#include "base/attr.h"

/* All passwords of one length, one after the other. */
struct column {
        const char *words;
        size_t count;
};

#include "blocklist_words.inc"

/* A prefix or suffix longer than this is more than decoration. */
enum { AFFIX_MAX = 5, PAIR_MAX = 32, CORE_MIN = 4 };

static bool find(const struct column *columns, size_t lengths, struct str word)
{
        if (word.n >= lengths || columns[word.n].count == 0)
                return false;
        size_t from = 0, to = columns[word.n].count;

        while (from < to) {
                size_t mid = from + (to - from) / 2;
                int order = memcmp(word.p, columns[word.n].words + mid * word.n, word.n);

                if (order == 0)
                        return true;
                if (order < 0)
                        to = mid;
                else
                        from = mid + 1;
        }
        return false;
}

static bool listed(struct str word)
{
        return find(all, ARRAY_LEN(all), word);
}

static bool leads(struct str word)
{
        return find(leading, ARRAY_LEN(leading), word);
}

/* The shortest piece that text is a repetition of; text itself when it is none. */
static struct str unit_of(struct str text)
{
        for (size_t n = 1; n <= text.n / 2; n++)
                if (text.n % n == 0 && memcmp(text.p, text.p + n, text.n - n) == 0)
                        return str_make(text.p, n);
        return text;
}

static bool is_pair(struct str text)
{
        if (text.n > PAIR_MAX)
                return false;
        for (size_t n = CORE_MIN; n + CORE_MIN <= text.n; n++)
                if (leads(str_make(text.p, n)) && leads(str_make(text.p + n, text.n - n)))
                        return true;
        return false;
}

static bool is_decorated(struct str text)
{
        struct str core = blocklist_core(text);

        return core.n >= CORE_MIN && text.n - core.n <= AFFIX_MAX && leads(core);
}

static bool refuses(struct str text)
{
        struct str unit = unit_of(text);

        return listed(text) || unit.n == 1 || (unit.n < text.n && listed(unit)) || is_pair(text) ||
               is_decorated(text);
}

static bool is_sign_or_digit(char c)
{
        return (c >= '!' && c < 'A') || (c > 'Z' && c < 'a') || (c > 'z' && c <= '~') || c == ' ';
}

struct str blocklist_core(struct str text)
{
        while (text.n > 0 && is_sign_or_digit(text.p[text.n - 1]))
                text.n--;
        while (text.n > 0 && is_sign_or_digit(text.p[0])) {
                text.p++;
                text.n--;
        }
        return text;
}

void blocklist_unleet(char *p, size_t n, char one)
{
        static const char signs[] = "034578@$+", letters[] = "oeastbast";

        for (size_t i = 0; i < n; i++) {
                const char *at = p[i] == '\0' ? NULL : strchr(signs, p[i]);

                if (at != NULL)
                        p[i] = letters[at - signs];
                else if (p[i] == '1' || p[i] == '!' || p[i] == '|')
                        p[i] = one;
        }
}

bool blocklist_refuses(struct str folded)
{
        char plain[128];

        if (folded.n == 0)
                return false;
        if (refuses(folded))
                return true;
        if (folded.n > sizeof plain)
                return false;
        bool refused = false;

        for (const char *one = "il"; *one != '\0'; one++) {
                memcpy(plain, folded.p, folded.n);
                blocklist_unleet(plain, folded.n, *one);
                struct str text = str_make(plain, folded.n);

                /*
                 * Signs at the ends are as often decoration as letters: pa55word! and passw0r|) alike.
                 */
                struct str core = blocklist_core(folded);
                struct str plain_core = str_make(plain + (core.p - folded.p), core.n);

                refused = refused || listed(text) || is_pair(text) || listed(unit_of(text)) ||
                          (folded.n - core.n <= AFFIX_MAX && core.n >= CORE_MIN && leads(plain_core));
        }
        explicit_bzero(plain, sizeof plain);
        return refused;
}

size_t blocklist_listed(size_t min_length)
{
        size_t count = 0;

        for (size_t n = min_length; n < ARRAY_LEN(all); n++)
                count += all[n].count;
        return count;
}

size_t blocklist_pairs(size_t min_length)
{
        size_t count = 0;

        for (size_t a = CORE_MIN; a < ARRAY_LEN(leading); a++)
                for (size_t b = CORE_MIN; b < ARRAY_LEN(leading); b++)
                        if (a + b >= min_length && a + b <= PAIR_MAX)
                                count += leading[a].count * leading[b].count;
        return count;
}
