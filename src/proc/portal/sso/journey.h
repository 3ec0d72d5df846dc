/*
 * journey.h -- a browser that was sent to a provider and has to come back: the row that waits for it.
 *
 * The row is named by the state that travels along; nonce and code verifier stay in it. It belongs to the
 * browser that has the cookie, so nobody can finish in one browser what was begun in another. It serves
 * once, for ten minutes.
 *
 * Trust:  state and cookie are a stranger's until their digests have been found.
 * Owns:   results live in the exchange's arena.
 * Used inside src/proc/portal/sso only.
 */
#pragma once

#include "proc/portal/identity.h"
#include "store/sso.h"

#define COOKIE_SSO "__Host-sso"

/* What the browser takes along, and the cookie it leaves with. */
struct journey_start {
        struct str state;
        struct str nonce;
        struct str challenge;
        struct http_header cookie;
};

/* session: the one that is to be confirmed by this, or 0 for a login. */
NODISCARD int journey_begin(struct portal *portal, struct http_exchange *x, const struct store_sso *provider,
                            struct str next, int64_t session, struct journey_start *out, struct err *err);

struct journey {
        int64_t id;
        int64_t provider;
        struct str nonce;
        struct str verifier;
        int64_t session;
        int64_t begun;
        struct str next;
};

/*
 * The journey of this state, if this browser began it; from now on it is over, also when this fails later.
 * ERR_DENIED: unknown, used, too old, of another portal or of another browser.
 */
NODISCARD int journey_end(struct portal *portal, struct http_exchange *x, struct str state,
                          struct journey *out, struct err *err);
