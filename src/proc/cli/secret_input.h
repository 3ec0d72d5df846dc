/*
 * secret_input.h -- a password from standard input, on its way to the host.
 *
 * Trust:  whoever runs the command types it or pipes it in; its size is limited here, the rest is the
 *         portal's to judge.
 * Owns:   the bytes while they are in this process: locked, and wiped once they are in the pipe.
 * Linked by the command line only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "proc/cli/source.h"

/*
 * Read so many lines (1 for a password), without echo and after a prompt where standard input is a
 * terminal, and put them into a pipe that is handed to the host like an archive; close it with
 * source_close(). A signal that ends the program finds the terminal as it was.
 * Fails: ERR_INVALID  nothing was given    ERR_LIMIT  more than 1,024 bytes
 */
NODISCARD int secret_input_open(const char *prompt, unsigned lines, struct source *out, struct err *err);
