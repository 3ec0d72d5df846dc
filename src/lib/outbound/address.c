/*
 * address.c -- the registries of special-purpose addresses (RFC 6890), as far as nobody public is there.
 */
#include "outbound/address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

static const struct {
        uint32_t network;
        unsigned bits;
} closed4[] = {
        { 0x00000000, 8 },              /* this network */
        { 0x0a000000, 8 },              /* private */
        { 0x64400000, 10 },             /* shared by a provider's customers */
        { 0x7f000000, 8 },              /* loopback */
        { 0xa9fe0000, 16 },             /* link-local, and where clouds keep secrets */
        { 0xac100000, 12 },             /* private */
        { 0xc0000000, 24 },             /* protocol assignments */
        { 0xc0000200, 24 },             /* documentation */
        { 0xc0586300, 24 },             /* 6to4 relays */
        { 0xc0a80000, 16 },             /* private */
        { 0xc6120000, 15 },             /* benchmarks */
        { 0xc6336400, 24 },             /* documentation */
        { 0xcb007100, 24 },             /* documentation */
        { 0xe0000000, 3 },              /* multicast, reserved, broadcast */
};

static bool is_public4(const uint8_t b[static 4])
{
        uint32_t a = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];

        for (size_t i = 0; i < ARRAY_LEN(closed4); i++)
                if ((a ^ closed4[i].network) >> (32 - closed4[i].bits) == 0)
                        return false;
        return true;
}

static bool starts(const uint8_t *b, const char *prefix, size_t n)
{
        return memcmp(b, prefix, n) == 0;
}

static bool is_public6(const uint8_t b[static 16])
{
        if (starts(b, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12))      /* ::ffff:0:0/96, an IPv4 address */
                return is_public4(b + 12);
        if (starts(b, "\0\x64\xff\x9b\0\0\0\0\0\0\0\0", 12))    /* 64:ff9b::/96, NAT64 */
                return is_public4(b + 12);
        if ((b[0] & 0xe0) != 0x20)      /* 2000::/3 is all there is of global unicast */
                return false;
        if (starts(b, "\x20\x02", 2))   /* 2002::/16, 6to4 */
                return is_public4(b + 2);
        if (starts(b, "\x20\x01", 2) && (b[2] & 0xfe) == 0)     /* 2001::/23, Teredo and others */
                return false;
        if (starts(b, "\x20\x01\x0d\xb8", 4) || (starts(b, "\x3f\xff", 2) && (b[2] & 0xf0) == 0))
                return false;           /* 2001:db8::/32 and 3fff::/20, documentation */
        return true;
}

bool address_is_public(const struct sockaddr *address)
{
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        uint8_t bytes[4];

        switch (address->sa_family) {
        case AF_INET:
                memcpy(&v4, address, sizeof v4);
                memcpy(bytes, &v4.sin_addr, sizeof bytes);
                return is_public4(bytes);
        case AF_INET6:
                memcpy(&v6, address, sizeof v6);
                return is_public6(v6.sin6_addr.s6_addr);
        default:
                return false;
        }
}
