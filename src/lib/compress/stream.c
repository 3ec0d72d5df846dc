/*
 * stream.c -- libzstd's streams with buffers of the size it asks for.
 */
#include "compress/stream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "base/check.h"
#include "base/fd.h"
#include "base/xalloc.h"

enum { LEVEL = 3, WINDOW_LOG_MAX = 23 };        /* 8 MiB: four times what level 3 writes */

struct pump {
        int in, out;
        void *from, *to;                /* buffers */
        size_t from_size, to_size;
        uint64_t written, max;
};

static void pump_free(struct pump *p)
{
        free(p->from);
        free(p->to);
}

static struct pump pump_new(int in, int out, size_t from_size, size_t to_size)
{
        return (struct pump){ .in = in, .out = out, .from = xalloc(from_size), .to = xalloc(to_size),
                              .from_size = from_size, .to_size = to_size };
}

/* The number of bytes; 0 at the end. */
static int fill(const struct pump *p, size_t *n, struct err *err)
{
        ssize_t got;

        do
                got = read(p->in, p->from, p->from_size);
        while (got < 0 && errno == EINTR);
        if (got < 0)
                return err_errno(err, "read what is to be packed");
        *n = (size_t)got;
        return 0;
}

static int drain(struct pump *p, size_t n, struct err *err)
{
        p->written += n;
        if (p->max > 0 && p->written > p->max)
                return err_set(err, ERR_LIMIT, "the content is longer than it may be");
        return n > 0 ? fd_write_all(p->out, p->to, n, err) : 0;
}

static void free_compressor(ZSTD_CCtx **z)
{
        ZSTD_freeCCtx(*z);
}

/* All of one buffer; at the end also what the library has kept. */
static int press(struct pump *p, ZSTD_CCtx *z, size_t n, bool last, struct err *err)
{
        ZSTD_inBuffer in = { p->from, n, 0 };
        bool done;

        do {
                ZSTD_outBuffer out = { p->to, p->to_size, 0 };
                size_t left = ZSTD_compressStream2(z, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);

                check(!ZSTD_isError(left));
                int r = drain(p, out.pos, err);

                if (r < 0)
                        return r;
                done = last ? left == 0 : in.pos == in.size;
        } while (!done);
        return 0;
}

int compress_stream(int in, int out, struct err *err)
{
        struct pump p CLEANUP(pump_free) =
                pump_new(in, out, ZSTD_CStreamInSize(), ZSTD_CStreamOutSize());
        ZSTD_CCtx *z CLEANUP(free_compressor) = ZSTD_createCCtx();
        size_t n = 0;

        check(z != NULL && !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL)) &&
              !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)));
        do {
                int r = fill(&p, &n, err);

                if (r == 0)
                        r = press(&p, z, n, n == 0, err);
                if (r < 0)
                        return r;
        } while (n > 0);
        return 0;
}

static int damaged(struct err *err)
{
        return err_set(err, ERR_CORRUPT, "the packed content is damaged or cut short");
}

struct decompressor {
        struct pump pump;               /* its `from` is the caller's */
        ZSTD_DCtx *z;
        bool whole;                     /* the frame has ended; nothing may stand behind it */
};

struct decompressor *decompressor_new(int out, uint64_t max)
{
        struct decompressor *d = xalloc(sizeof *d);

        d->pump = (struct pump){ .in = -1, .out = out, .to = xalloc(ZSTD_DStreamOutSize()),
                                 .to_size = ZSTD_DStreamOutSize(), .max = max };
        d->z = ZSTD_createDCtx();
        check(d->z != NULL &&
              !ZSTD_isError(ZSTD_DCtx_setParameter(d->z, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)));
        return d;
}

void decompressor_free(struct decompressor **d)
{
        if (*d == NULL)
                return;
        pump_free(&(*d)->pump);
        ZSTD_freeDCtx((*d)->z);
        free(*d);
        *d = NULL;
}

int decompressor_add(struct decompressor *d, struct str packed, struct err *err)
{
        ZSTD_inBuffer in = { packed.p, packed.n, 0 };
        ZSTD_outBuffer out;

        if (packed.n == 0)
                return 0;
        do {
                if (d->whole)
                        return damaged(err);
                out = (ZSTD_outBuffer){ d->pump.to, d->pump.to_size, 0 };
                size_t left = ZSTD_decompressStream(d->z, &out, &in);

                if (ZSTD_isError(left))
                        return damaged(err);
                d->whole = left == 0;
                int r = drain(&d->pump, out.pos, err);

                if (r < 0)
                        return r;
        } while (in.pos < in.size || (out.pos == out.size && !d->whole));
        return 0;
}

int decompressor_finish(const struct decompressor *d, struct err *err)
{
        return d->whole ? 0 : damaged(err);
}

int decompress_stream(int in, int out, uint64_t max, struct err *err)
{
        struct decompressor *d CLEANUP_DECOMPRESSOR = decompressor_new(out, max);
        struct pump p CLEANUP(pump_free) = { .in = in, .from = xalloc(ZSTD_DStreamInSize()),
                                             .from_size = ZSTD_DStreamInSize() };
        size_t n = 0;

        for (;;) {
                int r = fill(&p, &n, err);

                if (r < 0)
                        return r;
                if (n == 0)
                        return decompressor_finish(d, err);
                r = decompressor_add(d, str_make(p.from, n), err);
                if (r < 0)
                        return r;
        }
}
