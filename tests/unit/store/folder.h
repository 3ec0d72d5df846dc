/*
 * folder.h -- a throw-away container for a test.
 */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_MAX = 64 };

static inline void folder_make(char out[static FOLDER_MAX])
{
        const char *base = getenv("TMPDIR");

        snprintf(out, FOLDER_MAX, "%.40s/carrel-XXXXXX", base != NULL ? base : "/tmp");
        if (mkdtemp(out) == NULL)
                abort();
}

static inline int folder_drop_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
        (void)st;
        (void)flag;
        (void)at;
        return remove(path);
}

static inline void folder_drop(const char *path)
{
        if (nftw(path, folder_drop_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
                abort();
}
