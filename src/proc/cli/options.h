/*
 * options.h -- from argv to an invocation, or to a sentence and the usage line.
 *
 * Linked by the command line only.
 */
#pragma once

#include "base/err.h"
#include "proc/cli/command.h"

/*
 * Fill inv from the words after the program's name. `--help`, -h and --version turn into the commands
 * that do the same.
 * Fails: ERR_INVALID; inv->command is then the command it is about, or NULL.
 */
NODISCARD int options_parse(struct invocation *inv, int argc, char *const *argv, struct err *err);
