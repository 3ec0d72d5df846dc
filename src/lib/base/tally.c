/*
 * tally.c -- counts by key.
 */
#include "base/tally.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/map.h"
#include "base/xalloc.h"

struct tally {
        struct map *counts;             /* key to size_t */
};

struct tally_key tally_key_of(const struct sockaddr_storage *address)
{
        struct tally_key key = { .n = 8 };

        if (address->ss_family == AF_INET6) {
                const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;

                memcpy(key.bytes, v6, 16);
                if (IN6_IS_ADDR_V4MAPPED(v6))
                        key.n = 16;
        } else if (address->ss_family == AF_INET) {
                key.bytes[10] = key.bytes[11] = 0xff;   /* as IPv6 maps it (RFC 4291, 2.5.5.2) */
                memcpy(key.bytes + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
                key.n = 16;
        }
        return key;
}

static struct str slice(const struct tally_key *key)
{
        return str_make((const char *)key->bytes, key->n);
}

struct tally *tally_new(void)
{
        struct tally *tally = xalloc(sizeof *tally);

        tally->counts = map_new();
        return tally;
}

void tally_free(struct tally **tally)
{
        size_t at = 0;
        struct str key;
        void *count;

        if (*tally == NULL)
                return;
        while (map_next((*tally)->counts, &at, &key, &count))
                free(count);
        map_free(&(*tally)->counts);
        free(*tally);
        *tally = NULL;
}

bool tally_add(struct tally *tally, const struct tally_key *key, size_t max)
{
        size_t *count = map_get(tally->counts, slice(key));

        if ((count != NULL ? *count : 0) >= max)
                return false;
        if (count == NULL) {
                count = xalloc(sizeof *count);
                map_put(tally->counts, slice(key), count);
        }
        ++*count;
        return true;
}

void tally_drop(struct tally *tally, const struct tally_key *key)
{
        size_t *count = map_get(tally->counts, slice(key));

        check(count != NULL && *count > 0);
        if (--*count == 0)
                free(map_remove(tally->counts, slice(key)));
}

size_t tally_of(const struct tally *tally, const struct tally_key *key)
{
        const size_t *count = map_get(tally->counts, slice(key));

        return count != NULL ? *count : 0;
}
