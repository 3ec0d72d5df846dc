/*
 * help.h -- usage lines and explanations, made from the table of commands.
 *
 * Linked by the command line only.
 */
#pragma once

#include <stdio.h>

#include "proc/cli/command.h"

/* "usage: carrel portal create NAME [--title TEXT] ..." */
void help_usage(FILE *out, const struct command *command);
