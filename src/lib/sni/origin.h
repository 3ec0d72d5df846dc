/*
 * origin.h -- "https://HOST[:PORT]" and addresses below it, taken apart and written in one way.
 *
 * What the courier is asked to reach is compared, as text, with what the operator has allowed; so there
 * must be one way only to write each place. The rules are narrower than RFC 3986: no user, no fragment, no
 * backslash, nothing but printable ASCII, no number that some library would take for an address.
 *
 * Trust:  the text comes from a portal, or from somebody else's server through it.
 * Owns:   nothing; plain values, and slices of the text that was parsed.
 * Linked by the courier and the registry. Needs libc only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "sni/hostname.h"

enum { ORIGIN_MAX = 8 + HOSTNAME_MAX + 2 + 6, ORIGIN_URL_MAX = 8192 };

struct origin {
        char host[HOSTNAME_MAX + 1];    /* lower case; an IPv6 address without its brackets */
        bool literal;                   /* host is an address: 192.0.2.1, 2001:db8::1 */
        uint16_t port;
        char text[ORIGIN_MAX + 1];      /* "https://docs.example.com", with ":PORT" unless it is 443 */
};

/*
 * An origin by itself, perhaps with one '/' behind it.
 * Fails: ERR_INVALID with what to write instead.
 */
NODISCARD int origin_parse(struct str text, struct origin *out, struct err *err);

/*
 * An address of at most 8192 bytes; *path receives what follows the origin, with its '/', which is
 * borrowed from url (empty where there is none).
 */
NODISCARD int origin_of_url(struct str url, struct origin *out, struct str *path, struct err *err);
