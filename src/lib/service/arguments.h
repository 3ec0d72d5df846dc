/*
 * arguments.h -- the "key=value" arguments by which the supervisor configures the programs it starts.
 *
 * Trust:  written by the supervisor; a missing or wrong one is its fault and ends the program.
 * Linked by every program the supervisor starts.
 */
#pragma once

#include <stdint.h>

/* Borrowed from argv; a missing key ends the process. */
const char *argument_text(int argc, char **argv, const char *key);
uint64_t argument_number(int argc, char **argv, const char *key, uint64_t max);
