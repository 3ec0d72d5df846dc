/*
 * jpeg.c -- the frame header of a JPEG, and whether its camera was held upright.
 */
#include "kinds.h"

enum {
        MARKER = 0xff,
        APP1 = 0xe1,
        START_OF_SCAN = 0xda,
        TIFF_ORIENTATION = 0x0112,
        TIFF_SHORT = 3,
        ENTRIES_MAX = 64,               /* of Exif's first directory; cameras write some 15 */
};

/* Numbers of an Exif block in its own byte order (TIFF 6.0, section 2). */
struct tiff {
        struct str s;
        bool big;
};

static unsigned tiff_16(const struct tiff *t, size_t at)
{
        return t->big ? picture_be16(t->s, at) : picture_le16(t->s, at);
}

static size_t tiff_32(const struct tiff *t, size_t at)
{
        size_t a = tiff_16(t, at), b = tiff_16(t, at + 2);

        return t->big ? a << 16 | b : b << 16 | a;
}

/* Orientations 5 to 8 lie on their side: browsers turn them, so width and height change places. */
static bool lies_on_its_side(struct str segment)
{
        struct tiff t = { .s = segment };

        if (!str_starts(segment, STR("Exif\0\0")) || segment.n < 14)
                return false;
        t.s = str_make(segment.p + 6, segment.n - 6);
        t.big = str_starts(t.s, STR("MM"));
        size_t at = tiff_32(&t, 4);

        if (at > t.s.n || t.s.n - at < 2)
                return false;
        size_t entries = tiff_16(&t, at), left = (t.s.n - at - 2) / 12;

        entries = entries < left ? entries : left;
        for (size_t i = 0; i < entries && i < ENTRIES_MAX; i++) {
                size_t e = at + 2 + 12 * i;

                if (tiff_16(&t, e) == TIFF_ORIENTATION && tiff_16(&t, e + 2) == TIFF_SHORT)
                        return tiff_16(&t, e + 8) >= 5 && tiff_16(&t, e + 8) <= 8;
        }
        return false;
}

/* SOF0 to SOF15 but DHT, JPG and DAC, which stand between them (table B.1). */
static bool is_frame(unsigned marker)
{
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool stands_alone(unsigned marker)
{
        return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

bool jpeg_measure(struct str head, struct picture_size *out)
{
        bool turned = false;

        for (size_t at = 2; head.n >= 4 && at <= head.n - 4;) {
                unsigned marker = picture_byte(head, at + 1);

                if (picture_byte(head, at) != MARKER)
                        return false;
                if (marker == MARKER) {         /* a fill byte (B.1.1.2) */
                        at++;
                        continue;
                }
                if (stands_alone(marker)) {
                        at += 2;
                        continue;
                }
                size_t n = picture_be16(head, at + 2);

                if (marker == START_OF_SCAN || n < 2 || n > head.n - at - 2)
                        return false;
                if (is_frame(marker)) {
                        if (n < 7)
                                return false;
                        unsigned height = picture_be16(head, at + 5), width = picture_be16(head, at + 7);

                        *out = turned ? (struct picture_size){ height, width }
                                      : (struct picture_size){ width, height };
                        return true;
                }
                if (marker == APP1)
                        turned = turned || lies_on_its_side(str_make(head.p + at + 4, n - 2));
                at += 2 + n;
        }
        return false;
}
