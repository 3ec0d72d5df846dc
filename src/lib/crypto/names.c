/*
 * names.c -- a password is made of names if nothing much is left without them: after other signs
 * for letters are undone, and up to six digits and signs are taken away, names alone fill it,
 * forwards or backwards.
 */
#include "crypto/names.h"

#include <string.h>

#include "crypto/blocklist.h"
#include "crypto/secret.h"
#include "crypto/unicode.h"

enum { NAME_MAX_BYTES = 512, LEFT_OUT_MAX = 6, TEXT_MAX = 128 };

static bool in_word(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static void add_word(struct names *names, const char *p, size_t n)
{
        if (n < NAMES_WORD_MIN || names->count == NAMES_WORDS_MAX ||
            n + 1 > NAMES_TEXT_MAX - names->used)
                return;
        char *word = names->text + names->used;

        memcpy(word, p, n);
        word[n] = '\0';
        for (size_t i = 0; i < names->count; i++)
                if (strcmp(names->word[i], word) == 0)
                        return;
        names->used += n + 1;
        names->word[names->count++] = word;
        names->word[names->count] = NULL;
}

static void add_name(struct names *names, struct str folded)
{
        char whole[NAME_MAX_BYTES];
        size_t n = 0, start = 0;

        for (size_t i = 0; i <= folded.n; i++) {
                if (i < folded.n && in_word(folded.p[i])) {
                        if (n < sizeof whole)
                                whole[n++] = folded.p[i];
                        continue;
                }
                add_word(names, folded.p + start, i - start);
                start = i + 1;
        }
        add_word(names, whole, n);
}

void names_read(const struct str *names, size_t count, struct names *out)
{
        out->used = 0;
        out->count = 0;
        out->word[0] = NULL;
        add_name(out, STR("carrel"));
        for (size_t i = 0; i < count; i++) {
                struct secret folded CLEANUP_SECRET = { 0 };

                if (names[i].n <= NAME_MAX_BYTES && str_is_utf8(names[i]) &&
                    unicode_fold(names[i], &folded, NULL) == 0)
                        add_name(out, secret_str(&folded));
        }
}

/* Whether names alone fill text; one of them goes into *found. */
static bool filled(const struct names *names, struct str text, const char **found)
{
        bool reached[TEXT_MAX + 1] = { true };

        for (size_t at = 0; at < text.n; at++) {
                if (!reached[at])
                        continue;
                for (size_t i = 0; i < names->count; i++) {
                        size_t n = strlen(names->word[i]);

                        if (n <= text.n - at && memcmp(text.p + at, names->word[i], n) == 0) {
                                reached[at + n] = true;
                                *found = names->word[i];
                        }
                }
        }
        return text.n > 0 && reached[text.n];
}

static size_t letters_only(char *p, size_t n)
{
        size_t kept = 0;

        for (size_t i = 0; i < n; i++)
                if ((p[i] >= 'a' && p[i] <= 'z') || (unsigned char)p[i] >= 0x80)
                        p[kept++] = p[i];
        return kept;
}

static void reverse(char *p, size_t n)
{
        for (size_t i = 0; i < n / 2; i++) {
                char c = p[i];

                p[i] = p[n - 1 - i];
                p[n - 1 - i] = c;
        }
}

/*
 * One reading of the password: signs undone or not (one: '\0'), then with and without what is no
 * letter.
 */
static const char *found_in(const struct names *names, struct str text, char one, bool backwards)
{
        char plain[TEXT_MAX];
        const char *found = NULL;
        size_t n = text.n;

        memcpy(plain, text.p, n);
        if (one != '\0')
                blocklist_unleet(plain, n, one);
        if (backwards)
                reverse(plain, n);
        bool is_made = filled(names, str_make(plain, n), &found);

        if (!is_made) {
                n = letters_only(plain, n);
                is_made = text.n - n <= LEFT_OUT_MAX && filled(names, str_make(plain, n), &found);
        }
        secret_wipe(plain, sizeof plain);
        return is_made ? found : NULL;
}

/* All readings of one slice of the password. */
static const char *found_in_any(const struct names *names, struct str text)
{
        static const char ones[] = { '\0', 'i', 'l' };
        const char *found = NULL;

        for (size_t i = 0; i < 2 * sizeof ones && found == NULL; i++)
                found = found_in(names, text, ones[i / 2], i % 2 != 0);
        return found;
}

const char *names_found(const struct names *names, struct str folded)
{
        struct str core = blocklist_core(folded);
        size_t before = core.n > 0 ? (size_t)(core.p - folded.p) : 0;
        size_t after = folded.n - before - core.n;

        if (folded.n > TEXT_MAX)
                return NULL;
        /* Digits and signs at the ends decorate in acme!1 and are letters in 4cm3: each cut is tried. */
        for (size_t front = 0; front <= before && front <= LEFT_OUT_MAX; front++)
                for (size_t back = 0; back <= after && front + back <= LEFT_OUT_MAX; back++) {
                        struct str text = str_make(folded.p + front, folded.n - front - back);
                        const char *found = found_in_any(names, text);

                        if (found != NULL)
                                return found;
                }
        return NULL;
}
