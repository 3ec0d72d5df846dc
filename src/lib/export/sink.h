/*
 * sink.h -- private to export/: the archive that is being written, and what is in it so far.
 *
 * Owns:   the zip writer and the list of entries.
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "exchange/zip.h"
#include "export/export.h"
#include "json/json.h"
#include "store/extract.h"

struct sink {
        struct zip *zip;
        struct arena *arena;
        struct map *names;              /* folded, with the folders above them */
        struct json *entries;           /* for the manifest */
        const struct export_options *options;
        struct export_done done;
        uint64_t stage_total;
        struct str path;                /* of the open entry */
};

NODISCARD int sink_open(struct sink *sink, int fd, const struct export_options *options,
                        struct err *err);
void sink_close(struct sink *sink);
#define CLEANUP_SINK CLEANUP(sink_close)

/* Take a name for an entry; false: it is taken, no archive may have it, or it lies in a file. */
bool sink_claim(struct sink *sink, struct str name);

/* An entry whose name was claimed, or is one of this folder's own. size: as zip_begin(). */
NODISCARD int sink_begin(struct sink *sink, struct str name, uint64_t size, bool packed,
                         int64_t when, struct err *err);
NODISCARD int sink_add(struct sink *sink, struct str bytes, struct err *err);
NODISCARD int sink_end(struct sink *sink, struct err *err);

NODISCARD int sink_text(struct sink *sink, struct str name, struct str text, int64_t when,
                        struct err *err);
/* Takes value. */
NODISCARD int sink_json(struct sink *sink, struct str name, struct json *value, struct err *err);
/* One object a line, as rows come: any number of them. *count is raised by each. */
NODISCARD int sink_lines(struct sink *sink, struct str name, struct store *store,
                         enum store_extract what, int64_t of, uint64_t *count, struct err *err);

/* A row as an object; blobs in hexadecimal, what is NULL left out. */
struct json *sink_row(const struct store_cell *cells, size_t n);
/* All rows as an array. */
NODISCARD int sink_rows(struct store *store, enum store_extract what, int64_t of,
                        struct json **out, struct err *err);

void sink_progress(const struct sink *sink, const char *stage, uint64_t done, uint64_t total);
