/*
 * test_seal.c -- what was sealed comes back whole, and ten thousand ways to change it are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>

#include "base/fd.h"
#include "crypto/hex.h"
#include "crypto/prepare.h"
#include "sample.h"
#include "vault/seal.h"

struct sealed {
        struct seal_about about;
        struct seal_mark mark;
        struct buf file;
        struct buf plain;
};

static void fill(struct buf *out, size_t n)
{
        uint32_t x = 12345;

        buf_clear(out);
        for (size_t i = 0; i < n; i++) {
                x = x * 1664525 + 1013904223;
                buf_putc(out, (char)(x >> 24));
        }
}

static void seal(struct sealed *out, size_t n, size_t step)
{
        out->about = sample_about(42);
        fill(&out->plain, n);
        struct sealer *sealer CLEANUP_SEALER = sealer_new(&out->about, sample_key(), &out->file);

        for (size_t at = 0; at < n; at += step)
                assert_int_equal(sealer_add(sealer, str_make(out->plain.p + at, n - at < step ? n - at : step),
                                            &out->file, NULL), 0);
        sealer_finish(sealer, &out->file);
        sealer_mark(sealer, &out->mark);
}

static void drop(struct sealed *sealed)
{
        buf_free(&sealed->file);
        buf_free(&sealed->plain);
}

/* 0 and the bytes, or the first error. */
static int open_as(const struct seal_about *about, const struct seal_mark *mark, struct str kek,
                   struct str file, size_t step, struct buf *out)
{
        struct opener *opener CLEANUP_OPENER = opener_new(about, mark, kek);
        struct err err;

        for (size_t at = 0; at < file.n; at += step) {
                int r = opener_add(opener, str_make(file.p + at, file.n - at < step ? file.n - at : step),
                                   out, &err);

                if (r < 0) {
                        assert_true(err.text[0] != '\0');
                        return r;
                }
        }
        return opener_finish(opener, &err);
}

static int open_whole(const struct sealed *s, struct str file, struct buf *out)
{
        return open_as(&s->about, &s->mark, sample_key(), file, 10000, out);
}

static void every_length_around_a_frame_comes_back_in_any_pieces(void **state)
{
        static const size_t lengths[] = { 0, 1, 65535, 65536, 65537, 131072, 1000003 };
        static const size_t steps[] = { 1 << 20, 65536, 4097, 7 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
                for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
                        struct sealed s = { .file = { 0 } };
                        struct buf out CLEANUP_BUF = { 0 };

                        seal(&s, lengths[i], steps[k]);
                        assert_int_equal(open_as(&s.about, &s.mark, sample_key(), buf_str(&s.file), steps[k],
                                                 &out), 0);
                        assert_true(str_eq(buf_str(&out), buf_str(&s.plain)));
                        drop(&s);
                }
        }
}

static void two_backups_of_the_same_bytes_share_no_key_and_no_byte_of_cipher(void **state)
{
        struct sealed a = { .file = { 0 } }, b = { .file = { 0 } };

        (void)state;
        seal(&a, 1000, 1000);
        seal(&b, 1000, 1000);
        assert_int_equal(a.file.n, b.file.n);
        assert_memory_not_equal(a.mark.message, b.mark.message, SEAL_MESSAGE_ID_LEN);
        assert_memory_not_equal(a.file.p + a.file.n - 1016, b.file.p + b.file.n - 1016, 1000);
        drop(&a);
        drop(&b);
}

/* The digits of the only block "```hex" of docs/formats/backup.md, which is the program's argument. */
static const char *manual;

static void published_vector(struct buf *out)
{
        struct buf page CLEANUP_BUF = { 0 };

        assert_int_equal(fd_slurp(AT_FDCWD, manual, 1 << 20, &page, NULL), 0);
        ptrdiff_t at = str_find_str(buf_str(&page), STR("```hex\n"));

        assert_true(at >= 0);
        for (const char *p = page.p + at + 7; *p != '`'; p++)
                if (*p != '\n')
                        buf_putc(out, *p);
}

static void the_published_vector_is_what_is_written_and_is_read(void **state)
{
        static const char plain[] = "A carrel is a small closed desk in a library.\n";
        struct seal_about about = sample_about(42);
        uint8_t message[SEAL_MESSAGE_ID_LEN], key[SEAL_DATA_KEY_LEN], nonce[12];
        struct buf file CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 }, hex CLEANUP_BUF = { 0 };
        struct buf vector CLEANUP_BUF = { 0 };
        struct seal_mark mark;

        (void)state;
        memset(message, 0x11, sizeof message);
        memset(key, 0x22, sizeof key);
        memset(nonce, 0x33, sizeof nonce);
        struct sealer *sealer CLEANUP_SEALER = sealer_new_with(&about, sample_key(), message, key, nonce,
                                                               &file);

        assert_int_equal(sealer_add(sealer, STR("A carrel is a small closed desk in a library.\n"), &file,
                                    NULL), 0);
        sealer_finish(sealer, &file);
        sealer_mark(sealer, &mark);
        buf_reserve(&hex, 2 * file.n + 1);
        hex_write(file.p, file.n, hex.p);
        published_vector(&vector);
        assert_string_equal(hex.p, buf_cstr(&vector));
        assert_int_equal(open_as(&about, &mark, sample_key(), buf_str(&file), 1, &out), 0);
        assert_true(str_is(buf_str(&out), plain));
}

static void the_head_must_say_exactly_what_the_list_says(void **state)
{
        struct sealed s = { .file = { 0 } };
        struct buf out CLEANUP_BUF = { 0 };
        char other_key[SEAL_KEK_LEN] = { 8 };

        (void)state;
        seal(&s, 100000, 65536);
        for (int i = 0; i < 10; i++) {
                struct seal_about about = s.about;
                struct seal_mark mark = s.mark;

                about.kind = i == 0 ? BACKUP_MANUAL : about.kind;
                about.created += i == 1;
                about.kek += i == 2;
                about.portal[15] ^= i == 3;
                about.prev.b[31] ^= i == 4;
                about.schema += i == 5;
                about.seq += i == 6;
                about.app[7] = (char)(about.app[7] + (i == 7));
                mark.message[0] ^= i == 8;
                mark.commit[31] ^= i == 9;
                assert_int_equal(open_as(&about, &mark, sample_key(), buf_str(&s.file), 1 << 20, &out),
                                 ERR_CORRUPT);
        }
        assert_int_equal(open_as(&s.about, &s.mark, str_make(other_key, sizeof other_key), buf_str(&s.file),
                                 1 << 20, &out), ERR_DENIED);
        assert_int_equal(out.n, 0);
        drop(&s);
}

/* ---- ten thousand changed backups ---- */

enum { MUTATIONS = 10000, FRAMES = 4, FRAME_LEN = 16 + SEAL_FRAME + 16 };

static uint32_t dice;

static size_t throw_dice(size_t sides)
{
        dice = dice * 1664525 + 1013904223;
        return (dice >> 8) % sides;
}

static void swap_frames(struct buf *file, size_t header, size_t a, size_t b)
{
        char *kept = malloc(FRAME_LEN);
        char *pa = file->p + header + a * FRAME_LEN, *pb = file->p + header + b * FRAME_LEN;

        assert_non_null(kept);
        memcpy(kept, pa, FRAME_LEN);
        memcpy(pa, pb, FRAME_LEN);
        memcpy(pb, kept, FRAME_LEN);
        free(kept);
}

static void remove_bytes(struct buf *file, size_t at, size_t n)
{
        memmove(file->p + at, file->p + at + n, file->n - at - n);
        file->n -= n;
}

/* One change of one kind; false: it would change nothing. */
static bool mutate(struct buf *file, size_t header, const struct buf *another)
{
        size_t a = throw_dice(FRAMES), b = throw_dice(FRAMES), at = throw_dice(file->n);

        switch (throw_dice(8)) {
        case 0:
                file->p[at] = (char)(file->p[at] ^ (1 << throw_dice(8)));
                return true;
        case 1:         /* near the head, where the meaning is dense */
                file->p[at % header] = (char)(file->p[at % header] ^ (1 << throw_dice(8)));
                return true;
        case 2:
                file->n = at;
                return true;
        case 3:
                if (a == b)
                        return false;
                swap_frames(file, header, a, b);
                return true;
        case 4:
                remove_bytes(file, header + a * FRAME_LEN, FRAME_LEN);
                return true;
        case 5:
                for (size_t n = 1 + throw_dice(40); n > 0; n--)
                        buf_putc(file, (char)throw_dice(256));
                return true;
        case 6:         /* a frame of another backup of the same portal, at the same place */
                memcpy(file->p + header + a * FRAME_LEN, another->p + header + a * FRAME_LEN, FRAME_LEN);
                return true;
        default:        /* its head before our frames */
                memcpy(file->p, another->p, header);
                return true;
        }
}

static void ten_thousand_changed_backups_are_refused(void **state)
{
        struct sealed s = { .file = { 0 } }, another = { .file = { 0 } };
        struct buf file CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
        unsigned tried = 0, refused = 0;

        (void)state;
        seal(&s, FRAMES * SEAL_FRAME + 100, 65536);
        seal(&another, FRAMES * SEAL_FRAME + 100, 65536);
        size_t header = s.file.n - FRAMES * FRAME_LEN - (4 + 4 + 12 + 4 + 100 + 16);

        for (dice = 1; tried < MUTATIONS;) {
                buf_clear(&file);
                buf_clear(&out);
                buf_add_str(&file, buf_str(&s.file));
                if (!mutate(&file, header, &another.file))
                        continue;
                tried++;
                refused += open_as(&s.about, &s.mark, sample_key(), buf_str(&file), 1 << 20, &out) < 0;
                /* What came out before the damage is what was sealed, never anything else. */
                assert_true(out.n <= s.plain.n && memcmp(out.p != NULL ? out.p : "", s.plain.p, out.n) == 0);
        }
        assert_int_equal(refused, MUTATIONS);
        assert_int_equal(open_whole(&s, buf_str(&s.file), &out), 0);
        drop(&s);
        drop(&another);
}

static void an_opener_that_refused_once_refuses_for_ever(void **state)
{
        struct sealed s = { .file = { 0 } };
        struct buf out CLEANUP_BUF = { 0 };

        (void)state;
        seal(&s, 10, 10);
        struct opener *opener CLEANUP_OPENER = opener_new(&s.about, &s.mark, sample_key());

        assert_int_equal(opener_add(opener, buf_str(&s.file), &out, NULL), 0);
        assert_int_equal(opener_add(opener, STR("x"), &out, NULL), ERR_CORRUPT);
        assert_int_equal(opener_finish(opener, NULL), ERR_CORRUPT);
        drop(&s);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_length_around_a_frame_comes_back_in_any_pieces),
                cmocka_unit_test(two_backups_of_the_same_bytes_share_no_key_and_no_byte_of_cipher),
                cmocka_unit_test(the_published_vector_is_what_is_written_and_is_read),
                cmocka_unit_test(the_head_must_say_exactly_what_the_list_says),
                cmocka_unit_test(ten_thousand_changed_backups_are_refused),
                cmocka_unit_test(an_opener_that_refused_once_refuses_for_ever),
        };

        if (argc != 2 || crypto_prepare(NULL) < 0)
                return 1;
        manual = argv[1];
        return cmocka_run_group_tests(tests, NULL, NULL);
}
