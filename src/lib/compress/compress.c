/*
 * compress.c -- zlib and brotli over whole buffers.
 */
#include "compress/compress.h"

#include <limits.h>
#include <stdlib.h>

#include <brotli/decode.h>
#include <brotli/encode.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/check.h"

enum {
        GZIP_WINDOW = 15 + 16,          /* 32 KiB window; 16 asks zlib for the gzip wrapping */
        GZIP_MEMORY = 9,
        OUT_STEP = 16 * 1024,
};

static int check_size(struct str in, struct err *err)
{
        if (in.n > INT_MAX / 2)
                return err_set(err, ERR_LIMIT, "%zu bytes are too many to compress at once", in.n);
        return 0;
}

int compress_gzip(struct str in, enum compress_effort effort, struct buf *out, struct err *err)
{
        z_stream z = { 0 };
        int r = check_size(in, err);

        if (r < 0)
                return r;
        if (deflateInit2(&z, effort == COMPRESS_BEST ? 9 : 6, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                         Z_DEFAULT_STRATEGY) != Z_OK)
                return err_set(err, ERR_IO, "zlib cannot start; is memory exhausted?");

        struct buf made CLEANUP_BUF = { 0 };
        uLong bound = deflateBound(&z, in.n);

        buf_reserve(&made, bound);
        z.next_in = (const Bytef *)in.p;
        z.avail_in = (uInt)in.n;
        z.next_out = (Bytef *)made.p;
        z.avail_out = (uInt)bound;
        r = deflate(&z, Z_FINISH);
        made.n = z.total_out;
        deflateEnd(&z);
        if (r != Z_STREAM_END)
                return err_set(err, ERR_IO, "zlib failed with code %d", r);
        buf_add(out, made.p, made.n);
        return 0;
}

static int brotli_quality(size_t n, enum compress_effort effort)
{
        if (effort == COMPRESS_QUICK)
                return 5;
        return n <= 64 * KIB ? 11 : n <= MIB ? 10 : 9;
}

int compress_brotli(struct str in, enum compress_effort effort, struct buf *out, struct err *err)
{
        int r = check_size(in, err);

        if (r < 0)
                return r;

        struct buf made CLEANUP_BUF = { 0 };
        size_t size = BrotliEncoderMaxCompressedSize(in.n) + 16;

        buf_reserve(&made, size);
        if (BrotliEncoderCompress(brotli_quality(in.n, effort), BROTLI_DEFAULT_WINDOW,
                                  BROTLI_MODE_TEXT, in.n, (const uint8_t *)in.p, &size,
                                  (uint8_t *)made.p) != BROTLI_TRUE)
                return err_set(err, ERR_IO, "brotli failed; is memory exhausted?");
        buf_add(out, made.p, size);
        return 0;
}

bool compress_pays(size_t n, size_t compressed)
{
        return compressed < n && n - compressed >= 64 && n - compressed >= n / 16;
}

static int too_long(size_t max, struct err *err)
{
        return err_set(err, ERR_LIMIT, "decompressed content is longer than %zu bytes", max);
}

static int damaged(const char *what, struct err *err)
{
        return err_set(err, ERR_INVALID, "%s data is damaged or cut short", what);
}

int decompress_gzip(struct str in, size_t max, struct buf *out, struct err *err)
{
        check(max < SIZE_MAX / 2);
        z_stream z = { 0 };
        int r = check_size(in, err);

        if (r < 0)
                return r;
        if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
                return err_set(err, ERR_IO, "zlib cannot start; is memory exhausted?");

        struct buf made CLEANUP_BUF = { 0 };
        int state = Z_OK;

        z.next_in = (const Bytef *)in.p;
        z.avail_in = (uInt)in.n;
        /* One byte above max is allowed in, to tell "exactly max" from "more". */
        while (state == Z_OK && made.n <= max) {
                size_t room = max + 1 - made.n < OUT_STEP ? max + 1 - made.n : OUT_STEP;

                buf_reserve(&made, room);
                z.next_out = (Bytef *)made.p + made.n;
                z.avail_out = (uInt)room;
                state = inflate(&z, Z_NO_FLUSH);
                made.n += room - z.avail_out;
        }
        size_t left = z.avail_in;

        inflateEnd(&z);
        if (made.n > max)
                return too_long(max, err);
        if (state != Z_STREAM_END || left > 0)
                return damaged("gzip", err);
        buf_add(out, made.p, made.n);
        return 0;
}

static void brotli_decoder_free(BrotliDecoderState **decoder)
{
        BrotliDecoderDestroyInstance(*decoder);
}

int decompress_brotli(struct str in, size_t max, struct buf *out, struct err *err)
{
        check(max < SIZE_MAX / 2);
        BrotliDecoderState *decoder CLEANUP(brotli_decoder_free) =
                BrotliDecoderCreateInstance(NULL, NULL, NULL);
        struct buf made CLEANUP_BUF = { 0 };
        const uint8_t *next = (const uint8_t *)in.p;
        size_t left = in.n;
        BrotliDecoderResult state = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;

        if (decoder == NULL)
                return err_set(err, ERR_IO, "brotli cannot start; is memory exhausted?");
        while (state == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && made.n <= max) {
                size_t room = max + 1 - made.n < OUT_STEP ? max + 1 - made.n : OUT_STEP;
                size_t free_space = room;

                buf_reserve(&made, room);
                uint8_t *to = (uint8_t *)made.p + made.n;

                state = BrotliDecoderDecompressStream(decoder, &left, &next, &free_space, &to,
                                                      NULL);
                made.n += room - free_space;
        }
        if (made.n > max)
                return too_long(max, err);
        if (state != BROTLI_DECODER_RESULT_SUCCESS || left > 0)
                return damaged("brotli", err);
        buf_add(out, made.p, made.n);
        return 0;
}
