/*
 * password.c -- take a password, and the rules for a new one in the order a person can act on:
 * length, names, the list, guesses.
 */
#include "crypto/password.h"

#include <string.h>

#include "base/check.h"
#include "crypto/blocklist.h"
#include "crypto/names.h"
#include "crypto/strength.h"
#include "crypto/unicode.h"

static int read_form(struct str typed, struct password *out, struct err *err)
{
        if (typed.n > PASSWORD_BYTES_MAX)
                return err_set(err, ERR_LIMIT, "a password has at most %d bytes; this one has %zu",
                               PASSWORD_BYTES_MAX, typed.n);
        if (!str_is_utf8(typed))
                return err_set(err, ERR_INVALID,
                               "the password is not text in UTF-8; type it in the form");
        struct secret text = { 0 };
        int r = unicode_nfkc(typed, &text, err);

        if (r < 0) {
                secret_free(&text);
                return r;
        }
        secret_free(&out->text);
        *out = (struct password){ .text = text, .length = unicode_length(secret_str(&text)) };
        return 0;
}

int password_take(void *form, size_t n, struct password *out, struct err *err)
{
        int r = read_form(str_make(form, n), out, err);

        secret_wipe(form, n);
        return r;
}

void password_free(struct password *pw)
{
        secret_free(&pw->text);
        pw->length = 0;
}

static const char *const profile_names[] = { "compat", "standard", "nist" };

const char *password_profile_name(enum password_profile profile)
{
        check((unsigned)profile < ARRAY_LEN(profile_names));
        return profile_names[profile];
}

int password_profile_parse(struct str name, enum password_profile *out, struct err *err)
{
        for (unsigned i = 0; i < ARRAY_LEN(profile_names); i++)
                if (str_is(name, profile_names[i])) {
                        *out = (enum password_profile)i;
                        return 0;
                }
        return err_set(err, ERR_INVALID, "the password profiles are compat, standard and nist");
}

unsigned password_minimum(const struct password_policy *policy, bool second_factor)
{
        unsigned least = PASSWORD_FLOOR;
        unsigned raised = policy->min_length;

        if (policy->profile == PASSWORD_STANDARD)
                least = 8;
        else if (policy->profile == PASSWORD_NIST)
                least = second_factor ? 8 : 15;
        if (raised > PASSWORD_RAISED_MAX)
                raised = PASSWORD_RAISED_MAX;
        return raised > least ? raised : least;
}

static int refuse(enum password_fault *fault, enum password_fault what, struct err *err,
                  const char *sentence)
{
        *fault = what;
        return err_set(err, ERR_INVALID, "%s", sentence);
}

static int check_content(const struct password *pw, const struct str *names, size_t count,
                         enum password_fault *fault, struct err *err)
{
        struct secret folded CLEANUP_SECRET = { 0 };
        struct names known;
        struct strength strength;
        int r = unicode_fold(secret_str(&pw->text), &folded, err);

        if (r < 0)
                return r;
        names_read(names, count, &known);
        const char *name = names_found(&known, secret_str(&folded));

        if (name != NULL) {
                *fault = PASSWORD_NAMED;
                return err_set(err, ERR_INVALID,
                               "this password is made of the name \"%s\", which others know; choose one "
                               "that has nothing to do with you, this portal or its software", name);
        }
        if (blocklist_refuses(secret_str(&folded)))
                return refuse(fault, PASSWORD_COMMON, err,
                              "this is one of the passwords that everybody tries first; choose another, "
                              "for example several words that do not belong together");
        strength_measure(pw, names, count, &strength);
        /* 2^bits < STRENGTH_GUESSES_MIN */
        if (strength.bits < 13.2877)
                return refuse(fault, PASSWORD_GUESSABLE, err,
                              "this password would be guessed at once; make it longer, for example with "
                              "words that do not belong together, or mix letters, digits and signs");
        return 0;
}

int password_check(const struct password_policy *policy, bool second_factor,
                   const struct password *pw, const struct str *names, size_t count,
                   enum password_fault *fault, struct err *err)
{
        enum password_fault unread;
        unsigned minimum = password_minimum(policy, second_factor);

        check(count <= PASSWORD_NAMES_MAX);
        if (fault == NULL)
                fault = &unread;
        *fault = PASSWORD_FINE;
        if (pw->length < minimum) {
                *fault = PASSWORD_SHORT;
                return err_set(err, ERR_INVALID,
                               "a password has at least %u characters here; this one has %zu; "
                               "add some more", minimum, pw->length);
        }
        return check_content(pw, names, count, fault, err);
}
