/*
 * archives.h -- archives made in memory, honest ones by libarchive and dishonest ones by hand.
 */
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"

/* Most samples are a name and a text; the other fields are zero. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct sample {
        const char *path;
        const char *text;               /* NULL: a folder */
        size_t n;                       /* 0: strlen */
        unsigned type;                  /* 0: a file; else AE_IFLNK and others */
        const char *link;               /* target of a symbolic or hard link */
        bool hard;
};

static inline int memory_file(const void *p, size_t n)
{
        int fd = memfd_create("archive", MFD_CLOEXEC);

        if (fd < 0 || write(fd, p, n) != (ssize_t)n)
                abort();
        return fd;
}

static inline void put_sample(struct archive *a, const struct sample *s)
{
        struct archive_entry *e = archive_entry_new();
        size_t n = s->text == NULL ? 0 : s->n > 0 ? s->n : strlen(s->text);

        archive_entry_set_pathname(e, s->path);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_filetype(e, s->type != 0      ? s->type
                                      : s->text != NULL ? AE_IFREG
                                                        : AE_IFDIR);
        archive_entry_set_size(e, (la_int64_t)n);
        if (s->link != NULL && s->hard)
                archive_entry_set_hardlink(e, s->link);
        else if (s->link != NULL)
                archive_entry_set_symlink(e, s->link);
        if (archive_write_header(a, e) < ARCHIVE_WARN)
                abort();
        if (n > 0 && archive_write_data(a, s->text, n) != (la_ssize_t)n)
                abort();
        archive_entry_free(e);
}

/* The archive as a file of its own; the caller closes it. */
static inline int make_archive(bool zip, const struct sample *samples, size_t n)
{
        locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
        locale_t before = uselocale(utf8);
        struct archive *a = archive_write_new();
        int fd = memfd_create("archive", MFD_CLOEXEC);

        if ((zip ? archive_write_set_format_zip(a) : archive_write_set_format_pax(a)) !=
                    ARCHIVE_OK ||
            archive_write_open_fd(a, fd) != ARCHIVE_OK)
                abort();
        for (size_t i = 0; i < n; i++)
                put_sample(a, &samples[i]);
        if (archive_write_close(a) != ARCHIVE_OK)
                abort();
        archive_write_free(a);
        uselocale(before);
        freelocale(utf8);
        return fd;
}

#define ARCHIVE(zip, ...)                                                                          \
        make_archive(zip, (const struct sample[]){ __VA_ARGS__ },                                  \
                     sizeof((const struct sample[]){ __VA_ARGS__ }) / sizeof(struct sample))

/* A zip written field by field, so that its fields may lie (PKWARE's APPNOTE, 4.3). */
struct raw_zip {
        struct buf file, directory;
        unsigned entries;
};

static inline void le(struct buf *b, uint64_t value, unsigned bytes)
{
        for (unsigned i = 0; i < bytes; i++)
                buf_putc(b, (char)(value >> (8 * i)));
}

struct raw_entry {
        const char *name;
        size_t name_n;                  /* 0: strlen */
        const void *data;               /* as stored; NULL: share the previous entry's data */
        size_t stored, unpacked;
        uint32_t crc;
        unsigned method, flags, mode;
        uint32_t at;                    /* of shared data */
};

static inline uint32_t raw_zip_add(struct raw_zip *z, const struct raw_entry *e)
{
        uint32_t at = e->data != NULL ? (uint32_t)z->file.n : e->at;
        size_t n = e->name_n > 0 ? e->name_n : strlen(e->name);

        for (int directory = 0; directory < 2; directory++) {
                struct buf *b = directory ? &z->directory : &z->file;

                if (!directory && e->data == NULL)
                        continue;
                le(b, directory ? 0x02014b50 : 0x04034b50, 4);
                if (directory)
                        le(b, 3 << 8 | 20, 2);
                le(b, 20, 2);
                le(b, e->flags, 2);
                le(b, e->method, 2);
                le(b, 0, 4);
                le(b, e->crc, 4);
                le(b, e->stored, 4);
                le(b, e->unpacked, 4);
                le(b, n, 2);
                le(b, 0, 2);
                if (directory) {
                        le(b, 0, 2);
                        le(b, 0, 4);
                        le(b, (uint64_t)(e->mode != 0 ? e->mode : 0100644) << 16, 4);
                        le(b, at, 4);
                }
                buf_add(b, e->name, n);
                if (!directory)
                        buf_add(b, e->data, e->stored);
        }
        z->entries++;
        return at;
}

/* Ends the zip; says `entries` of itself, whatever is in it. */
static inline int raw_zip_finish(struct raw_zip *z, unsigned entries)
{
        size_t at = z->file.n;

        buf_add(&z->file, z->directory.p, z->directory.n);
        le(&z->file, 0x06054b50, 4);
        le(&z->file, 0, 4);
        le(&z->file, entries, 2);
        le(&z->file, entries, 2);
        le(&z->file, z->directory.n, 4);
        le(&z->file, at, 4);
        le(&z->file, 0, 2);
        int fd = memory_file(z->file.p, z->file.n);

        buf_free(&z->file);
        buf_free(&z->directory);
        return fd;
}
