/*
 * exchange.h -- read an archive of documentation (zip or tar; MkDocs, mdBook, Docusaurus or a plain
 * folder of Markdown and HTML) into one neutral form: topics, contents, files, and notes on what
 * could not be kept.
 *
 * Trust:  the archive is hostile. Names never become paths: nothing is unpacked to disk by
 *         name. The contents go to one unnamed spool file, so memory stays modest whatever the
 *         archive says about itself. On refusal there is one sentence and nothing has changed.
 * Owns:   the manual owns its spool file and everything it points to, until manual_free().
 * Linked by the portal's jobs. Needs libarchive and libyaml (inside this folder only).
 *
 * Why a spool and not straight into the store: an upload may take minutes, and the store's write
 * lock must not be held while a client is slow; and what a file means (topic, include, image) is
 * only known when the last name has been read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"

struct exchange_limits {
        size_t entries;                 /* files and folders */
        uint64_t total;                 /* bytes of all files together */
        uint64_t file;                  /* bytes of one file */
        uint64_t text;                  /* bytes of one topic, includes resolved */
        size_t lines;                   /* lines of one topic */
        size_t notes;                   /* kept; more are counted */
};

/* 20,000 entries, 512 MiB, 64 MiB a file, 4 MiB and 100,000 lines a topic, 5,000 notes. */
extern const struct exchange_limits exchange_defaults;

enum manual_severity {
        MANUAL_INFO,                    /* nothing is missing; good to know */
        MANUAL_CONVERTED,               /* written another way, same meaning */
        MANUAL_LOST,                    /* could not be kept as it was; look at it */
};

struct manual_note {
        enum manual_severity severity;
        struct str file;                /* path in the archive, or empty: the whole */
        unsigned line;                  /* 0: the whole file */
        struct str text;
        struct manual_note *next;
};

struct manual_topic {
        struct str slug;
        struct str title;
        struct str description;
        struct str source_path; /* relative to the root of the content, as files' paths are */
        struct str metadata;            /* front matter as it stood, without its fences */
        uint64_t offset, size;          /* the converted Markdown, for manual_source() */
};

struct manual_file {
        struct str path;
        struct str media_type;
        struct digest digest;
        uint64_t offset, size;          /* for manual_bytes() */
};

/*
 * The contents in reading order, parents before children; depth grows by one at most, 15 at the
 * end.
 */
struct manual_node {
        unsigned depth;
        struct str title;
        const struct manual_topic *topic;       /* NULL: a heading, or an address */
        struct str url;                 /* external, or empty */
};

struct manual_redirect {
        struct str from, to;            /* slugs */
};

enum manual_kind { MANUAL_FOLDER, MANUAL_MKDOCS, MANUAL_MDBOOK };

struct manual {
        enum manual_kind kind;
        struct str title;               /* empty when nothing says it */
        struct str language;            /* BCP 47, empty when nothing says it */
        struct str description;
        const struct manual_topic *topics;
        size_t ntopics;
        const struct manual_file *files;
        size_t nfiles;
        const struct manual_node *nodes;
        size_t nnodes;
        const struct manual_redirect *redirects;
        size_t nredirects;
        const struct manual_note *notes;
        size_t nnotes;                  /* also those beyond the limit */
};

/*
 * Load what exchange_read() needs from the file system (the character tables of C.UTF-8). Call it
 * in the zygote or before a root is changed; later calls do nothing.
 */
NODISCARD int exchange_prepare(struct err *err);

/*
 * Read the archive behind fd: a zip or tar file, or a tar (also gzip) stream. Blocks until the end
 * of the stream. spool_dir is an open folder on the disk the portal lives on; an unnamed file is
 * made in it.
 *
 * Fails: ERR_INVALID      no archive, a name that could leave the archive, a link or device, two
 *                         entries of one name, text that is not UTF-8, two topics with one slug
 *        ERR_LIMIT        more entries or bytes than allowed, or contents out of all proportion to
 *                         the archive's size
 *        ERR_UNSUPPORTED  encrypted
 *        ERR_NOT_FOUND    no topic in it
 */
NODISCARD int exchange_read(int fd, int spool_dir, const struct exchange_limits *limits,
                            struct manual **out, struct err *err);
void manual_free(struct manual **manual);
#define CLEANUP_MANUAL CLEANUP(manual_free)

/* A topic's Markdown, appended to out. */
NODISCARD int manual_source(const struct manual *manual, const struct manual_topic *topic,
                            struct buf *out, struct err *err);

/* Exactly n bytes of a file from offset; the caller stays below its size. */
NODISCARD int manual_bytes(const struct manual *manual, const struct manual_file *file,
                           uint64_t offset, void *p, size_t n, struct err *err);

/*
 * The line of the topic's original file where text first stands, or 0. For notes about links, which
 * are only seen when a topic is rendered.
 */
unsigned manual_line_of(const struct manual *manual, const struct manual_topic *topic,
                        struct str text);

/* The topic with this source path, or NULL; the same for files. */
const struct manual_topic *manual_topic_at(const struct manual *manual, struct str source_path);
const struct manual_file *manual_file_at(const struct manual *manual, struct str path);

/* "info", "converted", "lost". */
const char *manual_severity_name(enum manual_severity severity);
