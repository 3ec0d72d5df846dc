/*
 * ceremony.h -- one question to a passkey and its answer (Web Authentication Level 2, 7.1 and 7.2).
 *
 * The question is a row that waits, named by a cookie and made for one purpose: an answer to another
 * purpose's, another person's or another portal's question finds no row. It is used up by its first
 * answer, good or bad.
 *
 * Trust:  the answer is a stranger's: fields of a form, as any other; crypto/passkey.h judges them.
 * Owns:   results live in the exchange's arena.
 * Used inside src/proc/portal/login only.
 */
#pragma once

#include "proc/portal/identity.h"
#include "store/credentials.h"

enum ceremony {
        CEREMONY_LOGIN = 'l',           /* instead of address and password; person 0 */
        CEREMONY_FACTOR = 'f',          /* after the password */
        CEREMONY_CONFIRM = 'c',         /* in a session, for a proof of who they are */
        CEREMONY_REGISTER = 'r',        /* a new passkey */
};

/*
 * Answer the exchange with what the browser needs for the question, as JSON: challenge, rp_id, verification
 * ("required" or "preferred") and the passkeys to use ("allow") or not to use ("exclude"); for a
 * registration also rp_name, user_id, user_name and user_title.
 */
void ceremony_start(struct conn *conn, struct http_exchange *x, enum ceremony purpose, int64_t person);

/* The answer has been verified, and nothing written yet. */
struct ceremony_proof {
        int64_t pending;                /* the question's row */
        struct store_passkey key;
        struct store_passkey_use use;
};

/*
 * Read the form's answer: credential, client_data, auth_data, signature, user_handle. person: who it
 * must be, or 0. After a failure the question is used up.
 * Fails: ERR_DENIED, ERR_INVALID, ERR_NOT_FOUND, ERR_LIMIT; out->key.person says whose key it was, or 0
 */
NODISCARD int ceremony_prove(struct conn *conn, struct http_exchange *x, enum ceremony purpose,
                             int64_t person, struct ceremony_proof *out, struct err *err);
/* In the transaction that lets them in. ERR_DENIED: the key's counter went back meanwhile; ERR_NOT_FOUND. */
NODISCARD int ceremony_use(struct store *store, const struct ceremony_proof *proof, struct err *err);

/* The same for a registration: client_data, attestation, transports, name. out->use is not set. */
NODISCARD int ceremony_register(struct conn *conn, struct http_exchange *x, int64_t person,
                                struct ceremony_proof *out, struct err *err);
/* In the transaction that keeps it. ERR_EXISTS, ERR_LIMIT. */
NODISCARD int ceremony_keep(struct store *store, const struct ceremony_proof *proof, struct err *err);
