/*
 * fetch.h -- carrel backup fetch, which has much to tell.
 *
 * Linked by the command line only.
 */
#pragma once

#include "proc/cli/command.h"

extern const struct option fetch_options[];

int run_fetch(const struct invocation *inv);
