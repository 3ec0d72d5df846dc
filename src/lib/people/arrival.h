/*
 * arrival.h -- somebody comes with a provider's word about who they are: whose account is it here?
 *
 * In this order: the account that this subject of this provider has been linked with; an account, invited
 * or in use, of the same mail address, which is linked then; a new account, where a rule of the provider
 * gives one. Else nobody's.
 *
 * A mail address is believed only where the provider says that it has verified it, and only in the domains
 * that were listed here for this provider. It is looked at once: later the subject alone counts, so who
 * gets an address after somebody else does not get their account, and who changes theirs keeps their own.
 * Accounts of administrators are neither linked by mail nor made by a rule unless it was said that they
 * may be.
 *
 * Trust:  the claims' signature, issuer, audience, times and nonce were checked (crypto/jws.h). What they
 *         say is the provider's.
 * Owns:   nothing beyond a call.
 * Linked by the portal.
 */
#pragma once

#include "base/arena.h"
#include "json/json.h"
#include "store/sso.h"

struct people_arrival {
        struct store *store;
        const struct store_sso *provider;
        const struct json *claims;      /* of the ID token, with "sub" */
        const struct json *more;        /* of the user info endpoint, or NULL: read where claims have none */
        struct str address;             /* where they are, for the log */
        int64_t now;
};

/* Whether the claims at hand decide, or those of the user info endpoint are worth asking for. */
bool people_arrival_needs_more(const struct people_arrival *arrival);

/*
 * Inside a transaction, with rows in the log for what it made or linked. *out_person may log in.
 * Fails: ERR_DENIED  the sentence says why, for the log; roll back
 */
NODISCARD int people_arrive(const struct people_arrival *arrival, int64_t *out_person, struct err *err);
