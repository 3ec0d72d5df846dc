/*
 * sqlite_vfs.c -- the default file layer with another source of randomness.
 *
 * SQLite seeds its generator from /dev/urandom and, where that cannot be opened, silently from time
 * and process id. A container has no /dev, so the default VFS is registered again with
 * getrandom(2).
 */
#include <string.h>

#include "crypto/random.h"
#include "store/sqlite_db.h"

static int draw(sqlite3_vfs *vfs, int n, char *out)
{
        (void)vfs;
        random_fill(out, (size_t)n);
        return n;
}

int sqlite_vfs_install(struct err *err)
{
        static sqlite3_vfs carrel;      /* SQLite keeps the pointer for the life of the process */
        static bool installed;

        if (installed)
                return 0;
        const sqlite3_vfs *plain = sqlite3_vfs_find(NULL);

        if (plain == NULL)
                return err_set(err, ERR_UNSUPPORTED, "SQLite has no file layer on this system");
        memcpy(&carrel, plain, sizeof carrel);
        carrel.pNext = NULL;
        carrel.zName = "carrel";
        carrel.xRandomness = draw;
        if (sqlite3_vfs_register(&carrel, 1) != SQLITE_OK)
                return err_set(err, ERR_UNSUPPORTED, "SQLite refused the file layer");
        installed = true;
        return 0;
}
