/*
 * keyring.h -- every key of the backups: one of its own for each portal, in versions, and the one that
 * signs the lists. They lie encrypted under a store key, and the store key under the root key.
 *
 * In memory, too, a portal's keys stay wrapped; one is unwrapped where it is used, in locked pages.
 *
 * Trust:  the file is the vault's own; one that does not open under the root key is refused.
 * Owns:   its keys, wiped by keyring_free().
 * Linked by the vault. docs/formats/backup.md has the file.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/digest.h"
#include "crypto/secret.h"
#include "crypto/signing.h"
#include "vault/seal.h"

enum {
        KEYRING_PORTALS_MAX = 200000,
        KEYRING_NAME_MAX = 63,
        KEYRING_VERSIONS_MAX = 64,      /* of one portal; rotation drops the oldest that nothing uses */
        KEYRING_BYTES_MAX = 256 * 1024 * 1024,
        KEYRING_WRAPPED_LEN = 12 + SEAL_KEK_LEN + 16,
};

struct keyring_version {
        uint32_t number;                /* from 1, rising */
        int64_t created;
        uint8_t wrapped[KEYRING_WRAPPED_LEN];
};

/* What is remembered of one portal. */
struct keyring_portal {
        uint64_t id;                    /* the host's number for it, and its folder's name */
        uint8_t uuid[SEAL_UUID_LEN];    /* what its backups call it */
        char name[KEYRING_NAME_MAX + 1];        /* of the portal, at its last backup; may be empty */
        uint8_t state;                  /* of the portal, in the registry's numbers; 0: not told */
        int64_t delete_after;           /* Unix seconds; 0: it is not deleted */
        uint64_t lines;                 /* of its manifest, and ... */
        struct digest head;             /* ... the digest of the last one */
        size_t nversions;
        struct keyring_version versions[KEYRING_VERSIONS_MAX];
};

struct keyring {
        struct keyring_portal **portals;        /* by id, rising */
        size_t n;
        int64_t confirmed;              /* when somebody last proved to hold two shares; 0: never */
        struct secret store_key;
        struct secret seed;             /* signs the lists */
        uint8_t public[SIGNING_PUBLIC_LEN];
};

void keyring_free(struct keyring *keyring);
#define CLEANUP_KEYRING CLEANUP(keyring_free)

/* An empty one, with a fresh store key and a fresh signing key. */
void keyring_new(struct keyring *out);

/* Borrowed until a portal is added or forgotten; NULL: it has none. */
struct keyring_portal *keyring_find(const struct keyring *keyring, uint64_t id);
/* One more portal with its first key. ERR_EXISTS, ERR_LIMIT. */
NODISCARD int keyring_add(struct keyring *keyring, uint64_t id, int64_t now,
                          struct keyring_portal **out, struct err *err);
/* What the portal is called now; cut to KEYRING_NAME_MAX bytes. */
void keyring_name(struct keyring_portal *portal, struct str name);
/* The portal of this name, or NULL. */
struct keyring_portal *keyring_find_name(const struct keyring *keyring, struct str name);
/* One more version; from now on the newest. ERR_LIMIT: forget old ones first. */
NODISCARD int keyring_rotate(struct keyring *keyring, struct keyring_portal *portal, int64_t now,
                             struct err *err);
/* Versions below `oldest` are gone, and with them whatever was sealed under them. */
void keyring_drop_before(struct keyring_portal *portal, uint32_t oldest);
/* The portal and all of its keys. */
void keyring_forget(struct keyring *keyring, uint64_t id);

uint32_t keyring_newest(const struct keyring_portal *portal);

/* ERR_NOT_FOUND: that version is gone. */
NODISCARD int keyring_key(const struct keyring *keyring, const struct keyring_portal *portal,
                          uint32_t version, struct secret *out, struct err *err);

/* A fresh store key: what was forgotten cannot be unwrapped by an older copy's key any more. */
void keyring_renew(struct keyring *keyring);

/* ---- the file ---- */

void keyring_write(const struct keyring *keyring, struct str root, struct buf *out);
/* Fails: ERR_DENIED  another root key    ERR_CORRUPT */
NODISCARD int keyring_read(struct str bytes, struct str root, struct keyring *out, struct err *err);

/* FOLDER/store, replaced in one step. */
NODISCARD int keyring_save(const struct keyring *keyring, int folder, struct str root, struct err *err);
NODISCARD int keyring_load(int folder, struct str root, struct keyring *out, struct err *err);
