/*
 * zip.c -- libarchive's zip writer, in the order this tree needs.
 */
#include "exchange/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "exchange/bundle.h"
#include "exchange/path.h"
#include "exchange/visit.h"

struct zip {
        struct archive *a;
        int fd;
        uint64_t written;
        uint64_t left;                  /* bytes the entry still needs, or ZIP_SIZE_UNKNOWN */
        uint64_t bytes;                 /* it has */
        bool open;
        bool finished;
        bool abandoned;                 /* nothing more reaches the descriptor */
        struct digest_stream digest;
        struct err why;                 /* of a write that failed */
};

static la_ssize_t on_write(struct archive *a, void *ctx, const void *p, size_t n)
{
        struct zip *zip = ctx;

        if (zip->abandoned)
                return (la_ssize_t)n;
        if (fd_write_all(zip->fd, p, n, &zip->why) < 0) {
                archive_set_error(a, EIO, "%s", zip->why.text);
                return -1;
        }
        zip->written += n;
        return (la_ssize_t)n;
}

static int failed(struct zip *zip, struct err *err)
{
        if (zip->why.code != 0)
                return err_set(err, zip->why.code, "write the archive: %s", zip->why.text);
        return err_set(err, ERR_IO, "write the archive: %s",
                       archive_error_string(zip->a) != NULL ? archive_error_string(zip->a)
                                                            : "unknown");
}

bool archive_name_is_good(struct str name)
{
        struct str path;

        return path_check(name, &path, NULL) == 0 && path.n == name.n;
}

static int open_writer(struct zip *zip, struct err *err)
{
        zip->a = archive_write_new();
        if (zip->a == NULL)
                return err_set(err, ERR_LIMIT, "no memory for the archive writer");
        if (archive_write_set_format_zip(zip->a) != ARCHIVE_OK ||
            archive_write_set_options(zip->a, "hdrcharset=UTF-8,compression-level=6") != ARCHIVE_OK ||
            archive_write_set_bytes_in_last_block(zip->a, 1) != ARCHIVE_OK ||
            archive_write_open2(zip->a, zip, NULL, on_write, NULL, NULL) != ARCHIVE_OK)
                return failed(zip, err);
        return 0;
}

int zip_new(int fd, struct zip **out, struct err *err)
{
        struct zip *zip CLEANUP_ZIP = xalloc(sizeof *zip);

        zip->fd = fd;
        int r = exchange_prepare(err);

        if (r < 0)
                return r;
        /* Asked for when the character set is chosen, and again for each name. */
        locale_t before = uselocale(archive_locale());

        r = open_writer(zip, err);
        uselocale(before);
        if (r < 0)
                return r;
        *out = zip;
        zip = NULL;
        return 0;
}

void zip_free(struct zip **zip)
{
        if (*zip == NULL)
                return;
        /*
         * An unfinished archive must stay unfinished, but only closing gives the writer's memory
         * back: what it writes then goes nowhere.
         */
        (*zip)->abandoned = true;
        if ((*zip)->a != NULL)
                (void)archive_write_close((*zip)->a);
        archive_write_free((*zip)->a);
        free(*zip);
        *zip = NULL;
}

static int write_header(struct zip *zip, struct str name, uint64_t size, int64_t when,
                        struct err *err)
{
        char *text CLEANUP_FREE = str_dup(name);
        struct archive_entry *e = archive_entry_new();

        if (e == NULL)
                return err_set(err, ERR_LIMIT, "no memory for the archive writer");
        /* Without it every name beyond ASCII is an error. */
        locale_t before = uselocale(archive_locale());

        archive_entry_set_pathname(e, text);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        if (size != ZIP_SIZE_UNKNOWN)
                archive_entry_set_size(e, (la_int64_t)size);
        archive_entry_set_mtime(e, (time_t)when, 0);
        int code = archive_write_header(zip->a, e);

        uselocale(before);
        archive_entry_free(e);
        return code == ARCHIVE_OK ? 0 : failed(zip, err);
}

int zip_begin(struct zip *zip, struct str name, uint64_t size, bool packed, int64_t when,
              struct err *err)
{
        check(!zip->open && archive_name_is_good(name));
        if ((packed ? archive_write_zip_set_compression_store(zip->a)
                    : archive_write_zip_set_compression_deflate(zip->a)) != ARCHIVE_OK)
                return failed(zip, err);
        int r = write_header(zip, name, size, when, err);

        if (r < 0)
                return r;
        zip->open = true;
        zip->left = size;
        zip->bytes = 0;
        digest_start(&zip->digest);
        return 0;
}

int zip_add(struct zip *zip, const void *p, size_t n, struct err *err)
{
        check(zip->open && n <= zip->left);
        digest_add(&zip->digest, p, n);
        zip->bytes += n;
        if (zip->left != ZIP_SIZE_UNKNOWN)
                zip->left -= n;
        if (n > 0 && archive_write_data(zip->a, p, n) != (la_ssize_t)n)
                return failed(zip, err);
        return 0;
}

int zip_end(struct zip *zip, uint64_t *out_size, struct digest *out, struct err *err)
{
        check(zip->open && (zip->left == 0 || zip->left == ZIP_SIZE_UNKNOWN));
        zip->open = false;
        if (archive_write_finish_entry(zip->a) != ARCHIVE_OK)
                return failed(zip, err);
        digest_finish(&zip->digest, out);
        *out_size = zip->bytes;
        return 0;
}

int zip_finish(struct zip *zip, struct err *err)
{
        check(!zip->open && !zip->finished);
        if (archive_write_close(zip->a) != ARCHIVE_OK)
                return failed(zip, err);
        zip->finished = true;
        return 0;
}

uint64_t zip_written(const struct zip *zip)
{
        return zip->written;
}
