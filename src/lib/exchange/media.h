/*
 * media.h -- private to exchange/: what a file is, by its name, and whether its first bytes agree.
 */
#pragma once

#include "base/str.h"

enum media_use {
        MEDIA_TOPIC,                    /* Markdown or HTML */
        MEDIA_FILE,                     /* kept and served */
        MEDIA_CONFIG,                   /* read by the import, not kept */
        MEDIA_SKIP,                     /* dot files, scripts, styles, unknown types */
};

enum media_use media_of(struct str path, struct str *media_type);

/* False when a file that calls itself an image or PDF does not begin like one. */
bool media_agrees(struct str media_type, struct str first_bytes);
