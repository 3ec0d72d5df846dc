/*
 * path.h -- private to exchange/: names inside an archive.
 *
 * A good path is relative, UTF-8, made of '/'-separated parts that are neither empty, "." nor "..",
 * at most 512 bytes long and 24 parts deep. Everything else is refused, not repaired.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { PATH_BYTES_MAX = 512, PATH_PARTS_MAX = 24 };

/*
 * ERR_INVALID or ERR_LIMIT with the reason. A single '/' at the end (a folder) is cut off in *out.
 */
NODISCARD int path_check(struct str name, struct str *out, struct err *err);

struct str path_folder(struct str path);        /* "a/b.md" -> "a"; "b.md" -> "" */
struct str path_name(struct str path);          /* "a/b.md" -> "b.md" */
struct str path_stem(struct str path);          /* "a/b.md" -> "a/b" */
struct str path_extension(struct str path);     /* "a/b.tar.gz" -> "gz"; as it stands */

/*
 * Where a link in the folder leads: "../img/a.png" from "guide" is "img/a.png". A leading '/'
 * starts at the root. False when it leaves the root; *out lives in arena and may be empty (the root
 * itself).
 */
bool path_resolve(struct arena *arena, struct str folder, struct str link, struct str *out);

/*
 * Whether a name has the pattern's shape: '*' for any bytes, '?' for one. Time is at most the
 * product of the two lengths, which fnmatch(3) does not promise.
 */
bool path_matches(struct str pattern, struct str name);

/* Lower-case copy for comparison: ASCII only. */
struct str path_fold(struct arena *arena, struct str path);

/* Compare as people do: "2-b" before "10-a", case only where nothing else differs. */
int path_compare(struct str a, struct str b);

/* The slug of a content path: see docs/author/import.md. is_index: the folder's own page. */
struct str path_slug(struct arena *arena, struct str path, bool is_index);

/* "writing-your_docs.md" -> "Writing your docs", a number in front left out. */
struct str path_title(struct arena *arena, struct str path);
