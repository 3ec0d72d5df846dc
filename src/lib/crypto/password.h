/*
 * password.h -- a password as a person typed it, and whether it may be one.
 *
 * Trust:  the bytes come from a form: size and encoding are checked before a library sees them.
 * Owns:   the password's text, on locked pages. `struct password p = { 0 }` is a valid empty one.
 * Linked by jobs that log in, invite and change passwords. Needs libunistring (inside this folder
 * only).
 *
 * Rules: NIST SP 800-63B-4, section 3.1.1.2, but for the floor, which the published policy sets at
 * five. No composition rule, no truncation, no change of case: what was typed, in Unicode's NFKC
 * form so that the same characters from two keyboards are the same password.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/secret.h"

enum {
        PASSWORD_FLOOR = 5,             /* code points; no setting goes below */
        PASSWORD_RAISED_MAX = 64,       /* an owner may ask for no more than this */
        PASSWORD_BYTES_MAX = 1024,      /* as typed, in UTF-8 */
        PASSWORD_NAMES_MAX = 32,
};

struct password {
        struct secret text;             /* NFKC */
        size_t length;                  /* code points of it */
};

/*
 * Move a password out of a form's buffer of n bytes, which is zeroed whatever happens. All of it
 * counts, up to PASSWORD_BYTES_MAX. *out may hold an older password, which is wiped.
 * Fails: ERR_LIMIT    longer     ERR_INVALID  not UTF-8, or with a NUL
 * At login both are answered like a wrong password: see password_verify_nobody().
 */
NODISCARD int password_take(void *form, size_t n, struct password *out, struct err *err);
void password_free(struct password *pw);
#define CLEANUP_PASSWORD CLEANUP(password_free)

enum password_profile {
        PASSWORD_COMPAT,                /* 5: the published policy's floor */
        PASSWORD_STANDARD,              /* 8: ASVS level 1 */
        PASSWORD_NIST,                  /* 15, or 8 with a second factor */
};

struct password_policy {
        enum password_profile profile;
        unsigned min_length;            /* raises the profile's; lower values, 0 included, change nothing */
};
#define PASSWORD_POLICY_DEFAULT ((struct password_policy){ PASSWORD_COMPAT, PASSWORD_FLOOR })

/* "compat", "standard", "nist"; ERR_INVALID names them. */
const char *password_profile_name(enum password_profile profile);
NODISCARD int password_profile_parse(struct str name, enum password_profile *out, struct err *err);

/* The length in force: never below PASSWORD_FLOOR, whatever the policy holds. */
unsigned password_minimum(const struct password_policy *policy, bool second_factor);

enum password_fault {
        PASSWORD_FINE,
        PASSWORD_SHORT,
        PASSWORD_COMMON,                /* on the blocklist, or a simple variation of it */
        PASSWORD_NAMED,                 /* made of the portal's, the user's or the product's names */
        PASSWORD_GUESSABLE,             /* fewer than 10,000 guesses: see strength.h */
};

/*
 * Whether a new password is allowed. names: what stands around this account (portal name and title,
 * the user's name, the local part of the mail address), at most PASSWORD_NAMES_MAX; the product's
 * own is always among them. *fault (may be NULL) is set in any case; the sentence tells the user
 * what to do. Takes up to 20 ms of CPU: not for the request loop. Fails: ERR_INVALID  refused
 */
NODISCARD int password_check(const struct password_policy *policy, bool second_factor,
                             const struct password *pw, const struct str *names, size_t count,
                             enum password_fault *fault, struct err *err);
