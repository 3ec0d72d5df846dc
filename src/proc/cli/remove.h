/*
 * remove.h -- take a folder away with everything in it.
 *
 * Trust:  names inside may be hostile: nothing is followed, every step is relative to an open folder.
 * Linked by the command line only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

/* Fails at a folder nested deeper than 64, or at what the system refuses; the rest is then still there. */
NODISCARD int remove_folder(const char *path, struct err *err);
