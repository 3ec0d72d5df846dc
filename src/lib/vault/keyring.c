/*
 * keyring.c -- portals and their keys, wrapped one by one under the store key.
 */
#include "vault/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "crypto/aead.h"
#include "crypto/random.h"

static struct str bytes(const void *p, size_t n)
{
        return str_make(p, n);
}

void keyring_free(struct keyring *keyring)
{
        for (size_t i = 0; i < keyring->n; i++)
                free(keyring->portals[i]);
        free(keyring->portals);
        secret_free(&keyring->store_key);
        secret_free(&keyring->seed);
        *keyring = (struct keyring){ 0 };
}

void keyring_new(struct keyring *out)
{
        keyring_free(out);
        secret_random(&out->store_key, 32);
        secret_random(&out->seed, SIGNING_SEED_LEN);
        signing_public((const uint8_t *)out->seed.p, out->public);
}

/* Where the portal is, or where it belongs. */
static size_t place_of(const struct keyring *keyring, uint64_t id)
{
        size_t low = 0, high = keyring->n;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (keyring->portals[middle]->id < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

struct keyring_portal *keyring_find(const struct keyring *keyring, uint64_t id)
{
        size_t at = place_of(keyring, id);

        return at < keyring->n && keyring->portals[at]->id == id ? keyring->portals[at] : NULL;
}

/* A wrapped key is bound to its portal and version: it cannot stand in for another. */
struct binding {
        uint8_t b[SEAL_UUID_LEN + 4];
};

static struct binding bind_to(const struct keyring_portal *portal, uint32_t version)
{
        struct binding to;

        memcpy(to.b, portal->uuid, SEAL_UUID_LEN);
        for (size_t i = 0; i < 4; i++)
                to.b[SEAL_UUID_LEN + i] = (uint8_t)(version >> (24 - 8 * i));
        return to;
}

static void wrap(struct str store_key, const struct keyring_portal *portal,
                 struct keyring_version *version, struct str key)
{
        struct aead *aead CLEANUP_AEAD = aead_new(store_key);
        struct binding to = bind_to(portal, version->number);

        random_fill(version->wrapped, AEAD_NONCE_LEN);
        aead_seal(aead, version->wrapped, bytes(to.b, sizeof to.b), key,
                  version->wrapped + AEAD_NONCE_LEN, version->wrapped + AEAD_NONCE_LEN + SEAL_KEK_LEN);
}

static int unwrap(struct str store_key, const struct keyring_portal *portal,
                  const struct keyring_version *version, struct secret *out, struct err *err)
{
        struct aead *aead CLEANUP_AEAD = aead_new(store_key);
        struct binding to = bind_to(portal, version->number);

        secret_make(out, SEAL_KEK_LEN);
        int r = aead_open(aead, version->wrapped, bytes(to.b, sizeof to.b),
                          bytes(version->wrapped + AEAD_NONCE_LEN, SEAL_KEK_LEN),
                          version->wrapped + AEAD_NONCE_LEN + SEAL_KEK_LEN, out->p, NULL);

        if (r < 0)
                return err_set(err, ERR_CORRUPT, "a key in the store of backup keys is damaged; put a copy "
                               "of the keys folder back");
        out->n = SEAL_KEK_LEN;
        return 0;
}

uint32_t keyring_newest(const struct keyring_portal *portal)
{
        return portal->nversions > 0 ? portal->versions[portal->nversions - 1].number : 0;
}

int keyring_rotate(struct keyring *keyring, struct keyring_portal *portal, int64_t now, struct err *err)
{
        struct secret key CLEANUP_SECRET = { 0 };

        if (portal->nversions == KEYRING_VERSIONS_MAX)
                return err_set(err, ERR_LIMIT, "this portal has %d keys that its backups use; wait until "
                               "older backups have gone", KEYRING_VERSIONS_MAX);
        struct keyring_version *version = &portal->versions[portal->nversions];

        secret_random(&key, SEAL_KEK_LEN);
        version->number = keyring_newest(portal) + 1;
        version->created = now;
        wrap(secret_str(&keyring->store_key), portal, version, secret_str(&key));
        portal->nversions++;
        return 0;
}

int keyring_add(struct keyring *keyring, uint64_t id, int64_t now, struct keyring_portal **out,
                struct err *err)
{
        size_t at = place_of(keyring, id);

        if (at < keyring->n && keyring->portals[at]->id == id)
                return err_set(err, ERR_EXISTS, "the portal has keys already");
        if (keyring->n >= KEYRING_PORTALS_MAX)
                return err_set(err, ERR_LIMIT, "the store of backup keys is full");
        struct keyring_portal *portal = xalloc(sizeof *portal);

        portal->id = id;
        random_fill(portal->uuid, sizeof portal->uuid);
        portal->uuid[6] = (uint8_t)(0x40 | (portal->uuid[6] & 0x0f));   /* RFC 4122, 4.4 */
        portal->uuid[8] = (uint8_t)(0x80 | (portal->uuid[8] & 0x3f));
        check(keyring_rotate(keyring, portal, now, NULL) == 0);
        keyring->portals = xrealloc(keyring->portals, keyring->n + 1, sizeof(struct keyring_portal *));
        memmove(&keyring->portals[at + 1], &keyring->portals[at],
                (keyring->n - at) * sizeof(struct keyring_portal *));
        keyring->portals[at] = portal;
        keyring->n++;
        *out = portal;
        return 0;
}

void keyring_drop_before(struct keyring_portal *portal, uint32_t oldest)
{
        size_t keep = 0;

        /* The newest stays whatever is asked: the next backup needs it. */
        while (keep + 1 < portal->nversions && portal->versions[keep].number < oldest)
                keep++;
        memmove(portal->versions, portal->versions + keep,
                (portal->nversions - keep) * sizeof portal->versions[0]);
        portal->nversions -= keep;
        secret_wipe(portal->versions + portal->nversions, keep * sizeof portal->versions[0]);
}

void keyring_forget(struct keyring *keyring, uint64_t id)
{
        size_t at = place_of(keyring, id);

        if (at >= keyring->n || keyring->portals[at]->id != id)
                return;
        secret_wipe(keyring->portals[at], sizeof *keyring->portals[at]);
        free(keyring->portals[at]);
        keyring->n--;
        memmove(&keyring->portals[at], &keyring->portals[at + 1],
                (keyring->n - at) * sizeof(struct keyring_portal *));
}

int keyring_key(const struct keyring *keyring, const struct keyring_portal *portal, uint32_t version,
                struct secret *out, struct err *err)
{
        for (size_t i = 0; i < portal->nversions; i++)
                if (portal->versions[i].number == version)
                        return unwrap(secret_str(&keyring->store_key), portal, &portal->versions[i],
                                      out, err);
        return err_set(err, ERR_NOT_FOUND,
                       "the key of this backup (version %u) has been destroyed", version);
}

void keyring_renew(struct keyring *keyring)
{
        struct secret fresh CLEANUP_SECRET = { 0 };

        secret_random(&fresh, 32);
        for (size_t i = 0; i < keyring->n; i++) {
                struct keyring_portal *portal = keyring->portals[i];

                for (size_t v = 0; v < portal->nversions; v++) {
                        struct secret key CLEANUP_SECRET = { 0 };

                        /* They were all proven when the store was read. */
                        check(unwrap(secret_str(&keyring->store_key), portal, &portal->versions[v],
                                     &key, NULL) == 0);
                        wrap(secret_str(&fresh), portal, &portal->versions[v], secret_str(&key));
                }
        }
        secret_free(&keyring->store_key);
        keyring->store_key = fresh;
        fresh = (struct secret){ 0 };
}

/* ---- names ---- */

void keyring_name(struct keyring_portal *portal, struct str name)
{
        snprintf(portal->name, sizeof portal->name, "%.*s", STR_ARG(name));
}

struct keyring_portal *keyring_find_name(const struct keyring *keyring, struct str name)
{
        for (size_t i = 0; i < keyring->n; i++)
                if (name.n > 0 && str_is(name, keyring->portals[i]->name))
                        return keyring->portals[i];
        return NULL;
}
