/*
 * status.h -- the part of the status that others print, too.
 *
 * Linked by the command line only.
 */
#pragma once

#include "json/json.h"

/* The mode and each missing layer, from the answer to "status"; true if a layer is missing. */
bool status_print_isolation(const struct json *answer);
