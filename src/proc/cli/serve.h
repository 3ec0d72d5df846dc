/*
 * serve.h -- the settings of a host, from options over a file over the defaults.
 *
 * Linked by the command line only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "config/config.h"
#include "proc/cli/command.h"

/* Apply --https, --http, --host, --isolation and each --set; then hold all against each other. */
NODISCARD int serve_apply_options(const struct invocation *inv, struct config *config,
                                  struct err *err);

/* Set [host] data to the absolute form of path. */
NODISCARD int serve_set_data(struct config *config, const char *path, struct err *err);
