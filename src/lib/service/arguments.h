/*
 * arguments.h -- the "key=value" arguments by which the supervisor configures the programs it starts.
 *
 * Trust:  written by the supervisor; a missing or wrong one is its fault and ends the program.
 * Linked by every program the supervisor starts.
 */
#pragma once

#include <stdint.h>

#include "sandbox/confine.h"

enum { ARGUMENT_FOLDER_MAX = 400 };

/* Borrowed from argv; a missing key ends the process. */
const char *argument_text(int argc, char **argv, const char *key);
uint64_t argument_number(int argc, char **argv, const char *key, uint64_t max);

/*
 * Where the program's walls go up: by mode= and uid=, around the folder of this name in data=.
 * folder holds its path for as long as the place is used; name and folder may both be NULL for a program
 * without a folder.
 */
struct sandbox_place argument_place(int argc, char **argv, const char *name,
                                    char folder[ARGUMENT_FOLDER_MAX]);
