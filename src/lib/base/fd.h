/*
 * fd.h -- descriptors that close themselves, and reads and writes that finish.
 *
 * Linked by everything.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* Close *fd unless it is -1, and make it -1. */
void fd_close(int *fd);
#define CLEANUP_FD CLEANUP(fd_close)

NODISCARD int fd_set_nonblocking(int fd, struct err *err);

/* All n bytes, over short writes and interruptions. Blocks on a blocking descriptor. */
NODISCARD int fd_write_all(int fd, const void *p, size_t n, struct err *err);

/* Exactly n bytes; ERR_GONE when the stream ends before them. */
NODISCARD int fd_read_all(int fd, void *p, size_t n, struct err *err);

/* Everything up to the end of the stream, appended to out; ERR_LIMIT past max bytes. */
NODISCARD int fd_read_to_end(int fd, size_t max, struct buf *out, struct err *err);

/* Read a whole file below dirfd (AT_FDCWD: the working directory); final symlinks are refused. */
NODISCARD int fd_slurp(int dirfd, const char *path, size_t max, struct buf *out, struct err *err);

/*
 * Replace a file as one step: write a temporary beside it, fsync it, rename, fsync the folder.
 * A crash leaves the old file or the new one. mode is the new file's permission bits.
 */
NODISCARD int fd_replace(int dirfd, const char *name, mode_t mode, const void *p, size_t n,
                         struct err *err);
