/*
 * client_key.h -- the RSA key of the portal's owner, to which the host seals copies of its backups:
 * the public half, which is all that ever comes here.
 *
 * Trust:   the text is whatever somebody pasted; rsa_wrap.h reads it, here and once more in the vault.
 * Owns:    nothing; results live in the caller's arena.
 * Linked by the portal and its jobs.
 *
 * It lies in the meta value "backup.client-key": today's after a restore, and gone from an export and from a
 * portal that is made of another one's backup. Beside it, "backup.client-copy".
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "crypto/rsa_wrap.h"
#include "store/project.h"

struct client_key {
        struct str pem;                 /* empty: there is none */
        struct str name;                /* SHA-256 of the SubjectPublicKeyInfo, in hexadecimal digits */
        unsigned bits;
};

/* The one that is set. ERR_*: the database cannot be read, or holds what is no key. */
NODISCARD int client_key_load(struct store *store, struct arena *arena, struct client_key *out,
                              struct err *err);

/* The sealed copy that lies in the container to be fetched, or lay there last. */
struct client_copy {
        int64_t backup;                 /* its number; 0: there was none */
        struct str client;              /* the name of the key that opens it */
};

NODISCARD int client_copy_load(struct store *store, struct arena *arena, struct client_copy *out,
                               struct err *err);
/* Inside a transaction. */
NODISCARD int client_copy_save(struct store *store, const struct client_copy *copy, struct err *err);

/* Whoever sends this has given a secret away: a private key in one of the forms that programs write. */
bool client_key_is_private(struct str text);
