/*
 * copies.h -- which of a portal's backups have a copy elsewhere: a small file beside them.
 *
 * It saves work and tells people; nothing is removed here for what it says. One that is missing, damaged, or
 * about another place is an empty one: then everything is looked at there, and stored again where it is
 * missing. docs/formats/offsite.md has the file.
 *
 * Trust:  the vault's own file. The courier is believed about what it stored and read back.
 * Owns:   its rows.
 * Linked by the vault.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/digest.h"

enum { COPIES_BYTES_MAX = 2 * 1024 * 1024, COPIES_MAX = 10000 };

enum copy_kind {
        COPY_BACKUP,            /* number: which; object PORTAL/NUMBER.esdk */
        COPY_MANIFEST,          /* number: of its lines; object PORTAL/manifest.NUMBER */
        COPY_STORE,             /* number: 0; object "store"; of the host, not of a portal */
        COPY_KINDS,
};

struct copy_row {
        enum copy_kind kind;
        uint64_t number;
        bool proven;                    /* read back, with size and digest */
        int64_t when;                   /* it was stored or, later, read back; Unix seconds */
        struct digest digest;           /* of what was stored */
};

struct copies {
        struct digest place;            /* SHA-256 of its address */
        struct copy_row *rows;          /* in the order in which they were stored */
        size_t n;
};

void copies_free(struct copies *copies);
#define CLEANUP_COPIES CLEANUP(copies_free)

/* Borrowed until a row is put or removed; NULL: there is no copy. */
const struct copy_row *copies_find(const struct copies *copies, enum copy_kind kind, uint64_t number);
/* The newest copy of this kind that was stored, or NULL. */
const struct copy_row *copies_last(const struct copies *copies, enum copy_kind kind);
void copies_put(struct copies *copies, const struct copy_row *row);
void copies_remove(struct copies *copies, enum copy_kind kind, uint64_t number);

void copies_write(const struct copies *copies, struct buf *out);
/* ERR_CORRUPT */
NODISCARD int copies_read(struct str text, struct copies *out, struct err *err);

/* FOLDER/copies, for this place; empty where there is none. */
void copies_load(int folder, const struct digest *place, struct copies *out);
/* Replaced in one step. */
NODISCARD int copies_save(int folder, const struct copies *copies, struct err *err);
