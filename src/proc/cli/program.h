/*
 * program.h -- where the rest of the installation is, seen from this executable.
 *
 * Trust:  the places are relative to /proc/self/exe, so they are as trustworthy as this program; no
 *         search path and no working directory takes part. CARREL_SUPERVISOR names another program for
 *         tests, and is not read by root.
 * Linked by the command line only.
 */
#pragma once

#include <limits.h>

#include "base/attr.h"
#include "base/err.h"

/* carrel-supervisor: in a build tree beside this folder, else in ../libexec/carrel. */
NODISCARD int program_find_supervisor(char out[static PATH_MAX], struct err *err);

/* The manual's folder: the sources' docs/ when run from a build tree, else ../share/carrel/manual. */
NODISCARD int program_find_manual(char out[static PATH_MAX], struct err *err);
