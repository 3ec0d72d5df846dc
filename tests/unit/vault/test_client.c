/*
 * test_client.c -- a backup sealed to a client's own key: it comes back whole, no other key opens it, every
 * change is refused; and a message is opened without the list that knows what its head must say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>

#include "../crypto/rsa_keys.h"
#include "base/fd.h"
#include "crypto/hex.h"
#include "crypto/prepare.h"
#include "sample.h"
#include "vault/seal.h"

static struct rsa_public *client;
static struct rsa_private *client_key, *other_key;

static int ask_nobody(void *ctx, struct secret *out, struct err *err)
{
        (void)ctx;
        (void)out;
        return err_set(err, ERR_DENIED, "nobody is asked");
}

static void fill(struct buf *out, size_t n)
{
        uint32_t x = 54321;

        buf_clear(out);
        for (size_t i = 0; i < n; i++) {
                x = x * 1664525 + 1013904223;
                buf_putc(out, (char)(x >> 24));
        }
}

static void seal(struct sealer *made, struct str plain, size_t step, struct buf *out)
{
        struct sealer *sealer CLEANUP_SEALER = made;

        for (size_t at = 0; at < plain.n; at += step)
                assert_int_equal(sealer_add(sealer, str_make(plain.p + at, plain.n - at < step ? plain.n - at
                                                                                              : step),
                                            out, NULL), 0);
        sealer_finish(sealer, out);
}

static void seal_for_client(struct str plain, size_t step, struct buf *out)
{
        struct seal_about about = sample_about(42);

        seal(sealer_new_for(&about, client, out), plain, step, out);
}

/* 0 and the bytes, or the first error, whose sentence goes to *why. */
static int open_alone(struct str kek, const struct rsa_private *key, struct str file, size_t step,
                      struct buf *out, struct seal_about *about, struct err *why)
{
        struct opener *opener CLEANUP_OPENER = opener_new_alone(kek, key);

        assert_null(opener_about(opener));
        for (size_t at = 0; at < file.n; at += step) {
                int r = opener_add(opener, str_make(file.p + at, file.n - at < step ? file.n - at : step),
                                   out, why);

                if (r < 0)
                        return r;
        }
        int r = opener_finish(opener, why);

        if (r == 0)
                *about = *opener_about(opener);
        return r;
}

static void assert_about(const struct seal_about *is, const struct seal_about *must)
{
        assert_int_equal(is->kind, must->kind);
        assert_int_equal(is->created, must->created);
        assert_int_equal(is->kek, must->kek);
        assert_memory_equal(is->portal, must->portal, SEAL_UUID_LEN);
        assert_memory_equal(is->prev.b, must->prev.b, DIGEST_LEN);
        assert_int_equal(is->schema, must->schema);
        assert_int_equal(is->seq, must->seq);
        assert_string_equal(is->app, must->app);
}

static void every_length_around_a_frame_comes_back_in_any_pieces(void **state)
{
        static const size_t lengths[] = { 0, 1, 65535, 65536, 65537, 131072, 300003 };
        static const size_t steps[] = { 1 << 20, 65536, 4097, 7 };
        struct buf plain CLEANUP_BUF = { 0 };
        struct seal_about must = sample_about(42);

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
                for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
                        struct buf file CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
                        struct seal_about about;
                        struct err err;

                        fill(&plain, lengths[i]);
                        seal_for_client(buf_str(&plain), steps[k], &file);
                        assert_int_equal(open_alone(STR(""), client_key, buf_str(&file), steps[k], &out, &about,
                                                    &err), 0);
                        assert_true(str_eq(buf_str(&out), buf_str(&plain)));
                        assert_about(&about, &must);
                }
        }
}

/* The same bytes twice: nothing of the first message can be found in the second. */
static void each_message_has_its_own_id_and_key(void **state)
{
        struct buf a CLEANUP_BUF = { 0 }, b CLEANUP_BUF = { 0 }, ours CLEANUP_BUF = { 0 };
        struct seal_about about = sample_about(42);
        struct str plain = STR("the same thirty-two bytes, twice");

        (void)state;
        seal_for_client(plain, 100, &a);
        seal_for_client(plain, 100, &b);
        seal(sealer_new(&about, sample_key(), &ours), plain, 100, &ours);
        assert_int_equal(a.n, b.n);
        assert_memory_not_equal(a.p + 4, b.p + 4, SEAL_MESSAGE_ID_LEN);
        assert_memory_not_equal(a.p + a.n - 48, b.p + b.n - 48, 32);
        assert_memory_not_equal(a.p + a.n - 48, ours.p + ours.n - 48, 32);
}

static void another_key_opens_nothing_and_the_sentence_says_which_is_wanted(void **state)
{
        struct buf file CLEANUP_BUF = { 0 }, ours CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
        struct seal_about about = sample_about(42);
        char other_kek[SEAL_KEK_LEN] = { 8 };
        struct err err;

        (void)state;
        seal_for_client(STR("secret"), 100, &file);
        seal(sealer_new(&about, sample_key(), &ours), STR("secret"), 100, &ours);
        assert_int_equal(open_alone(STR(""), other_key, buf_str(&file), 100, &out, &about, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "was sealed to the key"));
        assert_int_equal(open_alone(sample_key(), NULL, buf_str(&file), 100, &out, &about, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "somebody's own key"));
        assert_int_equal(open_alone(STR(""), client_key, buf_str(&ours), 100, &out, &about, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "backup keys print"));
        assert_int_equal(open_alone(str_make(other_kek, sizeof other_kek), NULL, buf_str(&ours), 100, &out,
                                    &about, &err), ERR_DENIED);
        assert_int_equal(out.n, 0);
        assert_int_equal(open_alone(sample_key(), NULL, buf_str(&ours), 3, &out, &about, &err), 0);
        assert_true(str_is(buf_str(&out), "secret"));
}

/* ---- changes ---- */

enum { MUTATIONS = 3000, FRAMES = 2, FRAME_LEN = 16 + SEAL_FRAME + 16, LAST = 100,
       LAST_LEN = 4 + 4 + 12 + 4 + LAST + 16 };

static uint32_t dice = 1;

static size_t throw_dice(size_t sides)
{
        dice = dice * 1664525 + 1013904223;
        return (dice >> 8) % sides;
}

static void mutate(struct buf *file, size_t header, const struct buf *another)
{
        size_t at = throw_dice(file->n), frame = header + throw_dice(FRAMES) * FRAME_LEN;

        switch (throw_dice(7)) {
        case 0:
                file->p[at] = (char)(file->p[at] ^ (1 << throw_dice(8)));
                break;
        case 1:
        case 2:         /* the head, where everything is foreign */
                file->p[at % header] = (char)(file->p[at % header] ^ (1 << throw_dice(8)));
                break;
        case 3:
                file->n = at;
                break;
        case 4:
                memmove(file->p + frame, file->p + frame + FRAME_LEN, file->n - frame - FRAME_LEN);
                file->n -= FRAME_LEN;
                break;
        case 5:
                for (size_t n = 1 + throw_dice(40); n > 0; n--)
                        buf_putc(file, (char)throw_dice(256));
                break;
        default:        /* the head of another message to the same client */
                memcpy(file->p, another->p, header);
        }
}

/* alone: as a stranger's file, whose head is read and not known. */
static void refuse_changes(const struct buf *good, const struct buf *another, struct str kek,
                           const struct rsa_private *key, struct str plain)
{
        struct buf file CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
        size_t header = good->n - FRAMES * FRAME_LEN - LAST_LEN;
        struct seal_about about;
        struct err err;

        for (unsigned i = 0; i < MUTATIONS; i++) {
                buf_clear(&file);
                buf_clear(&out);
                buf_add_str(&file, buf_str(good));
                mutate(&file, header, another);
                err.text[0] = '\0';
                assert_int_not_equal(open_alone(kek, key, buf_str(&file), 1 + throw_dice(1 << 17), &out, &about,
                                                &err), 0);
                assert_true(err.text[0] != '\0');
                /* What came out before the damage is what was sealed, never anything else. */
                assert_true(out.n <= plain.n && memcmp(out.p != NULL ? out.p : "", plain.p, out.n) == 0);
        }
        buf_clear(&out);
        assert_int_equal(open_alone(kek, key, buf_str(good), 1000, &out, &about, &err), 0);
}

static void thousands_of_changed_messages_are_refused(void **state)
{
        struct buf plain CLEANUP_BUF = { 0 };
        struct buf a CLEANUP_BUF = { 0 }, b CLEANUP_BUF = { 0 }, c CLEANUP_BUF = { 0 }, d CLEANUP_BUF = { 0 };
        struct seal_about about = sample_about(42);

        (void)state;
        fill(&plain, FRAMES * SEAL_FRAME + LAST);
        seal_for_client(buf_str(&plain), 65536, &a);
        seal_for_client(buf_str(&plain), 65536, &b);
        refuse_changes(&a, &b, STR(""), client_key, buf_str(&plain));
        seal(sealer_new(&about, sample_key(), &c), buf_str(&plain), 65536, &c);
        seal(sealer_new(&about, sample_key(), &d), buf_str(&plain), 65536, &d);
        refuse_changes(&c, &d, sample_key(), NULL, buf_str(&plain));
}

/* ---- the published example ---- */

/* docs/formats/backup.md, which is the program's argument. */
static const char *manual;

static void a_published_block(const char *after, const char *begin, struct buf *out)
{
        struct buf page CLEANUP_BUF = { 0 };

        assert_int_equal(fd_slurp(AT_FDCWD, manual, 1 << 20, &page, NULL), 0);
        ptrdiff_t section = str_find_str(buf_str(&page), str_of(after));

        assert_true(section >= 0);
        struct str rest = str_make(page.p + section, page.n - (size_t)section);
        ptrdiff_t at = str_find_str(rest, str_of(begin));

        assert_true(at >= 0);
        rest = str_make(rest.p + at + strlen(begin), rest.n - (size_t)at - strlen(begin));
        ptrdiff_t end = str_find(rest, '`');

        assert_true(end > 0);
        buf_add(out, rest.p, (size_t)end);
}

static void the_published_message_opens_with_the_published_key(void **state)
{
        struct buf pem CLEANUP_BUF = { 0 }, hex CLEANUP_BUF = { 0 }, digits CLEANUP_BUF = { 0 };
        struct buf out CLEANUP_BUF = { 0 };
        struct rsa_private *key CLEANUP_RSA_PRIVATE = NULL;
        struct seal_about about, must = sample_about(42);
        uint8_t file[4096];
        struct err err = { 0 };

        (void)state;
        a_published_block("## Sealed to a client's key", "```pem\n", &pem);
        a_published_block("## Sealed to a client's key", "```hex\n", &hex);
        for (size_t i = 0; i < hex.n; i++)
                if (hex.p[i] != '\n')
                        buf_putc(&digits, hex.p[i]);
        assert_true(digits.n / 2 <= sizeof file && hex_read(buf_str(&digits), file, digits.n / 2));
        assert_int_equal(rsa_private_read(buf_str(&pem), ask_nobody, NULL, &key, &err), 0);
        assert_int_equal(open_alone(STR(""), key, str_make((char *)file, digits.n / 2), 10, &out, &about, &err),
                         0);
        assert_true(str_is(buf_str(&out), "A carrel is a small closed desk in a library.\n"));
        assert_about(&about, &must);
}

static int prepare(void **state)
{
        struct err err = { 0 };

        (void)state;
        if (crypto_prepare(&err) < 0 || rsa_public_read(str_of(rsa_sample_public), &client, &err) < 0 ||
            rsa_private_read(str_of(rsa_sample_private), ask_nobody, NULL, &client_key, &err) < 0 ||
            rsa_private_read(str_of(rsa_sample_other), ask_nobody, NULL, &other_key, &err) < 0)
                fail_msg("%s", err.text);
        return 0;
}

static int clean(void **state)
{
        (void)state;
        rsa_public_free(&client);
        rsa_private_free(&client_key);
        rsa_private_free(&other_key);
        return 0;
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_length_around_a_frame_comes_back_in_any_pieces),
                cmocka_unit_test(each_message_has_its_own_id_and_key),
                cmocka_unit_test(another_key_opens_nothing_and_the_sentence_says_which_is_wanted),
                cmocka_unit_test(thousands_of_changed_messages_are_refused),
                cmocka_unit_test(the_published_message_opens_with_the_published_key),
        };

        if (argc != 2)
                return 1;
        manual = argv[1];
        return cmocka_run_group_tests(tests, prepare, clean);
}
