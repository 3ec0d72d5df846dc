/*
 * target.c -- fuzz target: a backup in uneven pieces, a list of backups, a typed share, a store of keys.
 *
 * The first byte chooses. Keys are fixed, so a corpus can hold files that open.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../../unit/vault/sample.h"
#include "base/check.h"
#include "vault/frame.h"
#include "vault/keyring.h"
#include "vault/manifest.h"
#include "vault/shares.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t seed[SIGNING_SEED_LEN] = { 1, 2, 3 };

static void open_message(struct str bytes)
{
        struct seal_about about = sample_about(42);
        struct seal_mark mark;
        uint8_t key[SEAL_DATA_KEY_LEN];
        struct buf out CLEANUP_BUF = { 0 };
        struct err err = { 0 };
        size_t at = 0, step = 1;
        int r = 0;

        /* The message of docs/formats/backup.md: its id, and the commitment to its data key. */
        memset(mark.message, 0x11, sizeof mark.message);
        memset(key, 0x22, sizeof key);
        commit_of(str_make((const char *)key, sizeof key), mark.message, mark.commit);
        struct opener *opener CLEANUP_OPENER = opener_new(&about, &mark, sample_key());

        for (; r == 0 && at < bytes.n; at += step, step = step * 3 % 1021) {
                if (step > bytes.n - at)
                        step = bytes.n - at;
                r = opener_add(opener, str_make(bytes.p + at, step), &out, &err);
        }
        if (r == 0)
                r = opener_finish(opener, &err);
        if (r < 0 && err.text[0] == '\0')
                abort();
        if (out.n > bytes.n)
                abort();
}

/* What was read is what would be written. */
static void read_manifest(struct str text)
{
        struct manifest manifest CLEANUP_MANIFEST = { 0 };
        uint8_t public[SIGNING_PUBLIC_LEN];
        struct digest head;
        struct err err = { 0 };
        size_t whole = 0;

        signing_public(seed, public);
        if (manifest_read(text, public, &manifest, &whole, &err) < 0) {
                if (err.text[0] == '\0' || manifest.n != 0)
                        abort();
                return;
        }
        if (whole > text.n || !manifest_digest_at(text, manifest.lines, &head) ||
            memcmp(head.b, manifest.head.b, DIGEST_LEN) != 0)
                abort();
        for (size_t i = 1; i < manifest.n; i++)
                if (manifest.backups[i - 1].about.seq >= manifest.backups[i].about.seq)
                        abort();
}

static void join_shares(struct str text)
{
        uint8_t key[SHARES_KEY_LEN];
        struct err err = { 0 };
        struct str first = str_cut(&text, '\n');

        if (shares_join(first, text, key, &err) < 0 && err.text[0] == '\0')
                abort();
}

static void read_keys(struct str bytes)
{
        struct keyring keyring CLEANUP_KEYRING = { 0 };
        struct err err = { 0 };

        if (keyring_read(bytes, sample_key(), &keyring, &err) < 0 &&
            (err.text[0] == '\0' || keyring.portals != NULL))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static void (*const targets[])(struct str) = { open_message, read_manifest, join_shares, read_keys };
        static bool prepared;

        if (!prepared)
                check(aead_prepare(NULL) == 0);
        prepared = true;
        if (size > 0)
                targets[data[0] % 4](str_make((const char *)data + 1, size - 1));
        return 0;
}
