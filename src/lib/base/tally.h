/*
 * tally.h -- how many of something each stranger holds: counts by key, forgotten at zero.
 *
 * Owns:   the counts and copies of the keys.
 * Linked by the edge and the portals.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

struct sockaddr_storage;
struct tally;

/* What counts as one stranger: an IPv4 address, or the 64-bit network of an IPv6 address. */
struct tally_key {
        uint8_t bytes[16];
        uint8_t n;
};
struct tally_key tally_key_of(const struct sockaddr_storage *address);

NODISCARD struct tally *tally_new(void);
void tally_free(struct tally **tally);

/* One more for key, unless it has max already: then false, and nothing changes. */
NODISCARD bool tally_add(struct tally *tally, const struct tally_key *key, size_t max);
void tally_drop(struct tally *tally, const struct tally_key *key);
size_t tally_of(const struct tally *tally, const struct tally_key *key);
