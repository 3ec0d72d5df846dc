/*
 * archive.c -- zip and tar through libarchive, believed in nothing.
 *
 * Only two formats and one filter are switched on. Sizes an archive declares are checked before a
 * byte is unpacked, and what really comes out is counted again: against the limits, and against the
 * bytes that went in, because honest documentation shrinks a few times and a bomb a thousand times.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "exchange/bundle.h"
#include "exchange/path.h"
#include "exchange/visit.h"

enum {
        PART = 64 * 1024,
        RATIO_FREE = 16 * 1024 * 1024,  /* below this, repetition is nobody's business */
        RATIO_MAX = 64,
};

struct source {
        int fd;
        bool seekable;
        uint64_t size;                  /* of a file; of a stream: read so far */
        bool listing;                   /* until the first entry: a zip's directory is read whole */
        size_t records, records_max;    /* directory records seen, about */
        char part[PART];
};

struct reading {
        const struct exchange_limits *limits;
        const struct archive_visitor *visitor;
        void *ctx;
        struct source *source;
        struct archive *a;
        size_t entries;
        uint64_t total;                 /* bytes unpacked */
};

static locale_t utf8_names;

int exchange_prepare(struct err *err)
{
        /*
         * libarchive turns names into the thread's character set; in "C" every umlaut is an error.
         */
        if (utf8_names == (locale_t)0)
                utf8_names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
        if (utf8_names == (locale_t)0)
                return err_errno(err, "load the locale C.UTF-8, which Debian's libc-bin brings");
        return 0;
}

locale_t archive_locale(void)
{
        return utf8_names;
}

/*
 * libarchive keeps a zip's whole directory in memory before it gives the first entry. Its records
 * are counted on their way there, whatever number the directory states.
 */
static bool too_many_records(struct source *s, size_t n)
{
        static const char signature[4] = { 'P', 'K', 1, 2 };
        const char *at = s->part, *end = s->part + n;

        while (at < end && (at = memmem(at, (size_t)(end - at), signature, 4)) != NULL) {
                s->records++;
                at += 4;
        }
        return s->records > s->records_max;
}

static la_ssize_t source_read(struct archive *a, void *ctx, const void **out)
{
        struct source *s = ctx;

        for (;;) {
                ssize_t got = read(s->fd, s->part, sizeof s->part);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0) {
                        archive_set_error(a, errno, "read error");
                        return -1;
                }
                if (!s->seekable)
                        s->size += (uint64_t)got;
                if (s->listing && too_many_records(s, (size_t)got)) {
                        archive_set_error(a, EFBIG, "too many entries");
                        return -1;
                }
                *out = s->part;
                return got;
        }
}

static la_int64_t source_seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
        const struct source *s = ctx;
        off_t at = lseek(s->fd, (off_t)offset, whence);

        if (at < 0) {
                archive_set_error(a, errno, "seek error");
                return ARCHIVE_FATAL;
        }
        return at;
}

/* A zip's table of contents is at its end, so a stream can only be tar. */
static int open_archive(struct reading *r, struct err *err)
{
        struct archive *a = r->a;
        int code = archive_read_support_format_tar(a);

        if (code == ARCHIVE_OK)
                code = archive_read_support_filter_gzip(a);
        if (code == ARCHIVE_OK && r->source->seekable)
                code = archive_read_support_format_zip_seekable(a);
        if (code == ARCHIVE_OK)
                code = archive_read_set_read_callback(a, source_read);
        if (code == ARCHIVE_OK && r->source->seekable)
                code = archive_read_set_seek_callback(a, source_seek);
        if (code == ARCHIVE_OK)
                code = archive_read_set_callback_data(a, r->source);
        /* Names without a declared character set are taken as UTF-8; there is no guessing. */
        if (code == ARCHIVE_OK)
                code = archive_read_set_options(a, "hdrcharset=UTF-8");
        if (code == ARCHIVE_OK)
                code = archive_read_open1(a);
        if (code != ARCHIVE_OK)
                return err_set(
                        err, ERR_INVALID, "this is neither a zip file nor a tar archive (%s)",
                        archive_error_string(a) != NULL ? archive_error_string(a) : "unknown");
        return 0;
}

static int check_kind(struct archive_entry *e, struct str path, struct err *err)
{
        if (archive_entry_is_encrypted(e))
                return err_set(err, ERR_UNSUPPORTED,
                               "the archive is encrypted; pack it again without a password");
        if (archive_entry_hardlink(e) != NULL)
                return err_set(err, ERR_INVALID,
                               "the archive holds a hard link ('%.*s'); pack the file itself",
                               STR_ARG(path));
        switch (archive_entry_filetype(e)) {
        case AE_IFREG:
        case AE_IFDIR:
                return 0;
        case AE_IFLNK:
                return err_set(err, ERR_INVALID,
                               "the archive holds a symbolic link ('%.*s'); pack the file itself",
                               STR_ARG(path));
        default:
                return err_set(err, ERR_INVALID,
                               "the archive holds something that is no file ('%.*s')",
                               STR_ARG(path));
        }
}

static int check_sizes(const struct reading *r, struct str path, uint64_t file, struct err *err)
{
        const struct exchange_limits *max = r->limits;

        if (file > max->file)
                return err_set(err, ERR_LIMIT, "'%.*s' is larger than %llu MiB", STR_ARG(path),
                               (unsigned long long)(max->file >> 20));
        if (r->total + file > max->total)
                return err_set(err, ERR_LIMIT, "the archive holds more than %llu MiB",
                               (unsigned long long)(max->total >> 20));
        return 0;
}

/* A stream's size is what was read of it so far: that says nothing about bytes still to come. */
static int check_ratio(const struct reading *r, uint64_t file, struct err *err)
{
        if (r->total + file > RATIO_FREE && (r->total + file) / RATIO_MAX > r->source->size)
                return err_set(err, ERR_LIMIT,
                               "the archive unpacks to more than %d times its size; that is no"
                               " documentation",
                               RATIO_MAX);
        return 0;
}

static int unpack(struct reading *r, struct str path, struct err *err)
{
        uint64_t size = 0;
        const void *p;
        size_t n;
        la_int64_t offset;
        int code;

        while ((code = archive_read_data_block(r->a, &p, &n, &offset)) == ARCHIVE_OK) {
                /* Holes of a sparse tar file would be bytes nobody counted. */
                if ((uint64_t)offset != size)
                        return err_set(err, ERR_INVALID, "'%.*s' is a sparse file; pack it whole",
                                       STR_ARG(path));
                int x = check_sizes(r, path, size + n, err);

                if (x == 0)
                        x = check_ratio(r, size + n, err);
                if (x == 0)
                        x = r->visitor->data(r->ctx, p, n, err);
                if (x < 0)
                        return x;
                size += n;
        }
        if (code != ARCHIVE_EOF)
                return err_set(
                        err, ERR_INVALID, "the archive is damaged at '%.*s' (%s)", STR_ARG(path),
                        archive_error_string(r->a) != NULL ? archive_error_string(r->a) : "?");
        r->total += size;
        return r->visitor->end(r->ctx, err);
}

/* What packers add for their own system; nobody would miss it. */
static bool is_rubbish(struct str path)
{
        return str_starts(path, STR("__MACOSX/")) || str_is(path, "__MACOSX");
}

static int take_entry(struct reading *r, struct archive_entry *e, struct err *err)
{
        const char *name = archive_entry_pathname_utf8(e);
        struct str path;

        if (++r->entries > r->limits->entries)
                return err_set(err, ERR_LIMIT, "the archive holds more than %zu entries",
                               r->limits->entries);
        if (name == NULL)
                return err_set(err, ERR_INVALID,
                               "the archive holds a file name that is not UTF-8; rename the file "
                               "and"
                               " pack it again");
        bool folder = archive_entry_filetype(e) == AE_IFDIR;

        /* "tar c ." begins each name with "./", and names the root itself. */
        if (folder && (strcmp(name, ".") == 0 || strcmp(name, "./") == 0))
                return 0;
        int x = path_check(str_of(strncmp(name, "./", 2) == 0 ? name + 2 : name), &path, err);

        if (x == 0)
                x = check_kind(e, path, err);
        if (x < 0 || is_rubbish(path))
                return x;
        if (archive_entry_size_is_set(e))
                x = check_sizes(r, path, (uint64_t)archive_entry_size(e), err);
        if (x == 0 && archive_entry_size_is_set(e) && r->source->seekable)
                x = check_ratio(r, (uint64_t)archive_entry_size(e), err);
        if (x == 0)
                x = r->visitor->begin(r->ctx, path, folder, err);
        if (x < 0 || folder)
                return x;
        return unpack(r, path, err);
}

static int take_all(struct reading *r, struct err *err)
{
        struct archive_entry *e;
        int code;

        while ((code = archive_read_next_header(r->a, &e)) == ARCHIVE_OK || code == ARCHIVE_WARN) {
                r->source->listing = false;
                int x = take_entry(r, e, err);

                if (x < 0)
                        return x;
        }
        if (r->source->records > r->source->records_max)
                return err_set(err, ERR_LIMIT, "the archive holds more than %zu entries",
                               r->limits->entries);
        if (code != ARCHIVE_EOF)
                return err_set(
                        err, ERR_INVALID, "this is no zip or tar archive, or a damaged one (%s)",
                        archive_error_string(r->a) != NULL ? archive_error_string(r->a) : "?");
        return 0;
}

static int visit(int fd, struct reading *r, struct err *err)
{
        struct stat st;

        r->source->fd = fd;
        r->source->listing = true;
        /* The end of the directory is read twice: room for a whole part of smallest records. */
        r->source->records_max = r->limits->entries + PART / 46;
        if (fstat(fd, &st) < 0)
                return err_errno(err, "look at the archive");
        r->source->seekable = S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_SET) == 0;
        r->source->size = r->source->seekable ? (uint64_t)st.st_size : 0;
        r->a = archive_read_new();
        if (r->a == NULL)
                return err_set(err, ERR_LIMIT, "no memory for the archive reader");
        int x = open_archive(r, err);

        if (x == 0)
                x = take_all(r, err);
        archive_read_free(r->a);
        return x;
}

int archive_visit(int fd, const struct exchange_limits *limits,
                  const struct archive_visitor *visitor, void *ctx, struct err *err)
{
        struct source *source CLEANUP_FREE = xalloc(sizeof *source);
        struct reading r = { .limits = limits, .visitor = visitor, .ctx = ctx, .source = source };
        int x = exchange_prepare(err);

        if (x < 0)
                return x;
        locale_t before = uselocale(utf8_names);

        x = visit(fd, &r, err);
        uselocale(before);
        return x;
}
