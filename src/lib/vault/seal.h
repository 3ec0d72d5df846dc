/*
 * seal.h -- a backup as a file: one message of the AWS Encryption SDK's format, version 1, suite 0x0146
 * (AES-192-GCM, HKDF with SHA-256, frames of 65,536 bytes), its data key wrapped by AES-256-GCM under the
 * portal's own key; or, in a message of its own with a data key of its own, to the RSA key of a client.
 * Any client can open it without us; docs/formats/backup.md has it byte by byte.
 *
 * Trust:  what is sealed is not looked at. What is opened may be forged, cut, mixed or old: nothing is
 *         handed out that has not been proven, and only the last step proves the whole.
 * Owns:   a sealer and an opener own their keys and one frame, all wiped by their _free().
 * Linked by the vault and the command line. Needs no library but crypto's.
 * Source: AWS Encryption SDK message format reference, version 1.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/rsa_wrap.h"
#include "crypto/secret.h"

enum {
        SEAL_FRAME = 65536,
        SEAL_DATA_KEY_LEN = 24,         /* 192 bits, fresh for each backup */
        SEAL_KEK_LEN = 32,
        SEAL_MESSAGE_ID_LEN = 16,
        SEAL_UUID_LEN = 16,
        SEAL_UUID_TEXT_LEN = 36,
        SEAL_COMMIT_LEN = 32,
        SEAL_APP_MAX = 40,
        SEAL_HEADER_MAX = 2048,
};

enum backup_kind { BACKUP_DAILY, BACKUP_MANUAL, BACKUP_PRE_RESTORE, BACKUP_KINDS };

/* "daily", "manual", "pre-restore"; NULL when it is none. */
const char *backup_kind_name(enum backup_kind kind);
bool backup_kind_find(struct str name, enum backup_kind *out);

/*
 * What is written in the clear at the head of a backup, and proven by every key that opens it: numbers
 * only, so that whoever finds the file learns no name.
 */
struct seal_about {
        enum backup_kind kind;
        int64_t created;                        /* Unix seconds, from 1970 to 9999 */
        uint32_t kek;                           /* version of the portal's key: "kek-3" */
        uint8_t portal[SEAL_UUID_LEN];
        struct digest prev;                     /* of the manifest's line before this backup's first */
        uint32_t schema;                        /* of the database inside */
        uint64_t seq;
        char app[SEAL_APP_MAX];                 /* "carrel/1.0" */
};

/* Lower-case 8-4-4-4-12. */
void seal_uuid_text(const uint8_t uuid[static SEAL_UUID_LEN], char out[static SEAL_UUID_TEXT_LEN + 1]);

/* What the manifest keeps of a message besides. */
struct seal_mark {
        uint8_t message[SEAL_MESSAGE_ID_LEN];
        uint8_t commit[SEAL_COMMIT_LEN];        /* HMAC-SHA256(data key, "carrel-commit-v1" || message) */
};

/* ---- writing ---- */

struct sealer;

/* The header is appended to out. kek: SEAL_KEK_LEN bytes, borrowed until this returns. */
NODISCARD struct sealer *sealer_new(const struct seal_about *about, struct str kek, struct buf *out);
/*
 * Same, with the message id, the data key and the key's nonce given: for published vectors, and never for
 * a real backup.
 */
NODISCARD struct sealer *sealer_new_with(const struct seal_about *about, struct str kek,
                                         const uint8_t message[static SEAL_MESSAGE_ID_LEN],
                                         const uint8_t data_key[static SEAL_DATA_KEY_LEN],
                                         const uint8_t nonce[static 12], struct buf *out);
/*
 * The same for the owner of an RSA key, who opens it with that alone. Message id and data key are fresh: two
 * headers under one data key would use one nonce twice.
 */
NODISCARD struct sealer *sealer_new_for(const struct seal_about *about, const struct rsa_public *client,
                                        struct buf *out);
void sealer_free(struct sealer **sealer);
#define CLEANUP_SEALER CLEANUP(sealer_free)

/* Any number of bytes; whole frames are appended to out. ERR_LIMIT: 2^31 - 1 frames are written. */
NODISCARD int sealer_add(struct sealer *sealer, struct str bytes, struct buf *out, struct err *err);
/* The final frame; nothing may be added any more. */
void sealer_finish(struct sealer *sealer, struct buf *out);
void sealer_mark(const struct sealer *sealer, struct seal_mark *out);

/* ---- reading ---- */

struct opener;

/* about: what the manifest says of it; mark: the same. The header must say exactly that. */
NODISCARD struct opener *opener_new(const struct seal_about *about, const struct seal_mark *mark,
                                    struct str kek);
/*
 * Without a list: what the header says is believed as far as the key proves it. It must be one that a sealer
 * writes. kek: the portal's key for a file of the vault's, or empty; client: the private key for what was
 * sealed to somebody, or NULL; borrowed until opener_free().
 */
NODISCARD struct opener *opener_new_alone(struct str kek, const struct rsa_private *client);
/* What the header says, once its tag has proven it; NULL before. Borrowed. */
const struct seal_about *opener_about(const struct opener *opener);
void opener_free(struct opener **opener);
#define CLEANUP_OPENER CLEANUP(opener_free)

/*
 * The next bytes of the file, cut anywhere; what they prove is appended to out.
 *
 * Fails: ERR_DENIED   another portal's key or another version of it, or somebody else's
 *        ERR_CORRUPT  anything else; out holds no byte of the frame that failed
 * After a failure the opener refuses everything.
 */
NODISCARD int opener_add(struct opener *opener, struct str bytes, struct buf *out, struct err *err);

/* The file ended: was the final frame the last thing in it? Only now is what came out the whole. */
NODISCARD int opener_finish(struct opener *opener, struct err *err);
