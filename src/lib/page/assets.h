/*
 * assets.h -- the style sheets, scripts and icons of the reading site, compiled into the program.
 *
 * Owns:   nothing; all bytes are static and shared by every portal forked from the zygote.
 * Linked by the portal and its jobs. Made from web/ by esbuild and tools/.
 */
#pragma once

#include "base/str.h"

struct asset {
        struct str path;                /* "/-/reader-ABCD2345.css": with its content's hash */
        struct str logical;             /* "reader.css" */
        struct str media_type;
        struct str identity;
        struct str gzip;                /* empty where compression does not pay */
        struct str brotli;
};

/* The asset whose path is exactly this; or, when only the hash differs (a page rendered by another
 * release), the current one with *stale set, which must not be cached for long. NULL: none. */
const struct asset *asset_find(struct str path, bool *stale);

/* The URL path of an asset by its logical name; checked: an unknown name ends the process. */
struct str asset_path(const char *logical);

/* All of them. */
const struct asset *asset_at(size_t i);         /* NULL past the end */
