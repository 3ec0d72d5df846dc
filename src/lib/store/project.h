/*
 * project.h -- the authors' working copy: projects, topics and their revisions, contents, files.
 *
 * All functions that change something run inside store_begin() and store_commit(). Lists are copied
 * into the caller's arena. A topic's revisions are only ever added.
 *
 * Linked by the portal and its jobs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "crypto/digest.h"
#include "store/store.h"

struct store_project {
        int64_t id;
        struct str slug;
        struct str title;
        struct str language;            /* BCP 47 */
        bool rtl;
        struct str licence;             /* free text, the client's own choice */
        struct str description;
        int64_t updated;
};

NODISCARD int store_project_find(struct store *store, struct str slug, struct arena *arena,
                                 struct store_project *out, struct err *err);

/* Create it, or change the one with this slug; project->id is not looked at. */
NODISCARD int store_project_put(struct store *store, const struct store_project *project,
                                int64_t now, int64_t *out_id, struct err *err);

/* Up to limit (1 to PROJECTS_MAX, or ERR_LIMIT) projects by slug, behind after (empty: from the start). */
enum { PROJECTS_MAX = 500 };
NODISCARD int store_project_list(struct store *store, struct str after, size_t limit,
                                 struct arena *arena, struct store_project **out, size_t *out_n,
                                 struct err *err);

struct store_topic {
        int64_t id;
        struct str slug;                /* "user-guide/writing-your-docs" */
        struct str title;
        struct str source_path;         /* where it came from; links in it are relative to this */
        struct str description;
        struct str metadata;            /* front matter as it stood, or empty */
        int64_t revision;               /* number of the current one */
        struct digest digest;           /* of the current source */
        int64_t updated;
};

NODISCARD int store_topic_list(struct store *store, int64_t project, struct arena *arena,
                               struct store_topic **out, size_t *out_n, struct err *err);

/* One topic by its slug; and up to limit (1 to PROJECTS_MAX) by slug, behind after. */
NODISCARD int store_topic_find(struct store *store, int64_t project, struct str slug,
                               struct arena *arena, struct store_topic *out, struct err *err);
NODISCARD int store_topic_page(struct store *store, int64_t project, struct str after, size_t limit,
                               struct arena *arena, struct store_topic **out, size_t *out_n,
                               struct err *err);

/* A new topic with revision 1; topic's id, revision, digest and updated are not looked at. */
NODISCARD int store_topic_add(struct store *store, int64_t project, const struct store_topic *topic,
                              struct str source, struct str author, struct str note, int64_t now,
                              int64_t *out_id, struct err *err);

/* Change slug, title, path, description and metadata of topic->id; its text stays. */
NODISCARD int store_topic_describe(struct store *store, const struct store_topic *topic,
                                   struct err *err);

/* One more revision. The caller has compared digests and knows that the source differs. */
NODISCARD int store_topic_revise(struct store *store, int64_t topic, struct str source,
                                 struct str author, struct str note, int64_t now, struct err *err);

/* A revision's source, appended to out, and when it was made. */
NODISCARD int store_revision_read(struct store *store, int64_t topic, int64_t number,
                                  struct buf *out, int64_t *out_created, struct err *err);

/*
 * The contents in reading order: a node's children follow it with depth + 1. The first has depth 0.
 */
struct store_toc {
        unsigned depth;
        struct str title;
        int64_t topic;                  /* 0: none */
        struct str url;                 /* an external address, or empty */
};

NODISCARD int store_toc_replace(struct store *store, int64_t project, const struct store_toc *nodes,
                                size_t n, struct err *err);
NODISCARD int store_toc_list(struct store *store, int64_t project, struct arena *arena,
                             struct store_toc **out, size_t *out_n, struct err *err);

struct store_project_file {
        struct str path;
        struct str media_type;
        int64_t blob;
};

NODISCARD int store_project_file_put(struct store *store, int64_t project,
                                     const struct store_project_file *file, struct err *err);
NODISCARD int store_project_file_remove(struct store *store, int64_t project, struct str path,
                                        struct err *err);
NODISCARD int store_project_file_list(struct store *store, int64_t project, struct arena *arena,
                                      struct store_project_file **out, size_t *out_n,
                                      struct err *err);

/* Old slugs of this project and where they lead. */
struct store_redirect {
        struct str from;
        struct str to;
};

NODISCARD int store_project_redirect_put(struct store *store, int64_t project,
                                         const struct store_redirect *redirect, struct err *err);
NODISCARD int store_project_redirect_list(struct store *store, int64_t project, struct arena *arena,
                                          struct store_redirect **out, size_t *out_n,
                                          struct err *err);

/* Settings of the portal as a whole. ERR_NOT_FOUND when the key was never set. */
NODISCARD int store_meta_put(struct store *store, struct str key, struct str value,
                             struct err *err);
NODISCARD int store_meta_find(struct store *store, struct str key, struct arena *arena,
                              struct str *out, struct err *err);
