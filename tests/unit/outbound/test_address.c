/*
 * test_address.c -- which addresses may be reached on behalf of a portal.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "outbound/address.h"

static bool is_public(const char *text)
{
        struct sockaddr_in v4 = { .sin_family = AF_INET };
        struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

        if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
                return address_is_public((const struct sockaddr *)&v4);
        assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
        return address_is_public((const struct sockaddr *)&v6);
}

static void private_networks_and_this_machine_are_closed_at_both_edges(void **state)
{
        static const char *const closed[] = {
                "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
                "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0",
                "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255",
                "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
                "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
                "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff::1", "2001:db8::1",
                "2002:7f00:1::1", "2002:a9fe:a9fe::1", "3fff::1", "fc00::1", "fdff::1", "fe80::1", "fec0::1",
                "ff02::1", "4000::1",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(closed); i++)
                if (is_public(closed[i]))
                        fail_msg("%s counts as public", closed[i]);
}

static void what_lies_beside_them_is_open(void **state)
{
        static const char *const open[] = {
                "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
                "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1",
                "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
                "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:200::1", "2001:4860::1", "2002:808:808::1",
                "2600::1", "2a00::1", "3ffe::1",
        };
        struct sockaddr unix_socket = { .sa_family = AF_UNIX };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(open); i++)
                if (!is_public(open[i]))
                        fail_msg("%s counts as private", open[i]);
        assert_false(address_is_public(&unix_socket));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(private_networks_and_this_machine_are_closed_at_both_edges),
                cmocka_unit_test(what_lies_beside_them_is_open),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
