/*
 * bulk.h -- many readers from one file.
 *
 * Linked by the command line only.
 */
#pragma once

#include "proc/cli/command.h"

command_fn run_user_import;
