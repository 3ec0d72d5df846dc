/*
 * work.h -- private to export/: where a copy lies meanwhile, one piece of work at a time.
 */
#pragma once

#include "base/err.h"

/* The database of an export that is being taken in, until it is believed. */
#define WORK_TAKEN "taken.db"

/*
 * Take the lock and make EXPORT_FOLDER anew and empty; what an earlier, killed one left goes.
 * ERR_BUSY: another is at work. *out is the lock: the kernel gives it back when the process ends, however.
 */
NODISCARD int work_open(int *out, struct err *err);
/* Remove the folder and what was taken in but not believed, then give the lock back. */
void work_close(int *lock);
#define CLEANUP_WORK CLEANUP(work_close)
