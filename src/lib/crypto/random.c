/*
 * random.c -- getrandom(2), whole or not at all.
 *
 * Asked directly and not through libsodium: its generator falls back to opening /dev/urandom, which a
 * container does not have.
 */
#include "crypto/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/check.h"

void random_fill(void *p, size_t n)
{
        unsigned char *at = p;

        while (n > 0) {
                ssize_t got = getrandom(at, n, 0);

                if (got < 0 && errno == EINTR)
                        continue;
                check(got > 0);
                at += got;
                n -= (size_t)got;
        }
}
