/*
 * sqlite_vfs.c -- the default file layer with another source of randomness; and the same once more, with
 * a sum for every block that is written to a database.
 *
 * SQLite seeds its generator from /dev/urandom and, where that cannot be opened, silently from time
 * and process id. A container has no /dev, so the default VFS is registered again with
 * getrandom(2).
 *
 * Sums: the block first, then its sum, both on the disk before SQLite hears that the file is. Whoever is
 * killed between the two has the block in the log still, and the next checkpoint writes it again.
 */
#include <string.h>

#include <unistd.h>

#include "base/fd.h"
#include "crypto/random.h"
#include "store/block_sums.h"
#include "store/sqlite_db.h"

static int draw(sqlite3_vfs *vfs, int n, char *out)
{
        (void)vfs;
        random_fill(out, (size_t)n);
        return n;
}

static sqlite3_vfs carrel, summed;      /* SQLite keeps the pointers for the life of the process */

/* ---- a database whose blocks are summed ---- */

struct summed_file {
        sqlite3_file base;
        int sums;
        sqlite3_file *inner;            /* lies behind this */
};

static sqlite3_file *inner_of(sqlite3_file *file)
{
        return ((struct summed_file *)(void *)file)->inner;
}

static int sums_of(sqlite3_file *file)
{
        return ((struct summed_file *)(void *)file)->sums;
}

static int file_close(sqlite3_file *file)
{
        struct summed_file *f = (struct summed_file *)(void *)file;

        fd_close(&f->sums);
        return f->inner->pMethods->xClose(f->inner);
}

static int file_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
        return inner_of(file)->pMethods->xRead(inner_of(file), out, n, at);
}

static int file_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
        int result = inner_of(file)->pMethods->xWrite(inner_of(file), p, n, at);

        if (result != SQLITE_OK)
                return result;
        return block_sums_note(sums_of(file), (uint64_t)at, p, (size_t)n) ? SQLITE_OK
                                                                          : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        if (!block_sums_cut(sums_of(file), (uint64_t)size))
                return SQLITE_IOERR_TRUNCATE;
        return inner_of(file)->pMethods->xTruncate(inner_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
        if (fdatasync(sums_of(file)) < 0)
                return SQLITE_IOERR_FSYNC;
        return inner_of(file)->pMethods->xSync(inner_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out)
{
        return inner_of(file)->pMethods->xFileSize(inner_of(file), out);
}

static int file_lock(sqlite3_file *file, int level)
{
        return inner_of(file)->pMethods->xLock(inner_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
        return inner_of(file)->pMethods->xUnlock(inner_of(file), level);
}

static int file_is_reserved(sqlite3_file *file, int *out)
{
        return inner_of(file)->pMethods->xCheckReservedLock(inner_of(file), out);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
        return inner_of(file)->pMethods->xFileControl(inner_of(file), what, argument);
}

static int file_sector_size(sqlite3_file *file)
{
        return inner_of(file)->pMethods->xSectorSize(inner_of(file));
}

static int file_device(sqlite3_file *file)
{
        return inner_of(file)->pMethods->xDeviceCharacteristics(inner_of(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
        return inner_of(file)->pMethods->xShmMap(inner_of(file), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
        return inner_of(file)->pMethods->xShmLock(inner_of(file), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
        inner_of(file)->pMethods->xShmBarrier(inner_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
        return inner_of(file)->pMethods->xShmUnmap(inner_of(file), remove);
}

/* Version 2: no memory mapping, which would be written behind our back. */
static const sqlite3_io_methods summed_methods = {
        .iVersion = 2,
        .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
        .xSync = file_sync, .xFileSize = file_size, .xLock = file_lock, .xUnlock = file_unlock,
        .xCheckReservedLock = file_is_reserved, .xFileControl = file_control,
        .xSectorSize = file_sector_size, .xDeviceCharacteristics = file_device,
        .xShmMap = file_shm_map, .xShmLock = file_shm_lock, .xShmBarrier = file_shm_barrier,
        .xShmUnmap = file_shm_unmap,
};

static int open_summed(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *got)
{
        struct summed_file *f = (struct summed_file *)(void *)file;

        (void)vfs;
        if ((flags & SQLITE_OPEN_MAIN_DB) == 0 || name == NULL)
                return carrel.xOpen(&carrel, name, file, flags, got);
        f->base.pMethods = NULL;        /* until both are open, SQLite must not close it */
        f->inner = (sqlite3_file *)(void *)(f + 1);
        int result = carrel.xOpen(&carrel, name, f->inner, flags, got);

        if (result != SQLITE_OK)
                return result;
        if (block_sums_open(name, &f->sums, NULL) < 0) {
                f->inner->pMethods->xClose(f->inner);
                return SQLITE_CANTOPEN;
        }
        f->base.pMethods = &summed_methods;
        return SQLITE_OK;
}

int sqlite_vfs_install(struct err *err)
{
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
        memcpy(&summed, &carrel, sizeof summed);
        summed.zName = SUMMED_VFS;
        summed.szOsFile += (int)sizeof(struct summed_file);
        summed.xOpen = open_summed;
        if (sqlite3_vfs_register(&carrel, 1) != SQLITE_OK || sqlite3_vfs_register(&summed, 0) != SQLITE_OK)
                return err_set(err, ERR_UNSUPPORTED, "SQLite refused the file layer");
        installed = true;
        return 0;
}
