/*
 * stranger.h -- a server of our own on loopback that behaves as badly as it is asked to, and a name server
 * that gives the answers a test wants.
 *
 * Both are child processes; stranger_end() ends them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

struct stranger {
        pid_t server, name_server;
        uint16_t port;                  /* of the server: HTTPS for login.localhost */
        char name_servers[40];          /* "127.0.0.1:PORT" */
        struct buf authority;           /* whom to trust for it, PEM */
        unsigned *connections;          /* how many it has taken, in shared memory */
};

/*
 * The server answers by path: /echo gives the request back, /long more than may be read, /heads a header
 * without end, /away a redirect, /cut half of what it promised, /slow nothing, /garbage no HTTP.
 *
 * The name server: private.test is 127.0.0.1, mixed.test is 192.168.1.1 and 10.0.0.1, wrapped.test is
 * ::ffff:127.0.0.1, login.localhost and other.localhost are 127.0.0.1, nothing else is known.
 */
void stranger_begin(struct stranger *s);
void stranger_end(struct stranger *s);
