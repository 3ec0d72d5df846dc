/*
 * manifest.h -- the list of one portal's backups: lines that are only ever added, each naming the digest
 * of the one before, each signed.
 *
 * A line is one step of one backup and repeats everything known of it, so the last line of a number is its
 * state. Whoever has the last line's number and digest notices an older or another list: the vault keeps
 * both beside its keys. docs/formats/backup.md has the line.
 *
 * Trust:  the file lies on a disk that others may have written to. Nothing of it is believed before the
 *         chain and the last signature hold.
 * Owns:   the backups in the list.
 * Linked by the vault.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/digest.h"
#include "crypto/signing.h"
#include "vault/seal.h"

enum {
        MANIFEST_LINE_MAX = 1024,
        MANIFEST_BYTES_MAX = 64 * 1024 * 1024,
        BACKUPS_MAX = 200000,
};

enum backup_state {
        BACKUP_BEGUN,           /* its number is given; no file counts yet */
        BACKUP_SEALED,          /* the file is whole on disk, and waits for its trial restore */
        BACKUP_VERIFIED,        /* a trial restore gave back what was sealed */
        BACKUP_HELD,            /* verified, but so much smaller that nothing is pruned for it */
        BACKUP_FAILED,          /* at any step; its number is not used again */
        BACKUP_SUSPECT,         /* gives back what was sealed by a damaged portal: no backup */
        BACKUP_PRUNED,          /* its file is gone, as it should be */
        BACKUP_STATES,
};

const char *backup_state_name(enum backup_state state);

struct backup {
        enum backup_state state;
        struct seal_about about;
        struct seal_mark mark;          /* from here on: zeros until SEALED */
        uint64_t size;                  /* of the file, bytes */
        struct digest file;             /* SHA-256 of the file */
        uint64_t bytes;                 /* of the database inside */
        uint64_t rows;
        struct digest content;          /* the snapshot's content hash */
        int64_t stepped;                /* Unix seconds of the last step */
        uint64_t booted;                /* seconds since the machine started, at that step */
        uint64_t boot;                  /* which start of the machine that was: a random number */
};

struct manifest {
        struct backup *backups;         /* by seq, rising */
        size_t n;
        uint64_t lines;
        struct digest head;             /* of the last line; of nothing: zeros */
        uint64_t last_seq;
        bool broken;                    /* a line could not be written: load it anew */
};

void manifest_free(struct manifest *manifest);
#define CLEANUP_MANIFEST CLEANUP(manifest_free)

struct backup *manifest_find(const struct manifest *manifest, uint64_t seq);

/*
 * Read a whole list. A last line without its line feed was never acknowledged: *whole gets the number of
 * bytes before it. Fails: ERR_CORRUPT  the sentence names the line
 */
NODISCARD int manifest_read(struct str text, const uint8_t public[static SIGNING_PUBLIC_LEN],
                            struct manifest *out, size_t *whole, struct err *err);

/*
 * The line that says where this backup stands now, appended to out; manifest is as if it had been read.
 * The caller makes it durable before anybody hears of it, or throws the manifest away.
 */
void manifest_add(struct manifest *manifest, const struct backup *backup,
                  const uint8_t seed[static SIGNING_SEED_LEN], struct buf *out);

/* The digest of line number `lines`, if text has so many; false otherwise. */
bool manifest_digest_at(struct str text, uint64_t lines, struct digest *out);

/* ---- on disk: FOLDER/manifest ---- */

/*
 * Read it; a missing file is an empty list; a torn last line is cut off. lines and head are what the vault
 * remembers: the list must contain that line. Fails: ERR_CORRUPT  changed, or older than remembered
 */
NODISCARD int manifest_load(int folder, const uint8_t public[static SIGNING_PUBLIC_LEN], uint64_t lines,
                            const struct digest *head, struct manifest *out, struct err *err);

/*
 * Add a line and wait until it is on disk. After a failure the manifest takes no more
 * lines and must be loaded anew.
 */
NODISCARD int manifest_append(int folder, struct manifest *manifest, const struct backup *backup,
                              const uint8_t seed[static SIGNING_SEED_LEN], struct err *err);
