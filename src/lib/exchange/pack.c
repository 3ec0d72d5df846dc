/*
 * pack.c -- walk a folder, write a tar.
 */
#include "exchange/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "exchange/path.h"

struct packing {
        struct archive *a;
        const struct exchange_limits *limits;
        pack_skipped_fn *skipped;
        void *ctx;
        size_t entries;
        uint64_t total;
};

static int archive_failed(struct packing *p, struct err *err)
{
        int number = archive_errno(p->a);

        return err_set(err, number == EPIPE ? ERR_GONE : ERR_IO, "write the archive: %s",
                       archive_error_string(p->a) != NULL ? archive_error_string(p->a) : "unknown");
}

static int write_header(struct packing *p, const char *path, const struct stat *st, struct err *err)
{
        struct archive_entry *e = archive_entry_new();

        if (e == NULL)
                return err_set(err, ERR_LIMIT, "no memory for the archive writer");
        /* Name, kind and size only: who owns it and when it changed is nobody's business. */
        archive_entry_set_pathname(e, path);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, st->st_size);
        int code = archive_write_header(p->a, e);

        archive_entry_free(e);
        return code == ARCHIVE_OK ? 0 : archive_failed(p, err);
}

static int write_file(struct packing *p, int fd, const char *path, const struct stat *st,
                      struct err *err)
{
        char *part CLEANUP_FREE = xalloc(64 * KIB);
        uint64_t left = (uint64_t)st->st_size;
        int r = write_header(p, path, st, err);

        while (r == 0 && left > 0) {
                size_t want = left < 64 * KIB ? (size_t)left : (size_t)(64 * KIB);
                ssize_t got = read(fd, part, want);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, "read %s", path);
                if (got == 0)
                        return err_set(err, ERR_IO, "%s became shorter while it was read", path);
                if (archive_write_data(p->a, part, (size_t)got) != got)
                        return archive_failed(p, err);
                left -= (uint64_t)got;
        }
        return r;
}

static int pack_file(struct packing *p, int dir, const char *name, const char *path,
                     struct err *err)
{
        int fd CLEANUP_FD = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "open %s", path);
        if (!S_ISREG(st.st_mode)) {
                p->skipped(p->ctx, str_of(path), "it is no longer a file");
                return 0;
        }
        if (++p->entries > p->limits->entries)
                return err_set(err, ERR_LIMIT, "the folder holds more than %zu files",
                               p->limits->entries);
        p->total += (uint64_t)st.st_size;
        if ((uint64_t)st.st_size > p->limits->file || p->total > p->limits->total)
                return err_set(err, ERR_LIMIT, "%s is too large, or the folder is (%llu MiB a file,"
                                               " %llu MiB together)",
                               path, (unsigned long long)(p->limits->file >> 20),
                               (unsigned long long)(p->limits->total >> 20));
        return write_file(p, fd, path, &st, err);
}

static int pack_level(struct packing *p, int dir, const char *prefix, unsigned depth,
                      struct err *err);

static int pack_one(struct packing *p, int dir, const char *name, const char *prefix,
                    unsigned depth, struct err *err)
{
        char *path CLEANUP_FREE = xprintf("%s%s%s", prefix, prefix[0] != '\0' ? "/" : "", name);
        struct stat st;

        if (name[0] == '.' || strcmp(name, "node_modules") == 0 || strcmp(name, "__pycache__") == 0)
                return 0;
        if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return err_errno(err, "look at %s", path);
        if (S_ISREG(st.st_mode))
                return pack_file(p, dir, name, path, err);
        if (!S_ISDIR(st.st_mode)) {
                p->skipped(p->ctx, str_of(path),
                           S_ISLNK(st.st_mode) ? "it is a symbolic link" : "it is no file");
                return 0;
        }
        if (depth + 1 >= PATH_PARTS_MAX)
                return err_set(err, ERR_LIMIT, "%s is more than %d folders deep", path,
                               PATH_PARTS_MAX);
        int below CLEANUP_FD =
                openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (below < 0)
                return err_errno(err, "open %s", path);
        return pack_level(p, below, path, depth + 1, err);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
        return strcmp((*a)->d_name, (*b)->d_name);
}

static int pack_level(struct packing *p, int dir, const char *prefix, unsigned depth,
                      struct err *err)
{
        struct dirent **names = NULL;
        int n = scandirat(dir, ".", &names, NULL, by_name), r = 0;

        if (n < 0)
                return err_errno(err, "list %s", prefix[0] != '\0' ? prefix : "the folder");
        for (int i = 0; i < n; i++) {
                if (r == 0)
                        r = pack_one(p, dir, names[i]->d_name, prefix, depth, err);
                free(names[i]);
        }
        free(names);
        return r;
}

static int pack_all(struct packing *p, int dir, int fd, struct err *err)
{
        if (archive_write_set_format_pax_restricted(p->a) != ARCHIVE_OK ||
            archive_write_add_filter_none(p->a) != ARCHIVE_OK ||
            archive_write_set_options(p->a, "hdrcharset=UTF-8") != ARCHIVE_OK ||
            archive_write_open_fd(p->a, fd) != ARCHIVE_OK)
                return archive_failed(p, err);
        int r = pack_level(p, dir, "", 0, err);

        if (r == 0 && archive_write_close(p->a) != ARCHIVE_OK)
                return archive_failed(p, err);
        return r;
}

int pack_folder(const char *folder, int fd, const struct exchange_limits *limits,
                pack_skipped_fn *skipped, void *ctx, struct err *err)
{
        struct packing p = { .limits = limits, .skipped = skipped, .ctx = ctx };
        int dir CLEANUP_FD = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (dir < 0)
                return err_errno(err, "open %s", folder);
        locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

        if (utf8 == (locale_t)0)
                return err_errno(err, "load the locale C.UTF-8, which Debian's libc-bin brings");
        locale_t before = uselocale(utf8);

        p.a = archive_write_new();
        int r = p.a != NULL ? pack_all(&p, dir, fd, err) :
                              err_set(err, ERR_LIMIT, "no memory for the archive writer");

        /* An unfinished archive must stay unfinished: freeing would write its end. */
        if (p.a != NULL && r < 0)
                archive_write_fail(p.a);
        archive_write_free(p.a);
        uselocale(before);
        freelocale(utf8);
        return r;
}
