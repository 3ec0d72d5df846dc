/*
 * target.c -- fuzz target: a backup in uneven pieces, known beforehand and not, a list of backups, a typed
 * share, a store of keys, a client's public key.
 *
 * The first byte chooses. Keys are fixed, so a corpus can hold files that open.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../../unit/crypto/rsa_keys.h"
#include "../../unit/vault/sample.h"
#include "base/check.h"
#include "vault/frame.h"
#include "vault/keyring.h"
#include "vault/manifest.h"
#include "vault/shares.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t seed[SIGNING_SEED_LEN] = { 1, 2, 3 };

/* Whatever is opened: nothing comes out that was not in it, and a refusal is a sentence. */
static void open_in_pieces(struct opener *opener, struct str bytes)
{
        struct buf out CLEANUP_BUF = { 0 };
        struct err err = { 0 };
        size_t at = 0, step = 1;
        int r = 0;

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

static void open_message(struct str bytes)
{
        struct seal_about about = sample_about(42);
        struct seal_mark mark;
        uint8_t key[SEAL_DATA_KEY_LEN];

        /* The message of docs/formats/backup.md: its id, and the commitment to its data key. */
        memset(mark.message, 0x11, sizeof mark.message);
        memset(key, 0x22, sizeof key);
        commit_of(str_make((const char *)key, sizeof key), mark.message, mark.commit);
        struct opener *opener CLEANUP_OPENER = opener_new(&about, &mark, sample_key());

        open_in_pieces(opener, bytes);
}

static int ask_nobody(void *ctx, struct secret *out, struct err *err)
{
        (void)ctx;
        (void)out;
        return err_set(err, ERR_DENIED, "nobody is asked");
}

/* Nothing is known of it beforehand; both keys are at hand. */
static void open_alone(struct str bytes)
{
        static struct rsa_private *key;

        if (key == NULL)
                check(rsa_private_read(str_of(rsa_sample_private), ask_nobody, NULL, &key, NULL) == 0);
        struct opener *opener CLEANUP_OPENER = opener_new_alone(sample_key(), key);

        open_in_pieces(opener, bytes);
}

static void read_public_key(struct str pem)
{
        struct rsa_public *key CLEANUP_RSA_PUBLIC = NULL;
        uint8_t wrapped[RSA_WRAP_LEN_MAX];
        struct err err = { 0 };

        if (rsa_public_read(pem, &key, &err) < 0) {
                if (err.text[0] == '\0' || key != NULL)
                        abort();
                return;
        }
        if (rsa_public_bits(key) < RSA_WRAP_BITS_MIN || rsa_public_length(key) > sizeof wrapped)
                abort();
        rsa_wrap(key, STR("x"), wrapped);       /* whatever was read can be sealed to */
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
        static void (*const targets[])(struct str) = { open_message, read_manifest, join_shares, read_keys,
                                                       open_alone, read_public_key };
        static bool prepared;

        if (!prepared)
                check(aead_prepare(NULL) == 0);
        prepared = true;
        if (size > 0)
                targets[data[0] % ARRAY_LEN(targets)](str_make((const char *)data + 1, size - 1));
        return 0;
}
