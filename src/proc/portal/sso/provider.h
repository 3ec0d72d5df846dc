/*
 * provider.h -- what this worker knows of the providers of sign-on: their descriptions and keys, fetched
 * by the courier and kept for an hour, and whether they answer at all.
 *
 * Several who wait for the same thing wait for one question. A provider that has failed three times in a
 * row is left alone for a minute: until then nobody waits for it, and the login page says so.
 *
 * Trust:  see signon.h and jws.h. Where the portal may ask is held against the operator's list by the
 * courier. Owns:   its cache, in memory; bounded, for there are at most five providers.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "crypto/jws.h"
#include "signon/signon.h"
#include "store/sso.h"

/*
 * discovery NULL: there is none, and why. All live during the call only. Called exactly once, perhaps
 * at once.
 */
typedef void sso_discovery_fn(void *ctx, const struct signon_discovery *discovery, struct str why);
/* anew: ask again although what is known is not old. */
void sso_discover(const struct store_sso *provider, bool anew, sso_discovery_fn *done, void *ctx);

/*
 * The keys its tokens are signed with; keys NULL: as above. anew: a token names a key that is not among
 * them; they are asked for again if that was not done in the last minute.
 */
typedef void sso_keys_fn(void *ctx, const struct jws_keys *keys, struct str why);
void sso_fetch_keys(const struct store_sso *provider, bool anew, sso_keys_fn *done, void *ctx);

/* It gave an answer, or none, to something else it was asked. */
void sso_answered(int64_t provider, bool answered);

/* It has failed too often and is being left alone. */
bool sso_is_silent(int64_t provider);
