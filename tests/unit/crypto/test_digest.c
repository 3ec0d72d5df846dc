/*
 * test_digest.c -- SHA-256 agrees with the published examples, whole or in pieces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/digest.h"
#include "crypto/random.h"

/* FIPS 180-4 example values. */
static void the_digest_equals_the_published_examples(void **state)
{
        struct digest d;
        char hex[DIGEST_HEX_LEN + 1];

        (void)state;
        digest_of(STR("abc"), &d);
        digest_hex(&d, hex);
        assert_string_equal(hex,
                            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        digest_of((struct str){ NULL, 0 }, &d);
        digest_hex(&d, hex);
        assert_string_equal(hex,
                            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void a_stream_in_uneven_pieces_has_the_digest_of_the_whole(void **state)
{
        char bytes[1000];
        struct digest whole, pieces;
        struct digest_stream s;

        (void)state;
        for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i] = (char)(i * 7);
        digest_of(str_make(bytes, sizeof bytes), &whole);
        digest_start(&s);
        digest_add(&s, bytes, 1);
        digest_add(&s, bytes + 1, 0);
        digest_add(&s, bytes + 1, 63);
        digest_add(&s, bytes + 64, sizeof bytes - 64);
        digest_finish(&s, &pieces);
        assert_memory_equal(&whole, &pieces, sizeof whole);
}

static void random_bytes_are_not_the_same_twice(void **state)
{
        uint8_t a[32] = { 0 }, b[32] = { 0 };

        (void)state;
        random_fill(a, sizeof a);
        random_fill(b, sizeof b);
        assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_digest_equals_the_published_examples),
                cmocka_unit_test(a_stream_in_uneven_pieces_has_the_digest_of_the_whole),
                cmocka_unit_test(random_bytes_are_not_the_same_twice),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
