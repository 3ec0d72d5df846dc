/*
 * signon.h -- what is said to a sign-on provider, and what is heard from it: OpenID Connect Core 1.0, the
 * code flow, with PKCE (RFC 7636) always.
 *
 * Nothing here connects, waits or remembers. ID tokens are checked by crypto/jws.h.
 *
 * Trust:  answers are a stranger's, who may be hostile even where the operator has chosen them: sizes first,
 *         then JSON, then every member for itself. An address in an answer is only ever used when it is
 *         https and its origin can be held against the operator's list; whoever fetches does that.
 * Owns:   nothing; results are copied into the caller's arena.
 * Linked by the portal. Needs libc, jansson (through json/json.h).
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "json/json.h"

enum {
        SIGNON_ISSUER_MAX = 400,        /* bytes */
        SIGNON_ENDPOINT_MAX = 1000,
        SIGNON_DOCUMENT_MAX = 65536,    /* of any answer */
        SIGNON_CODE_MAX = 4096,
        SIGNON_ACCESS_TOKEN_MAX = 4000, /* it has to fit into one header */
};

/* ---- who they are (OpenID Connect Discovery 1.0, 3 and 4) ---- */

struct signon_discovery {
        struct str issuer;
        struct str authorization;       /* https, as all of these */
        struct str token;
        struct str keys;
        struct str userinfo;            /* or empty */
        bool names_issuer;              /* its answers carry iss (RFC 9207) */
};

/* https, no query: what may stand as an issuer. ERR_INVALID, ERR_LIMIT */
NODISCARD int signon_issuer_check(struct str issuer, struct err *err);

/* Where an issuer's document is. */
struct str signon_discovery_url(struct str issuer, struct arena *arena);

/*
 * The document must name exactly this issuer, and offer what we use: codes, S256, an algorithm of jws.h.
 * What it does not say about those is believed to be offered, as the specification wants.
 * Fails: ERR_LIMIT, ERR_INVALID with what to set at the provider; ERR_DENIED: it is another issuer's
 */
NODISCARD int signon_discovery_parse(struct str text, struct str issuer, struct arena *arena,
                                     struct signon_discovery *out, struct err *err);

/* ---- what is asked ---- */

enum signon_method {
        SIGNON_BASIC = 0,               /* client_secret_basic (RFC 6749, 2.3.1) */
        SIGNON_POST = 1,                /* client_secret_post */
        SIGNON_PUBLIC = 2,              /* no secret: the code verifier alone */
};
enum { SIGNON_METHODS = 3 };

struct signon_client {
        struct str id;
        struct str secret;
        enum signon_method method;
        struct str redirect;            /* our address of the way back */
};

struct signon_start {
        struct str scopes;              /* "openid email profile" */
        struct str state;
        struct str nonce;
        struct str challenge;           /* S256 of the verifier */
        bool again;                     /* they must prove themselves now: prompt=login, max_age=0 */
};

/* The address to send the browser to (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1). */
struct str signon_authorization_url(const struct signon_discovery *discovery,
                                    const struct signon_client *client,
                                    const struct signon_start *start, struct arena *arena);

/* The form for the token endpoint (RFC 6749, 4.1.3); holds secrets: wipe it. */
void signon_token_form(const struct signon_client *client, struct str code, struct str verifier,
                       struct buf *out);
/* The Authorization header's value, for SIGNON_BASIC; otherwise nothing. Holds a secret. */
void signon_authorization(const struct signon_client *client, struct buf *out);

/* ---- what is answered ---- */

/*
 * A word for an error code that came in a query or in an answer: itself, where it is one of the
 * specifications' (RFC 6749, 4.1.2.1 and 5.2; OpenID Connect Core, 3.1.2.6), else "other". Never a text of
 * theirs: somebody would read it as ours.
 */
const char *signon_error_word(struct str code);

struct signon_tokens {
        struct str id_token;
        struct str access_token;        /* or empty */
};

/* The token endpoint's answer. Fails: ERR_LIMIT, ERR_INVALID; ERR_DENIED: it refused, and the word why. */
NODISCARD int signon_tokens_parse(unsigned status, struct str text, struct arena *arena,
                                  struct signon_tokens *out, struct err *err);

/*
 * The user info endpoint's answer, which must be about this subject (OpenID Connect Core, 5.3.2). The caller
 * owns *claims.
 */
NODISCARD int signon_userinfo_parse(unsigned status, struct str text, struct str subject,
                                    struct json **claims, struct err *err);

/* ---- what a token says ---- */

/* Whether a claim is this text, or a list that holds it. */
bool signon_claim_holds(const struct json *claims, const char *claim, struct str value);

/* The address, where the provider says that it has verified it: true, and nothing like it. Else empty. */
struct str signon_verified_mail(const struct json *claims);
