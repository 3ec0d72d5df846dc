/*
 * assets_table.h -- the table that web/build.mjs writes as assets_table.c. Private to page/.
 *
 * Owns:     nothing; all bytes are static.
 */
#pragma once

#include "page/assets.h"

extern const struct asset assets_table[];       /* sorted by path */
extern const size_t assets_count;
