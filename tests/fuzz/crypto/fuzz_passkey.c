/*
 * fuzz_passkey.c -- fuzz target: what a browser sends for a passkey. One line of clientDataJSON, then an attestation object
 * or authenticator data.
 *
 * Whatever registers has a key that can be used and is gone with its last byte; and no input logs in, for nobody signed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/authdata.h"
#include "crypto/cbor.h"
#include "crypto/passkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str origin = STR("https://docs.example");
static const struct passkey_ceremony ceremony = { .rp_id = STR("docs.example"), .origins = &origin,
                                                  .origin_count = 1 };

static void register_one(struct str client, struct str object)
{
        struct passkey key = { 0 };
        struct err err = { 0 };

        if (passkey_register(&ceremony, client, object, &key, &err) < 0) {
                if (err.text[0] == '\0' || key.id_len != 0)
                        abort();
                return;
        }
        if (key.id_len == 0 || key.id_len > PASSKEY_ID_MAX ||
            key.key_len != (key.algorithm == PASSKEY_ES256 ? 64 : 32))
                abort();
        object.n--;
        if (passkey_register(&ceremony, client, object, &key, NULL) >= 0)
                abort();
}

/* What the page sent as base64url has one spelling only. */
static void decode_one(struct str text)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf again CLEANUP_BUF = { 0 };
        struct str bytes;

        if (passkey_bytes(text, arena, &bytes, NULL) < 0)
                return;
        passkey_text(bytes, &again);
        if (!str_eq(buf_str(&again), text))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str rest = str_make((const char *)data, size), client = str_cut(&rest, '\n');
        struct passkey stored = { .algorithm = PASSKEY_EDDSA, .key_len = 32 };
        struct passkey_use used;
        struct authdata read;
        struct cbor c = cbor_of(rest);

        decode_one(client);
        decode_one(rest);
        register_one(client, rest);
        /* RFC 8032: the generator of Ed25519, whose secret is one; but no input here holds its signature. */
        memset(stored.key, 0x66, 32);
        stored.key[0] = 0x58;
        if (passkey_login(&ceremony, &stored, client, rest, rest, &used, NULL) >= 0)
                abort();
        if (authdata_read(rest, &read, NULL) == 0 && rest.n > 0 &&
            authdata_read(str_make(rest.p, rest.n - 1), &read, NULL) == 0)
                abort();
        if (cbor_skip(&c) && c.at > c.end)
                abort();
        return 0;
}
