/*
 * filter.h -- loading a compiled filter: private to this folder (compiling: confine.h).
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

struct sandbox_filter;

/*
 * For ever, for the calling process. Needs no_new_privs. After it, only the profile's calls live.
 */
NODISCARD int filter_load(const struct sandbox_filter *filter, struct err *err);
