/*
 * writing.h -- private to export/: the parts of an export, in the order they are written.
 */
#pragma once

#include "export/sink.h"
#include "store/content_hash.h"

/* readme.c: README.txt */
NODISCARD int write_readme(struct sink *sink, struct err *err);

/* project.c: projects/SLUG/..., SLUG.json, SLUG.revisions.jsonl. project: an object of EXTRACT_PROJECTS. */
NODISCARD int write_project(struct sink *sink, struct store *copy, const struct json *project,
                            struct err *err);

/* portal.c: publications (of one project, or of all: 0); what belongs to the whole portal */
NODISCARD int write_publications(struct sink *sink, struct store *copy, int64_t project,
                                 struct err *err);
NODISCARD int write_portal(struct sink *sink, struct store *copy, struct err *err);

/* database.c: portal.db, from the closed copy in EXPORT_FOLDER */
NODISCARD int write_database(struct sink *sink, struct err *err);

/* manifest.c: the last entry. content: NULL for one project's. */
NODISCARD int write_manifest(struct sink *sink, const struct store_content *content,
                             struct err *err);
