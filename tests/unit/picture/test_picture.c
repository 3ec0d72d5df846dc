/*
 * test_picture.c -- sizes of small pictures of every kind, and of what only looks like one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "picture/picture.h"

#define PNG_HEAD "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
#define EXIF_BIG(orientation) \
        "\xff\xe1\0\x22" "Exif\0\0" "MM\0\x2a\0\0\0\x08" "\0\x01" "\x01\x12\0\x03\0\0\0\x01\0" orientation \
        "\0\0" "\0\0\0\0"
#define EXIF_LITTLE(orientation) \
        "\xff\xe1\0\x22" "Exif\0\0" "II\x2a\0\x08\0\0\0" "\x01\0" "\x12\x01\x03\0\x01\0\0\0" orientation \
        "\0\0\0" "\0\0\0\0"
#define FRAME "\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"

static const struct sample {
        struct str bytes;
        unsigned width, height;
} samples[] = {
        { STR(PNG_HEAD "\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0"), 640, 480 },
        { STR("GIF89a\x80\x02\xe0\x01\xf7\0\0"), 640, 480 },
        { STR("GIF87a\x01\0\x01\0"), 1, 1 },
        { STR("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" FRAME), 640, 480 },
        { STR("\xff\xd8\xff\xff\xfe\0\x04hi" FRAME), 640, 480 },
        { STR("\xff\xd8" EXIF_BIG("\x06") FRAME), 480, 640 },
        { STR("\xff\xd8" EXIF_BIG("\x01") FRAME), 640, 480 },
        { STR("\xff\xd8" EXIF_LITTLE("\x08") FRAME), 480, 640 },
        { STR("\xff\xd8" EXIF_LITTLE("\x09") FRAME), 640, 480 },
        { STR("RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0"), 640, 480 },
        { STR("RIFF\x24\0\0\0WEBPVP8L\x0f\0\0\0\x2f\x7f\xc2\x77\0\0\0\0\0\0"), 640, 480 },
        { STR("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x02\xe0\x01"), 640, 480 },
        { STR("<svg width='640' height=\"480\" xmlns='x'>"), 640, 480 },
        { STR("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b --><svg\nheight='36pt' width='48pt'/>"), 64, 48 },
        { STR("<!DOCTYPE svg PUBLIC 'a' 'b'>\n<svg width='100.5px' viewBox='0 0 200 100'>"), 101, 51 },
        { STR("<svg viewBox='-10,-10 30.5 61' height='61'>"), 31, 61 },
};

static const struct str no_pictures[] = {
        STR(""), STR("\x89PNG\r\n\x1a\n"), STR(PNG_HEAD "\0\0\x02\x80\0\0\x01"),
        STR("\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT\0\0\x02\x80\0\0\x01\xe0"),
        STR(PNG_HEAD "\0\0\0\0\0\0\x01\xe0"), STR(PNG_HEAD "\xff\xff\xff\xff\0\0\x01\xe0"),
        STR(PNG_HEAD "\0\0\x80\0\0\0\x01\xe0"), STR("GIF89a\x80\x02\xe0"),
        STR("\xff\xd8\xff"), STR("\xff\xd8\xff\xe0\0\x01"), STR("\xff\xd8\xff\xe0\xff\xff" "abc"),
        STR("\xff\xd8\xff\xda\0\x04" "zz" FRAME), STR("\xff\xd8\xff\xc0\0\x06\x08\x01\xe0\x02\x80\x03"),
        STR("\xff\xd8" "ab" FRAME), STR("\xff\xd8\xff\xff\xff\xff\xff\xff\xff\xff"),
        STR("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2b\x80\x02\xe0\x01"),
        STR("RIFF\x24\0\0\0WEBPVP8X"), STR("<svg>"), STR("<svg viewBox='0 0 24 24'>"),
        STR("<svg width='100%' height='100%'>"), STR("<svgwidth='1' height='1'>"),
        STR("<svg width='10em' height='2'>"), STR("<svg width='9999999' height='2'>"),
        STR("<svg width='9999999999999999999999' height='2'>"), STR("<svg width='0' height='2'>"),
        STR("<svg width=10 height=2>"), STR("<html><svg width='1' height='1'>"),
        STR("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg width='1' height='1'>"), STR("<svg width='1"),
        STR("<svg width='5' viewBox='0 0 0 0'>"), STR("<svg width='5' viewBox='0 0 10'>"),
};

static void a_picture_has_its_size(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
                struct picture_size size = { 0, 0 };

                if (!picture_measure(samples[i].bytes, &size) || size.width != samples[i].width ||
                    size.height != samples[i].height)
                        fail_msg("sample %zu is %u x %u", i, size.width, size.height);
        }
}

static void what_is_none_or_damaged_has_no_size(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(no_pictures); i++) {
                struct picture_size size = { 7, 7 };

                if (picture_measure(no_pictures[i], &size))
                        fail_msg("%zu was measured: %u x %u", i, size.width, size.height);
                assert_int_equal(size.width, 7);
        }
}

/* Cut anywhere, a picture has its size or none, never another one. */
static void a_cut_picture_has_its_size_or_none(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(samples); i++)
                for (size_t n = 0; n < samples[i].bytes.n; n++) {
                        struct picture_size size;

                        if (picture_measure(str_make(samples[i].bytes.p, n), &size) &&
                            (size.width != samples[i].width || size.height != samples[i].height))
                                fail_msg("sample %zu cut at %zu is %u x %u", i, n, size.width,
                                         size.height);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_picture_has_its_size),
                cmocka_unit_test(what_is_none_or_damaged_has_no_size),
                cmocka_unit_test(a_cut_picture_has_its_size_or_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
