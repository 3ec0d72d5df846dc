/*
 * test_cbor.c -- one spelling of each value, and nothing beyond the bytes that are there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "crypto/cbor.h"

#define CBOR(literal) cbor_of(STR(literal))

/* RFC 8949, appendix A. */
static void integers_are_read_as_the_standard_writes_them(void **state)
{
        static const struct {
                struct str bytes;
                int64_t value;
        } vectors[] = {
                { STR("\x00"), 0 },
                { STR("\x17"), 23 },
                { STR("\x18\x18"), 24 },
                { STR("\x19\x03\xe8"), 1000 },
                { STR("\x1a\x00\x0f\x42\x40"), 1000000 },
                { STR("\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00"), 1000000000000 },
                { STR("\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"), INT64_MAX },
                { STR("\x20"), -1 },
                { STR("\x38\x63"), -100 },
                { STR("\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"), INT64_MIN },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
                struct cbor c = cbor_of(vectors[i].bytes);
                int64_t value = 99;

                assert_true(cbor_int(&c, &value));
                assert_int_equal(value, vectors[i].value);
                assert_int_equal(cbor_left(&c), 0);
        }
}

static void longer_spellings_and_numbers_beyond_64_bits_are_refused(void **state)
{
        static const struct str bad[] = {
                STR("\x18\x17"), STR("\x19\x00\xff"), STR("\x1a\x00\x00\xff\xff"),
                STR("\x1b\x00\x00\x00\x00\xff\xff\xff\xff"), STR("\x1b\x80\x00\x00\x00\x00\x00\x00\x00"),
                STR("\x1c"), STR("\x1f"), STR(""), STR("\x19\x03"), STR("\x40"),
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct cbor c = cbor_of(bad[i]);
                int64_t value = 99;

                assert_false(cbor_int(&c, &value));
                assert_int_equal(value, 99);
        }
}

static void strings_end_where_the_bytes_end(void **state)
{
        struct cbor good = CBOR("\x63\xe6\xb0\xb4\x42\x01\x02");
        struct str text = { 0 };

        (void)state;
        assert_true(cbor_text(&good, &text));
        assert_true(str_is(text, "\xe6\xb0\xb4"));
        assert_true(cbor_bytes(&good, &text));
        assert_int_equal(text.n, 2);
        static const struct str bad[] = { STR("\x64" "abc"), STR("\x7f\x61" "a\xff"), STR("\x62\xc3\x28"),
                                          STR("\x7b\xff\xff\xff\xff\xff\xff\xff\xff" "a"), STR("\x43" "abc") };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct cbor c = cbor_of(bad[i]);

                assert_false(cbor_text(&c, &text));
        }
}

static void a_map_cannot_claim_more_pairs_than_there_are_bytes(void **state)
{
        struct cbor good = CBOR("\xa1\x01\x02"), bad = CBOR("\xa2\x01\x02\x03");
        struct cbor again = CBOR("\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02");
        struct cbor huge = CBOR("\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02");
        uint64_t pairs = 0;

        (void)state;
        assert_true(cbor_map(&good, &pairs));
        assert_int_equal(pairs, 1);
        assert_false(cbor_map(&bad, &pairs));
        assert_false(cbor_map(&huge, &pairs));
        assert_false(cbor_skip(&again));
}

static bool skips(struct str bytes)
{
        struct cbor c = cbor_of(bytes);

        return cbor_skip(&c) && cbor_left(&c) == 0;
}

static void any_item_is_skipped_whole_down_to_a_depth(void **state)
{
        (void)state;
        assert_true(skips(STR("\xa3\x63" "alg\x26\x63sig\x41\x00\x63x5c\x82\x41\x01\xf5")));
        assert_true(skips(STR("\x81\x81\x81\x81\x81\x81\x81\x00")));
        assert_false(skips(STR("\x81\x81\x81\x81\x81\x81\x81\x81\x00")));
        static const struct str bad[] = { STR("\x82\x01"), STR("\xc0\x61" "a"), STR("\xf9\x00\x00"), STR("\xf7"),
                                          STR("\xf8\x20"), STR("\x9f\xff"), STR("\xff"), STR("\xa1\x01"),
                                          STR("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff\x00") };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_false(skips(bad[i]));
}

/* A property: whatever the first bytes are, reading stays inside (the sanitizers watch) and moves forward. */
static void every_pair_of_first_bytes_stays_inside_the_input(void **state)
{
        (void)state;
        for (unsigned i = 0; i < 65536; i++) {
                char *bytes = xalloc(4);
                struct cbor c = cbor_of(str_make(bytes, 4));

                bytes[0] = (char)(i >> 8);
                bytes[1] = (char)i;
                const uint8_t *start = c.at;

                if (cbor_skip(&c))
                        assert_true(c.at > start);
                assert_true(c.at <= c.end);
                free(bytes);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(integers_are_read_as_the_standard_writes_them),
                cmocka_unit_test(longer_spellings_and_numbers_beyond_64_bits_are_refused),
                cmocka_unit_test(strings_end_where_the_bytes_end),
                cmocka_unit_test(a_map_cannot_claim_more_pairs_than_there_are_bytes),
                cmocka_unit_test(any_item_is_skipped_whole_down_to_a_depth),
                cmocka_unit_test(every_pair_of_first_bytes_stays_inside_the_input),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
