/*
 * authdata.h -- an authenticator's own data (Web Authentication Level 2, 6.1) and the objects
 * around it.
 *
 * Trust:  hostile bytes; read strictly, to the last byte.
 * Owns:   nothing; results point into the input.
 * For this folder only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/passkey.h"

enum authdata_flag {
        AUTHDATA_PRESENT = 0x01,
        AUTHDATA_VERIFIED = 0x04,
        AUTHDATA_BACKUP_ELIGIBLE = 0x08,
        AUTHDATA_BACKED_UP = 0x10,
        AUTHDATA_CREDENTIAL = 0x40,
        AUTHDATA_EXTENSIONS = 0x80,
};

struct authdata {
        struct str rp_id_hash;          /* 32 bytes */
        uint8_t flags;
        uint32_t counter;
        struct str aaguid, id;          /* with AUTHDATA_CREDENTIAL */
        enum passkey_algorithm algorithm;
        uint8_t key[PASSKEY_KEY_MAX];
        size_t key_len;
};

/* ERR_INVALID, ERR_LIMIT */
NODISCARD int authdata_read(struct str bytes, struct authdata *out, struct err *err);

/* The authData in an attestation object. ERR_INVALID, ERR_LIMIT */
NODISCARD int authdata_of_attestation(struct str bytes, struct str *out, struct err *err);
