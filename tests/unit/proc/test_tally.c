/*
 * test_tally.c -- counts by stranger: what is one stranger, and that no count is lost or kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "base/tally.h"

static struct tally_key key_of(const char *text)
{
        struct sockaddr_storage address = { 0 };
        struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address;

        if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
                address.ss_family = AF_INET;
        } else {
                assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
                address.ss_family = AF_INET6;
        }
        return tally_key_of(&address);
}

static bool same(const char *a, const char *b)
{
        struct tally_key x = key_of(a), y = key_of(b);

        return x.n == y.n && memcmp(x.bytes, y.bytes, x.n) == 0;
}

static void an_ipv4_address_is_one_stranger_however_it_came(void **state)
{
        (void)state;
        assert_true(same("192.0.2.1", "::ffff:192.0.2.1"));
        assert_false(same("192.0.2.1", "192.0.2.2"));
        assert_false(same("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
}

static void an_ipv6_network_of_64_bits_is_one_stranger(void **state)
{
        (void)state;
        assert_true(same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_false(same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert_false(same("::1", "0.0.0.1"));
}

static void a_full_count_refuses_and_stays(void **state)
{
        struct tally *tally = tally_new();
        struct tally_key key = key_of("192.0.2.1");

        (void)state;
        assert_true(tally_add(tally, &key, 2));
        assert_true(tally_add(tally, &key, 2));
        assert_false(tally_add(tally, &key, 2));
        assert_int_equal(tally_of(tally, &key), 2);
        tally_drop(tally, &key);
        assert_true(tally_add(tally, &key, 2));
        tally_free(&tally);
}

static void a_limit_of_none_refuses_and_remembers_nobody(void **state)
{
        struct tally *tally = tally_new();
        struct tally_key key = key_of("192.0.2.1");

        (void)state;
        assert_false(tally_add(tally, &key, 0));
        assert_int_equal(tally_of(tally, &key), 0);
        assert_true(tally_add(tally, &key, 1));
        tally_drop(tally, &key);
        assert_int_equal(tally_of(tally, &key), 0);
        tally_free(&tally);
}

/* Against plain counters: ten thousand random arrivals and departures of 50 strangers. */
static void counts_agree_with_plain_counters(void **state)
{
        enum { STRANGERS = 50, STEPS = 10000, MAX = 7 };
        struct tally *tally = tally_new();
        size_t counts[STRANGERS] = { 0 };
        unsigned random = 12345;

        (void)state;
        for (int i = 0; i < STEPS; i++) {
                random = random * 1103515245u + 12345u;
                size_t who = (random >> 16) % STRANGERS;
                struct tally_key key = { .n = 8 };

                key.bytes[0] = (uint8_t)who;
                if ((random >> 8 & 3) != 0) {
                        assert_int_equal(tally_add(tally, &key, MAX), counts[who] < MAX);
                        counts[who] += counts[who] < MAX;
                } else if (counts[who] > 0) {
                        tally_drop(tally, &key);
                        counts[who]--;
                }
                assert_int_equal(tally_of(tally, &key), counts[who]);
        }
        tally_free(&tally);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_ipv4_address_is_one_stranger_however_it_came),
                cmocka_unit_test(an_ipv6_network_of_64_bits_is_one_stranger),
                cmocka_unit_test(a_full_count_refuses_and_stays),
                cmocka_unit_test(a_limit_of_none_refuses_and_remembers_nobody),
                cmocka_unit_test(counts_agree_with_plain_counters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
