/*
 * root.h -- the one key under which all others lie, and the three ways to keep it.
 *
 *   file        it lies in FOLDER/root, which only the vault's user can read
 *   passphrase  FOLDER/root holds it encrypted; a person types the passphrase after each start
 *   shares      it is nowhere on the machine; a person types two of three shares after each start
 *
 * Without it no backup of the host can be opened, ever. docs/operator/backups.md says so, and
 * docs/formats/backup.md has the file.
 *
 * Trust:  the folder is the vault's own; a file that another program wrote is refused, not guessed at.
 * Owns:   nothing; keys are handed out in a struct secret.
 * Linked by the vault.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/derive.h"
#include "crypto/secret.h"

enum root_kind { ROOT_FILE, ROOT_PASSPHRASE, ROOT_SHARES, ROOT_KINDS };

enum { ROOT_LEN = 32, ROOT_FINGERPRINT_LEN = 8, ROOT_PASSPHRASE_MIN = 12 };

struct root {
        enum root_kind kind;
        char fingerprint[2 * ROOT_FINGERPRINT_LEN + 1];         /* of the key: hexadecimal digits */
        uint8_t salt[DERIVE_SALT_LEN];          /* passphrase: Argon2id's */
        uint8_t nonce[12];                      /* passphrase: of the wrapped key */
        uint8_t wrapped[ROOT_LEN + 16];
        struct secret key;                      /* file: the key itself; empty otherwise */
};

void root_free(struct root *root);
#define CLEANUP_ROOT CLEANUP(root_free)

const char *root_kind_name(enum root_kind kind);

/* Some digits by which people compare keys; they say nothing about the key. */
void root_fingerprint(struct str key, char out[static 2 * ROOT_FINGERPRINT_LEN + 1]);

/*
 * Read FOLDER/root. Fails: ERR_NOT_FOUND  there is none yet
 *                          ERR_CORRUPT    not one of ours, or damaged
 */
NODISCARD int root_load(int folder, struct root *out, struct err *err);

/* A fresh key, kept as a file. ERR_EXISTS: there is one; it is never replaced. */
NODISCARD int root_make(int folder, struct root *out, struct err *err);

/*
 * The key out of what a person typed: a passphrase, or two lines with a share each. Also for kind file,
 * from two shares: how an operator proves that the paper is good.
 *
 * Fails: ERR_DENIED   not this key
 *        ERR_INVALID  a share is mistyped; the sentence says which
 */
NODISCARD int root_unlock(const struct root *root, struct str typed, struct secret *out,
                          struct err *err);

/*
 * The key that two lines with a share each give, whosever it is: what it opens proves it.
 * Fails: ERR_INVALID  a share is mistyped; the sentence says which
 */
NODISCARD int root_join(struct str typed, struct secret *out, struct err *err);

/*
 * Keep the key another way, in one step; what was there is overwritten and gone. typed: the new
 * passphrase, or nothing. ERR_INVALID: the passphrase is too short.
 */
NODISCARD int root_keep(int folder, struct str key, enum root_kind kind, struct str typed,
                        struct root *out, struct err *err);
