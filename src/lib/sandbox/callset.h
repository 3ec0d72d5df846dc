/*
 * callset.h -- a profile's calls, parsed: private to this folder.
 *
 * Owns:   names point into the profile's text and into static tables; a set needs no freeing.
 */
#pragma once

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "sandbox/profile.h"

enum { CALLSET_MAX = 256, CALL_RULES_MAX = 6, RULE_COMPARES_MAX = 3 };

/* One way in which a call's arguments may look. A rule of several rows allows any of them. */
struct call_rule {
        const char *call;
        const char *rule;
        unsigned n;
        struct scmp_arg_cmp compare[RULE_COMPARES_MAX];
};

struct call {
        struct str name;
        bool plain;                     /* with any arguments */
        struct str rules[CALL_RULES_MAX];
        size_t nrules;
        int error;                      /* errno, when neither plain nor a rule */
};

struct callset {
        struct call call[CALLSET_MAX];
        size_t n;
};

/* Rows of the argument rules; *n is their number. */
const struct call_rule *call_rules(size_t *n);

/*
 * The profile's calls and its children's, sorted by name. ERR_INVALID names what is not understood.
 */
NODISCARD int callset_parse(const struct profile *profile, struct callset *out, struct err *err);

/* "EPERM" for an errno that a set may name; NULL otherwise. */
const char *call_error_name(int error);
