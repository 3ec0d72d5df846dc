/*
 * address.h -- which addresses are somebody else's, out on the internet.
 *
 * Trust:  addresses come from name servers that anybody may run: a name can lead to this machine, to its
 *         neighbours, or to the cloud's own service for secrets.
 * Linked by outbound/ and its tests.
 */
#pragma once

#include <stdbool.h>

struct sockaddr;

/*
 * False for loopback, private, link-local, shared (CGNAT), documentation, multicast and reserved addresses
 * (RFC 6890 and its registry), also when they are wrapped into IPv6 (mapped, NAT64, 6to4), and for what is
 * no internet address at all.
 */
bool address_is_public(const struct sockaddr *address);
