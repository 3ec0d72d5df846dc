/*
 * set_aside.h -- a database that cannot be used any more makes room for another one.
 *
 * Linked by the jobs that restore backups.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

/*
 * The file `from` becomes portal.db of the current folder; what was there is kept as damaged-SECONDS.db, with
 * its log and its sums. from must be whole, on disk, and without a log of its own. Waits for whoever has
 * the old one open, up to half a minute.
 *
 * A kill between the steps leaves the old one, perhaps without the newest part of its log, which is
 * kept, or the new one; never one with the other's log. A scrub calls what it leaves damaged, and doing
 * it again completes it.
 *
 * Fails: ERR_BUSY  somebody has it open still
 */
NODISCARD int store_set_aside(const char *from, struct err *err);
