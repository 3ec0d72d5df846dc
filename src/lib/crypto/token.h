/*
 * token.h -- things a bearer shows: random ones that are stored as a hash, keyed ones that need no
 * store.
 *
 * Trust:  tokens arrive from anybody. Shape and kind are checked before anything is looked up.
 * Owns:   nothing; tokens and digests are plain values.
 * Linked by portals, the registry and the site. Needs libsodium (inside this folder only).
 *
 * A random token has 256 bits. Only its SHA-256 is stored: it needs no salt and no slow hash,
 * because nobody can try 2^256 of them. The digest covers the kind's prefix, so a token of one kind
 * is never one of another.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"

enum token_kind {
        TOKEN_SESSION,          /* crs_  the session cookie */
        TOKEN_DEVICE,           /* crd_  a browser its owner has logged in from before */
        TOKEN_SETUP,            /* cro_  the one-time link to a new portal's owner */
        TOKEN_INVITE,           /* cri_ */
        TOKEN_RESET,            /* crr_ */
        TOKEN_STATE,            /* crt_  the state of a single sign-on; its verifier and nonce */
        TOKEN_SHARE,            /* crv_  a share link's right, once exchanged for a cookie */
        TOKEN_API,              /* crl_ */
};
enum { TOKEN_KINDS = TOKEN_API + 1, TOKEN_TEXT_LEN = 4 + 43 };

struct token {
        char text[TOKEN_TEXT_LEN + 1];          /* wipe with secret_wipe() when it was shown */
        struct digest stored;                   /* what the database keeps */
};

void token_new(enum token_kind kind, struct token *out);

/* The digest a shown token is looked up by; ERR_DENIED when it has not the shape of this kind. */
NODISCARD int token_digest(enum token_kind kind, struct str shown, struct digest *out, struct err *err);

/* The code challenge S256 of a token that is used as a code verifier (RFC 7636, 4.2). */
enum { TOKEN_CHALLENGE_LEN = 43 };
void token_challenge(const struct token *verifier, char out[static TOKEN_CHALLENGE_LEN + 1]);

/* Equal, in constant time. */
bool token_eq(const struct digest *a, const struct digest *b);

/* A key that only this portal's processes have. */
struct token_key {
        uint8_t b[32];
};
enum { TOKEN_MAC_LEN = 43 };

void token_key_new(struct token_key *out);

/*
 * HMAC-SHA256 (RFC 2104) of a purpose and some fields, as base64url. Each field is preceded by its
 * length, so no two lists of fields are the same message; purposes ("share", "csrf") keep uses of
 * one key apart.
 */
void token_mac(const struct token_key *key, const char *purpose, const struct str *fields, size_t count,
               char out[static TOKEN_MAC_LEN + 1]);

/* Whether shown is that code; in constant time for every text of the right length. */
bool token_mac_check(const struct token_key *key, const char *purpose, const struct str *fields,
                     size_t count, struct str shown);
