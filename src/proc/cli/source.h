/*
 * source.h -- what an import reads: an archive as it is, or a folder that a child packs into a pipe.
 *
 * Trust:  the path is the operator's. A symbolic link at its end is refused: what is imported is what
 *         was named.
 * Owns:   the descriptor and the packing child, until source_close().
 * Linked by the command line only.
 */
#pragma once

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

struct source {
        int fd;                 /* to hand to the host */
        pid_t packer;           /* 0: none */
        int report;             /* the packer's sentence, if it fails */
};

/* Fails with a sentence about the path; out is then untouched. */
NODISCARD int source_open(const char *path, struct source *out, struct err *err);

/* The same for what can only be one file, such as an export. */
NODISCARD int source_open_file(const char *path, struct source *out, struct err *err);

/*
 * Close, and wait for the packer. An error is the packer's: then the host has been given a stream that
 * it cannot take for a whole one. Calls nothing that a confined process may not.
 */
NODISCARD int source_close(struct source *source, struct err *err);
