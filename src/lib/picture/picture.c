/*
 * picture.c -- which kind it is, and the kinds whose size stands at a fixed place.
 */
#include "picture/picture.h"

#include "kinds.h"

static unsigned be32(struct str s, size_t at)
{
        return picture_be16(s, at) << 16 | picture_be16(s, at + 2);
}

/* The first chunk is IHDR (11.2.2). */
static bool png_measure(struct str head, struct picture_size *out)
{
        if (head.n < 24 || !str_eq(str_make(head.p + 12, 4), STR("IHDR")))
                return false;
        *out = (struct picture_size){ be32(head, 16), be32(head, 20) };
        return true;
}

/* The logical screen (17): what browsers show a GIF in. */
static bool gif_measure(struct str head, struct picture_size *out)
{
        if (head.n < 10)
                return false;
        *out = (struct picture_size){ picture_le16(head, 6), picture_le16(head, 8) };
        return true;
}

static unsigned le24(struct str s, size_t at)
{
        return picture_le16(s, at) | picture_byte(s, at + 2) << 16;
}

/* A lossy frame (RFC 6386, 9.1), a lossless one (RFC 9649, 3.4), or a canvas (2.7). */
static bool webp_measure(struct str head, struct picture_size *out)
{
        if (head.n < 30)
                return false;
        struct str chunk = str_make(head.p + 12, 4);

        if (str_eq(chunk, STR("VP8X"))) {
                *out = (struct picture_size){ le24(head, 24) + 1, le24(head, 27) + 1 };
                return true;
        }
        if (str_eq(chunk, STR("VP8L")) && picture_byte(head, 20) == 0x2f) {
                unsigned low = picture_le16(head, 21), high = picture_le16(head, 23);

                *out = (struct picture_size){ (low & 0x3fff) + 1,
                                              (low >> 14 | (high & 0xfff) << 2) + 1 };
                return true;
        }
        if (str_eq(chunk, STR("VP8 ")) && picture_byte(head, 23) == 0x9d &&
            picture_byte(head, 24) == 0x01 && picture_byte(head, 25) == 0x2a) {
                *out = (struct picture_size){ picture_le16(head, 26) & 0x3fff,
                                              picture_le16(head, 28) & 0x3fff };
                return true;
        }
        return false;
}

static bool is_webp(struct str head)
{
        return head.n >= 12 && str_starts(head, STR("RIFF")) &&
               str_eq(str_make(head.p + 8, 4), STR("WEBP"));
}

static bool measure(struct str head, struct picture_size *out)
{
        if (str_starts(head, STR("\x89PNG\r\n\x1a\n")))
                return png_measure(head, out);
        if (str_starts(head, STR("\xff\xd8\xff")))
                return jpeg_measure(head, out);
        if (str_starts(head, STR("GIF87a")) || str_starts(head, STR("GIF89a")))
                return gif_measure(head, out);
        if (is_webp(head))
                return webp_measure(head, out);
        return svg_measure(head, out);
}

bool picture_measure(struct str head, struct picture_size *out)
{
        struct picture_size size = { 0, 0 };

        if (head.n > PICTURE_HEAD)
                head.n = PICTURE_HEAD;
        if (!measure(head, &size) || size.width == 0 || size.height == 0 ||
            size.width > PICTURE_SIDE_MAX || size.height > PICTURE_SIDE_MAX)
                return false;
        *out = size;
        return true;
}
