/*
 * manifest.h -- MANIFEST.json, which says what an export is and what every entry of it must be.
 *
 * Trust:  a manifest that is read is hostile: sizes, hexadecimal and versions are checked, and names are
 *         only ever compared with those of the archive.
 * Owns:   a manifest owns all it points to, until manifest_free().
 * Linked by the portal's jobs, and by a fuzz target.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/digest.h"

enum { MANIFEST_BYTES_MAX = 8 * 1024 * 1024 };

struct manifest_entry {
        struct str path;
        uint64_t size;
        struct digest digest;
        bool seen;                      /* by whoever compares */
};

struct manifest;

/*
 * Fails: ERR_INVALID      not a manifest of ours, or of one project only
 *        ERR_UNSUPPORTED  of a newer release
 *        ERR_CORRUPT      a member is missing, twice there, or not what it must be
 */
NODISCARD int manifest_parse(struct str text, struct manifest **out, struct err *err);
void manifest_free(struct manifest **manifest);
#define CLEANUP_MANIFEST CLEANUP(manifest_free)

/* NULL: it names no such entry. */
struct manifest_entry *manifest_find(struct manifest *manifest, struct str path);
/* An entry that was not marked as seen, or NULL. */
const struct manifest_entry *manifest_unseen(const struct manifest *manifest);

const struct digest *manifest_content(const struct manifest *manifest);
int64_t manifest_schema(const struct manifest *manifest);
bool manifest_credentials(const struct manifest *manifest);
