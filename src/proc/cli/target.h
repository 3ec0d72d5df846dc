/*
 * target.h -- a file that an export or a backup becomes: whole, or not at all.
 *
 * It is written to a file beside it, with a name that says it is not finished. A small child
 * process keeps that file's folder open, since this process confines itself and can name no file any
 * more. When told to, it brings the file to the disk and renames it; when its parent is gone, however, it
 * removes it.
 *
 * Trust:  the path is the operator's. What is there already is never replaced.
 * Owns:   the descriptor and the child, until target_close().
 * Linked by the command line only.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypto/digest.h"

struct target {
        int fd;                         /* to hand to the host, or to write to */
        uint64_t taken;                 /* bytes that target_take() wrote */
        struct digest sha256;           /* of these */
        int keeper;                     /* the line to the child */
        pid_t child;
};

/* ERR_EXISTS: there is a file at path. */
NODISCARD int target_open(const char *path, struct target *out, struct err *err);

/* Write what comes through the pipe, up to its end. */
NODISCARD int target_take(struct target *target, int pipe, struct err *err);

/*
 * All was written: sync it and give it its name. Calls nothing that a confined process may not; nor does
 * target_close(), which removes a file that was not kept.
 */
NODISCARD int target_keep(struct target *target, struct err *err);
void target_close(struct target *target);
#define CLEANUP_TARGET CLEANUP(target_close)
