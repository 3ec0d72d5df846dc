/*
 * strength.c -- zxcvbn for C, fed one byte per character.
 *
 * The library counts bytes, so a letter of three bytes would look like three. Characters beyond
 * ASCII are given to it as one byte from the upper half: repetition stays visible, and the estimate
 * errs on the low side. It needs seconds for thousands of characters; the first 64 decide.
 */
#include "crypto/strength.h"

#include <zxcvbn.h>

#include "base/check.h"
#include "crypto/names.h"
#include "crypto/unicode.h"

enum { FED_MAX = 64, LONG_ENOUGH = 12 };

static double bits_of(struct str text, const struct names *names)
{
        char fed[FED_MAX + 1];
        const char *words[NAMES_WORDS_MAX + 1];
        size_t n = 0;

        for (size_t at = 0; at < text.n && n < FED_MAX;) {
                uint32_t c = unicode_next(text, &at);

                fed[n++] = (char)(unsigned char)(c < 0x80 ? c : (0x80 | (c & 0x7f)));
        }
        fed[n] = '\0';
        for (size_t i = 0; i <= names->count; i++)
                words[i] = names->word[i];
        double bits = ZxcvbnMatch(fed, words, NULL);

        secret_wipe(fed, sizeof fed);
        return bits;
}

static unsigned advice_for(struct str text, size_t length)
{
        unsigned advice = STRENGTH_LOWER | STRENGTH_UPPER | STRENGTH_DIGIT | STRENGTH_SPECIAL;

        for (size_t at = 0; at < text.n;) {
                uint32_t c = unicode_next(text, &at);

                if (unicode_is_lower(c))
                        advice &= ~(unsigned)STRENGTH_LOWER;
                else if (unicode_is_upper(c))
                        advice &= ~(unsigned)STRENGTH_UPPER;
                else if (unicode_is_digit(c))
                        advice &= ~(unsigned)STRENGTH_DIGIT;
                else if (!unicode_is_letter(c))
                        advice &= ~(unsigned)STRENGTH_SPECIAL;
        }
        return advice | (length < LONG_ENOUGH ? STRENGTH_LONGER : 0);
}

void strength_measure(const struct password *pw, const struct str *names, size_t count,
                      struct strength *out)
{
        static const double steps[] = { 9.966, 19.93, 26.58, 33.22 };     /* log2 of 10^3, 6, 8, 10 */
        struct names known;
        struct str text = secret_str(&pw->text);

        names_read(names, count, &known);
        *out = (struct strength){ .bits = text.n == 0 ? 0 : bits_of(text, &known),
                                  .advice = advice_for(text, pw->length) };
        while (out->score < 4 && out->bits >= steps[out->score])
                out->score++;
}

const char *strength_advice_text(enum strength_advice one)
{
        const char *text = NULL;

        switch (one) {
        case STRENGTH_LONGER:
                text = "Make it longer: several words that do not belong together are easy to remember.";
                break;
        case STRENGTH_LOWER:
                text = "Add lower-case letters.";
                break;
        case STRENGTH_UPPER:
                text = "Add upper-case letters.";
                break;
        case STRENGTH_DIGIT:
                text = "Add digits.";
                break;
        case STRENGTH_SPECIAL:
                text = "Add special characters, such as ! or ?.";
                break;
        }
        check(text != NULL);
        return text;
}
