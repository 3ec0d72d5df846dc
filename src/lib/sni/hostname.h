/*
 * hostname.h -- a DNS host name that has been checked: the key by which connections find their
 * portal.
 *
 * Trust:  the text comes from strangers; what is in a struct hostname has passed the rules below.
 * Owns:   nothing; a plain value.
 * Linked by the edge, the portals, the registry and the command line. Needs libc only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { HOSTNAME_MAX = 253, HOSTNAME_LABEL_MAX = 63 };   /* RFC 1035, 2.3.4 */

struct hostname {
        char text[HOSTNAME_MAX + 1];    /* lower case, NUL-terminated */
        size_t n;
};

/*
 * Check and lower-case a host name: labels of letters, digits and hyphens, none empty, none that
 * starts or ends with a hyphen (RFC 1123, 2.1); no dot at the end; the last label is not all
 * digits, so that an IPv4 address is no name (RFC 3696, 2).
 *
 * Fails: ERR_INVALID with the reason.
 */
NODISCARD int hostname_parse(struct str text, struct hostname *out, struct err *err);

/*
 * Whether name is suffix itself or below it: "a.docs.test" and "docs.test" are below "docs.test".
 */
bool hostname_is_below(const struct hostname *name, const struct hostname *suffix);

static inline struct str hostname_str(const struct hostname *name)
{
        return str_make(name->text, name->n);
}
