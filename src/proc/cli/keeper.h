/*
 * keeper.h -- starts the supervisor, starts it again when it dies, and ends with it.
 *
 * The supervisor's exit code says what to do: 0 it ended in order; 1 it refused to start and has said
 * why; anything else, or a signal, is a death, and a new one is started after 100 ms, doubling up to
 * 5 s, and from 100 ms again after a minute of health. A refusal of a later start counts as a death up
 * to ten times in a row, for the dead one's children may hold its ports and its lock a moment longer.
 *
 * Trust:  reads signals and exit codes; no byte from outside.
 * Owns:   the supervisor, and the pipe (descriptor 3 there) whose end of file tells it to stop.
 * Linked by the command line only.
 */
#pragma once

#include "base/attr.h"
#include "config/config.h"

/*
 * Run until the host ends; SIGTERM, SIGINT and SIGHUP ask it to. Returns the exit code: 0 after an
 * orderly end, else 1. Changes the process's signal mask; the caller exits afterwards.
 */
NODISCARD int keeper_run(const struct config *config);
