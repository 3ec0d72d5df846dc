/*
 * reach.h -- private to this folder: how files are reached for.
 *
 * Reading counts only if bytes were obtained, writing if the file was open for it. All give 0 or a
 * negative errno.
 */
#pragma once

#include "action.h"

enum { PATH_ROOM = 512 };

extern const char own_file[];           /* in the folder the probe is in */

int got_bytes(int fd);                  /* closes fd; negative: errno is the reason */
int read_path(const char *path);

/* before + the canary's folder + after; -ENOENT if there is no canary. */
int canary_path(const struct probe_targets *t, const char *before, const char *after,
                char out[static PATH_ROOM]);
int read_canary(const struct probe_targets *t, const char *before, const char *after);

int make_own_file(void);
int create_in(const char *folder);      /* removed again */
