/*
 * export.h -- everything a client has in a portal, as one zip of open formats; and such a zip back
 * into a new portal.
 *
 * The archive holds each project as Markdown with front matter beside its files and a SUMMARY.md,
 * every revision, publications, people, rights and the log as JSON, the database itself, and a
 * manifest with the SHA-256 of each entry. docs/formats/export.md describes it.
 *
 * Trust:  a portal's own data may have any names: they are made harmless for the archive. An archive
 *         that is taken in is hostile until every byte has been held against its manifest, and the
 *         database against what a release of Carrel makes.
 * Owns:   nothing beyond a call.
 * Linked by the portal's jobs. Slow by intent: never call it from a portal's loop.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "store/store.h"

/* The folder in a container where a copy lies while an export is written or taken in. */
#define EXPORT_FOLDER "export.tmp"

enum { EXPORT_VERSION = 1, EXPORT_ENTRIES_MAX = 30000 };

typedef void export_progress_fn(void *ctx, const char *stage, uint64_t done, uint64_t total);

struct export_options {
        struct str portal;              /* its name, for whoever reads the archive; may be empty */
        struct str project;             /* only this one; empty: the whole portal */
        bool credentials;               /* whole portal: keep what one logs in with */
        int64_t now;
        export_progress_fn *progress;   /* or NULL */
        void *ctx;
};

struct export_done {
        struct digest content;          /* of the database in it; all zero for one project's */
        uint64_t rows;
        uint64_t projects, topics, revisions, files, publications;
        uint64_t entries;
        uint64_t bytes;                 /* of the archive */
};

/*
 * Write an export of the portal in the working directory to fd. People may go on working: all of it is of
 * one moment. fd gets a stream; unless 0 is returned it has no end and no reader takes it for whole.
 *
 * Fails: ERR_NOT_FOUND  no such project
 *        ERR_LIMIT      more entries than one archive may have
 *        ERR_BUSY       another export of this portal is being written or taken in
 *        ERR_IO, ERR_GONE from the disk or fd
 */
NODISCARD int export_write(struct store *store, int fd, const struct export_options *options,
                           struct export_done *out, struct err *err);

struct export_taken {
        struct digest content;          /* as the manifest says and the database is */
        uint64_t rows;
        bool credentials;
};

/*
 * Make the container in the working directory, which has no database yet, the portal in the archive
 * behind fd. All or nothing: a failure or a kill leaves no database.
 *
 * Fails: ERR_INVALID      no export of Carrel, or only a project's
 *        ERR_CORRUPT      cut short, or an entry or the database is not what the manifest says
 *        ERR_UNSUPPORTED  written by a newer release
 *        ERR_LIMIT        larger than any export may be
 *        ERR_EXISTS       there is a database already
 */
NODISCARD int export_take(int fd, export_progress_fn *progress, void *ctx,
                          struct export_taken *out, struct err *err);

/* Remove what an export that was killed left behind; nothing happens while one is at work. */
void export_tidy(void);
