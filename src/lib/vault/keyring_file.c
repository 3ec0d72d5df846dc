/*
 * keyring_file.c -- the store of keys as bytes: numbers big-endian, the whole under one tag.
 *
 *   "CRLKEYS3" | nonce 12 | store key, wrapped under HKDF(root) 32 + tag 16
 *   nonce 12 | under the store key: signing seed 32, confirmed u64, portals u32, and for each portal
 *     id u64, uuid 16, lines u64, head 32, length of its name u8, name, state u8, delete_after u64,
 *     versions u32, and for each version
 *       number u32, created u64, wrapped 60
 *   | tag 16
 *
 * What older releases wrote is read, and written as this from then on: "CRLKEYS2" has no state and
 * delete_after, "CRLKEYS1" no names either.
 */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "crypto/aead.h"
#include "crypto/derive.h"
#include "crypto/random.h"
#include "vault/keyring.h"

#define MAGIC "CRLKEYS3"
#define MAGIC_STATELESS "CRLKEYS2"
#define MAGIC_NAMELESS "CRLKEYS1"
#define NAME "store"

enum {
        MAGIC_LEN = sizeof MAGIC - 1,
        KEY_LEN = 32,
        HEAD_LEN = MAGIC_LEN + AEAD_NONCE_LEN + KEY_LEN + AEAD_TAG_LEN + AEAD_NONCE_LEN,
        PORTAL_LEN = 8 + SEAL_UUID_LEN + 8 + DIGEST_LEN + 4,
        VERSION_LEN = 4 + 8 + KEYRING_WRAPPED_LEN,
};

static struct aead *under_root(struct str root)
{
        uint8_t key[KEY_LEN];

        derive_key(root, (struct str){ NULL, 0 }, STR("carrel store of backup keys"), key, sizeof key);
        struct aead *aead = aead_new(str_make((const char *)key, sizeof key));

        secret_wipe(key, sizeof key);
        return aead;
}

/* ---- writing ---- */

static void put(struct buf *out, uint64_t value, unsigned n)
{
        uint8_t b[8];

        for (unsigned i = 0; i < n; i++)
                b[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
        buf_add(out, b, n);
}

static void put_portal(struct buf *out, const struct keyring_portal *portal)
{
        put(out, portal->id, 8);
        buf_add(out, portal->uuid, SEAL_UUID_LEN);
        put(out, portal->lines, 8);
        buf_add(out, portal->head.b, DIGEST_LEN);
        put(out, strlen(portal->name), 1);
        buf_puts(out, portal->name);
        put(out, portal->state, 1);
        put(out, (uint64_t)portal->delete_after, 8);
        put(out, portal->nversions, 4);
        for (size_t i = 0; i < portal->nversions; i++) {
                put(out, portal->versions[i].number, 4);
                put(out, (uint64_t)portal->versions[i].created, 8);
                buf_add(out, portal->versions[i].wrapped, KEYRING_WRAPPED_LEN);
        }
}

static void put_body(struct buf *out, const struct keyring *keyring)
{
        size_t room = SIGNING_SEED_LEN + 8 + 4;

        for (size_t i = 0; i < keyring->n; i++)
                room += PORTAL_LEN + 10 + KEYRING_NAME_MAX + keyring->portals[i]->nversions * VERSION_LEN;
        buf_reserve(out, room);         /* no copy of the seed is left behind */
        buf_add(out, keyring->seed.p, SIGNING_SEED_LEN);
        put(out, (uint64_t)keyring->confirmed, 8);
        put(out, keyring->n, 4);
        for (size_t i = 0; i < keyring->n; i++)
                put_portal(out, keyring->portals[i]);
}

void keyring_write(const struct keyring *keyring, struct str root, struct buf *out)
{
        struct aead *outer CLEANUP_AEAD = under_root(root);
        struct aead *inner CLEANUP_AEAD = aead_new(secret_str(&keyring->store_key));
        uint8_t head[HEAD_LEN], tag[AEAD_TAG_LEN];
        uint8_t *wrapped = head + MAGIC_LEN + AEAD_NONCE_LEN;
        uint8_t *nonce = wrapped + KEY_LEN + AEAD_TAG_LEN;
        struct buf body CLEANUP_BUF = { 0 };

        memcpy(head, MAGIC, MAGIC_LEN);
        random_fill(head + MAGIC_LEN, AEAD_NONCE_LEN);
        random_fill(nonce, AEAD_NONCE_LEN);
        aead_seal(outer, head + MAGIC_LEN, STR(MAGIC), secret_str(&keyring->store_key), wrapped,
                  wrapped + KEY_LEN);
        put_body(&body, keyring);
        aead_seal(inner, nonce, str_make((const char *)head, sizeof head), buf_str(&body), body.p, tag);
        buf_add(out, head, sizeof head);
        buf_add_str(out, buf_str(&body));
        buf_add(out, tag, sizeof tag);
}

/* ---- reading ---- */

struct reader {
        const uint8_t *p;
        size_t n;
        bool bad;
        bool nameless, stateless;       /* of an older release */
};

static void get_bytes(struct reader *r, void *out, size_t n)
{
        if (r->bad || r->n < n) {
                r->bad = true;
                memset(out, 0, n);
                return;
        }
        memcpy(out, r->p, n);
        r->p += n;
        r->n -= n;
}

static uint64_t get(struct reader *r, unsigned n)
{
        uint8_t b[8];
        uint64_t value = 0;

        get_bytes(r, b, n);
        for (unsigned i = 0; i < n; i++)
                value = value << 8 | b[i];
        return value;
}

static void get_name(struct reader *r, struct keyring_portal *portal)
{
        uint64_t n = r->nameless ? 0 : get(r, 1);

        if (n > KEYRING_NAME_MAX)
                r->bad = true;
        else
                get_bytes(r, portal->name, (size_t)n);
}

static bool get_portal(struct reader *r, struct keyring *keyring)
{
        struct keyring_portal *portal = xalloc(sizeof *portal);

        keyring->portals[keyring->n++] = portal;        /* freed with the rest, whatever follows */
        portal->id = get(r, 8);
        get_bytes(r, portal->uuid, SEAL_UUID_LEN);
        portal->lines = get(r, 8);
        get_bytes(r, portal->head.b, DIGEST_LEN);
        get_name(r, portal);
        portal->state = r->stateless ? 0 : (uint8_t)get(r, 1);
        portal->delete_after = r->stateless ? 0 : (int64_t)get(r, 8);
        uint64_t versions = get(r, 4);

        if (r->bad || versions == 0 || versions > KEYRING_VERSIONS_MAX ||
            (keyring->n > 1 && keyring->portals[keyring->n - 2]->id >= portal->id))
                return false;
        for (size_t i = 0; i < versions; i++) {
                struct keyring_version *v = &portal->versions[i];
                struct secret key CLEANUP_SECRET = { 0 };

                v->number = (uint32_t)get(r, 4);
                v->created = (int64_t)get(r, 8);
                get_bytes(r, v->wrapped, KEYRING_WRAPPED_LEN);
                portal->nversions++;
                if (r->bad || (i > 0 && v[-1].number >= v->number) ||
                    keyring_key(keyring, portal, v->number, &key, NULL) < 0)
                        return false;
        }
        return true;
}

static bool get_body(struct reader *r, struct keyring *keyring)
{
        secret_make(&keyring->seed, SIGNING_SEED_LEN);
        get_bytes(r, keyring->seed.p, SIGNING_SEED_LEN);
        keyring->seed.n = SIGNING_SEED_LEN;
        keyring->confirmed = (int64_t)get(r, 8);
        uint64_t n = get(r, 4);

        if (r->bad || n > r->n / PORTAL_LEN)
                return false;
        keyring->portals = xcalloc((size_t)n + 1, sizeof(struct keyring_portal *));
        for (uint64_t i = 0; i < n; i++)
                if (!get_portal(r, keyring))
                        return false;
        signing_public((const uint8_t *)keyring->seed.p, keyring->public);
        return r->n == 0;
}

static int corrupt(struct err *err)
{
        return err_set(err, ERR_CORRUPT, "the store of backup keys is damaged; put a copy of the "
                                         "keys folder "
                       "back");
}

static int open_store(struct str bytes, struct str root, struct keyring *keyring, struct buf *body,
                      struct err *err)
{
        struct aead *outer CLEANUP_AEAD = under_root(root);
        const uint8_t *head = (const uint8_t *)bytes.p;
        const uint8_t *wrapped = head + MAGIC_LEN + AEAD_NONCE_LEN;
        const uint8_t *nonce = wrapped + KEY_LEN + AEAD_TAG_LEN;
        size_t n = bytes.n - HEAD_LEN - AEAD_TAG_LEN;

        secret_make(&keyring->store_key, KEY_LEN);
        if (aead_open(outer, head + MAGIC_LEN, str_make(bytes.p, MAGIC_LEN),
                      str_make((const char *)wrapped, KEY_LEN), wrapped + KEY_LEN, keyring->store_key.p,
                      NULL) < 0)
                return err_set(err, ERR_DENIED, "the store of backup keys does not open under "
                                                "this root key; "
                               "it belongs to another, or is damaged");
        keyring->store_key.n = KEY_LEN;
        struct aead *inner CLEANUP_AEAD = aead_new(secret_str(&keyring->store_key));

        buf_reserve(body, n);
        body->n = n;
        return aead_open(inner, nonce, str_make(bytes.p, HEAD_LEN), str_make(bytes.p + HEAD_LEN, n),
                         head + HEAD_LEN + n, body->p, NULL) < 0
                       ? corrupt(err)
                       : 0;
}

int keyring_read(struct str bytes, struct str root, struct keyring *out, struct err *err)
{
        struct keyring keyring CLEANUP_KEYRING = { 0 };
        struct buf body CLEANUP_BUF = { 0 };

        bool nameless = str_starts(bytes, STR(MAGIC_NAMELESS));
        bool stateless = nameless || str_starts(bytes, STR(MAGIC_STATELESS));

        if (bytes.n < HEAD_LEN + AEAD_TAG_LEN || (!stateless && !str_starts(bytes, STR(MAGIC))))
                return corrupt(err);
        int r = open_store(bytes, root, &keyring, &body, err);

        if (r == 0) {
                struct reader reader = { .p = (const uint8_t *)body.p, .n = body.n,
                                         .nameless = nameless, .stateless = stateless };

                if (!get_body(&reader, &keyring))
                        r = corrupt(err);
        }
        secret_wipe(body.p, body.n);
        if (r < 0)
                return r;
        keyring_free(out);
        *out = keyring;
        keyring = (struct keyring){ 0 };
        return 0;
}

int keyring_save(const struct keyring *keyring, int folder, struct str root, struct err *err)
{
        struct buf out CLEANUP_BUF = { 0 };

        keyring_write(keyring, root, &out);
        return fd_replace(folder, NAME, 0600, out.p, out.n, err);
}

int keyring_load(int folder, struct str root, struct keyring *out, struct err *err)
{
        struct buf bytes CLEANUP_BUF = { 0 };
        int r = fd_slurp(folder, NAME, KEYRING_BYTES_MAX, &bytes, err);

        return r < 0 ? r : keyring_read(buf_str(&bytes), root, out, err);
}
