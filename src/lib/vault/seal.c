/*
 * seal.c -- writing a message: header, frames, final frame.
 */
#include "vault/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "crypto/derive.h"
#include "crypto/hex.h"
#include "crypto/random.h"
#include "vault/frame.h"

enum { SUITE = 0x0146, FRAMES_MAX = INT32_MAX };

#define PROVIDER "vault"
#define CLIENT_PROVIDER "client"

struct sealer {
        struct aead *key;
        struct secret frame;            /* bytes that are not a whole frame yet, then its ciphertext */
        struct seal_mark mark;
        uint32_t seq;                   /* of the next frame */
        bool finished;
        struct buf about;
};

static const char *const kinds[BACKUP_KINDS] = { "daily", "manual", "pre-restore" };

const char *backup_kind_name(enum backup_kind kind)
{
        return (unsigned)kind < BACKUP_KINDS ? kinds[kind] : NULL;
}

bool backup_kind_find(struct str name, enum backup_kind *out)
{
        for (unsigned i = 0; i < BACKUP_KINDS; i++) {
                if (!str_is(name, kinds[i]))
                        continue;
                *out = (enum backup_kind)i;
                return true;
        }
        return false;
}

void seal_uuid_text(const uint8_t uuid[static SEAL_UUID_LEN], char out[static SEAL_UUID_TEXT_LEN + 1])
{
        char hex[2 * SEAL_UUID_LEN + 1];

        hex_write(uuid, SEAL_UUID_LEN, hex);
        snprintf(out, SEAL_UUID_TEXT_LEN + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
                 hex + 16, hex + 20);
}

/* ---- the header ---- */

static void add_u16(struct buf *out, size_t value)
{
        const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

        check(value <= UINT16_MAX);
        buf_add(out, bytes, sizeof bytes);
}

static void add_u32(struct buf *out, uint32_t value)
{
        uint8_t bytes[4];

        put_u32(bytes, value);
        buf_add(out, bytes, sizeof bytes);
}

static void add_short(struct buf *out, const char *text)
{
        size_t n = strlen(text);

        add_u16(out, n);
        buf_add(out, text, n);
}

static size_t add_zeros(struct buf *out, size_t n)
{
        static const char zeros[RSA_WRAP_LEN_MAX];
        size_t at = out->n;

        check(n <= sizeof zeros);
        buf_add(out, zeros, n);
        return at;
}

/* The keys in the order of their bytes, as the format wants it; all of them, always. */
static void add_context(const struct seal_about *about, struct buf *out)
{
        char created[CLOCK_ISO_LEN + 1], portal[SEAL_UUID_TEXT_LEN + 1], prev[DIGEST_HEX_LEN + 1];
        char kek[16], schema[16], seq[24];
        const char *const pairs[][2] = {
                { "app", about->app }, { "created", created }, { "kek", kek },
                { "kind", backup_kind_name(about->kind) }, { "portal", portal }, { "prev", prev },
                { "schema", schema }, { "seq", seq },
        };

        clock_iso(about->created, created);
        seal_uuid_text(about->portal, portal);
        digest_hex(&about->prev, prev);
        snprintf(kek, sizeof kek, "%u", about->kek);
        snprintf(schema, sizeof schema, "%u", about->schema);
        snprintf(seq, sizeof seq, "%llu", (unsigned long long)about->seq);
        add_u16(out, ARRAY_LEN(pairs));
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                add_short(out, pairs[i][0]);
                add_short(out, pairs[i][1]);
        }
}

/* The provider's information of a raw AES key: name, tag bits, nonce length, nonce. */
static void add_wrapped_key(const struct seal_about *about, struct buf *out,
                            struct header_places *places)
{
        char name[24];

        snprintf(name, sizeof name, "kek-%u", about->kek);
        add_u16(out, 1);
        add_short(out, PROVIDER);
        add_u16(out, strlen(name) + 4 + 4 + AEAD_NONCE_LEN);
        buf_add(out, name, strlen(name));
        add_u32(out, AEAD_TAG_LEN * 8);
        add_u32(out, AEAD_NONCE_LEN);
        places->wrap_nonce_n = AEAD_NONCE_LEN;
        places->wrap_nonce = add_zeros(out, AEAD_NONCE_LEN);
        add_u16(out, WRAPPED_LEN);
        places->wrapped_n = WRAPPED_LEN;
        places->wrapped = add_zeros(out, WRAPPED_LEN);
}

/* Of a raw RSA key: its name. */
static void add_client_key(const struct header_client *client, struct buf *out,
                           struct header_places *places)
{
        add_u16(out, 1);
        add_short(out, CLIENT_PROVIDER);
        add_short(out, client->name);
        add_u16(out, client->wrapped_n);
        places->wrapped_n = client->wrapped_n;
        places->wrapped = add_zeros(out, client->wrapped_n);
        places->wrap_nonce_n = 0;
        places->wrap_nonce = places->wrapped;
}

void header_build(const struct seal_about *about, const struct header_client *client, struct buf *out,
                  struct header_places *places)
{
        struct buf context CLEANUP_BUF = { 0 };
        const uint8_t version_and_type[2] = { 0x01, 0x80 };
        const uint8_t framed[6] = { 0x02, 0, 0, 0, 0, AEAD_NONCE_LEN };

        add_context(about, &context);
        buf_add(out, version_and_type, sizeof version_and_type);
        add_u16(out, SUITE);
        places->message = add_zeros(out, SEAL_MESSAGE_ID_LEN);
        add_u16(out, context.n);
        places->about = out->n;
        places->about_n = context.n;
        buf_add_str(out, buf_str(&context));
        if (client != NULL && client->name[0] != '\0')
                add_client_key(client, out, places);
        else
                add_wrapped_key(about, out, places);
        buf_add(out, framed, sizeof framed);
        add_u32(out, SEAL_FRAME);
        places->auth = out->n;
        add_zeros(out, AEAD_NONCE_LEN + AEAD_TAG_LEN);
        check(out->n <= SEAL_HEADER_MAX);
}

struct aead *content_key(struct str data_key, const uint8_t message[static SEAL_MESSAGE_ID_LEN])
{
        uint8_t info[2 + SEAL_MESSAGE_ID_LEN] = { SUITE >> 8, SUITE & 0xff };
        uint8_t key[SEAL_DATA_KEY_LEN];

        memcpy(info + 2, message, SEAL_MESSAGE_ID_LEN);
        derive_key(data_key, (struct str){ NULL, 0 }, str_make((const char *)info, sizeof info), key,
                   sizeof key);
        struct aead *aead = aead_new(str_make((const char *)key, sizeof key));

        secret_wipe(key, sizeof key);
        return aead;
}

void commit_of(struct str data_key, const uint8_t message[static SEAL_MESSAGE_ID_LEN],
               uint8_t out[static SEAL_COMMIT_LEN])
{
        static const char purpose[] = "carrel-commit-v1";
        uint8_t text[sizeof purpose - 1 + SEAL_MESSAGE_ID_LEN];

        memcpy(text, purpose, sizeof purpose - 1);
        memcpy(text + sizeof purpose - 1, message, SEAL_MESSAGE_ID_LEN);
        derive_mac(data_key, str_make((const char *)text, sizeof text), out);
}

void frame_nonce(uint32_t seq, uint8_t out[static AEAD_NONCE_LEN])
{
        memset(out, 0, AEAD_NONCE_LEN);
        put_u32(out + AEAD_NONCE_LEN - 4, seq);
}

void frame_about(const uint8_t message[static SEAL_MESSAGE_ID_LEN], bool final, uint32_t seq, size_t n,
                 struct buf *out)
{
        buf_clear(out);
        buf_add(out, message, SEAL_MESSAGE_ID_LEN);
        buf_puts(out, final ? "AWSKMSEncryptionClient Final Frame" : "AWSKMSEncryptionClient Frame");
        add_u32(out, seq);
        add_u32(out, 0);
        add_u32(out, (uint32_t)n);
}

/* ---- sealing ---- */

/* A message of its own: id, data key and what follows from them. */
static struct sealer *sealer_begin(const uint8_t message[static SEAL_MESSAGE_ID_LEN], struct str data_key)
{
        struct sealer *sealer = xalloc(sizeof *sealer);

        check(data_key.n == SEAL_DATA_KEY_LEN);
        memcpy(sealer->mark.message, message, SEAL_MESSAGE_ID_LEN);
        commit_of(data_key, message, sealer->mark.commit);
        sealer->key = content_key(data_key, message);
        sealer->seq = 1;
        secret_make(&sealer->frame, SEAL_FRAME);
        return sealer;
}

/* When all else stands in the header: its own tag, over all of it. */
static void seal_header(const struct sealer *sealer, const struct header_places *at, struct buf *header)
{
        uint8_t *h = (uint8_t *)header->p;

        memcpy(h + at->message, sealer->mark.message, SEAL_MESSAGE_ID_LEN);
        aead_seal(sealer->key, h + at->auth, str_make(header->p, at->auth), (struct str){ NULL, 0 },
                  NULL, h + at->auth + AEAD_NONCE_LEN);
}

static void check_about(const struct seal_about *about)
{
        check(about->kind < BACKUP_KINDS && memchr(about->app, '\0', SEAL_APP_MAX) != NULL);
}

struct sealer *sealer_new_with(const struct seal_about *about, struct str kek,
                               const uint8_t message[static SEAL_MESSAGE_ID_LEN],
                               const uint8_t data_key[static SEAL_DATA_KEY_LEN],
                               const uint8_t nonce[static 12], struct buf *out)
{
        struct buf header CLEANUP_BUF = { 0 };
        struct header_places at;
        struct str key = str_make((const char *)data_key, SEAL_DATA_KEY_LEN);

        check_about(about);
        check(kek.n == SEAL_KEK_LEN);
        struct sealer *sealer = sealer_begin(message, key);
        struct aead *wrap CLEANUP_AEAD = aead_new(kek);

        header_build(about, NULL, &header, &at);
        uint8_t *h = (uint8_t *)header.p;

        memcpy(h + at.wrap_nonce, nonce, AEAD_NONCE_LEN);
        aead_seal(wrap, nonce, str_make(header.p + at.about, at.about_n), key, h + at.wrapped,
                  h + at.wrapped + SEAL_DATA_KEY_LEN);
        seal_header(sealer, &at, &header);
        buf_add_str(out, buf_str(&header));
        return sealer;
}

struct sealer *sealer_new(const struct seal_about *about, struct str kek, struct buf *out)
{
        struct secret data_key CLEANUP_SECRET = { 0 };
        uint8_t message[SEAL_MESSAGE_ID_LEN], nonce[AEAD_NONCE_LEN];

        secret_random(&data_key, SEAL_DATA_KEY_LEN);
        random_fill(message, sizeof message);
        random_fill(nonce, sizeof nonce);
        return sealer_new_with(about, kek, message, (const uint8_t *)data_key.p, nonce, out);
}

struct sealer *sealer_new_for(const struct seal_about *about, const struct rsa_public *client,
                              struct buf *out)
{
        struct secret data_key CLEANUP_SECRET = { 0 };
        struct buf header CLEANUP_BUF = { 0 };
        struct header_client to = { .wrapped_n = rsa_public_length(client) };
        struct header_places at;
        uint8_t message[SEAL_MESSAGE_ID_LEN];

        check_about(about);
        secret_random(&data_key, SEAL_DATA_KEY_LEN);
        random_fill(message, sizeof message);
        struct sealer *sealer = sealer_begin(message, secret_str(&data_key));

        memcpy(to.name, rsa_public_name(client), sizeof to.name);
        header_build(about, &to, &header, &at);
        rsa_wrap(client, secret_str(&data_key), (uint8_t *)header.p + at.wrapped);
        seal_header(sealer, &at, &header);
        buf_add_str(out, buf_str(&header));
        return sealer;
}

void sealer_free(struct sealer **sealer)
{
        if (*sealer == NULL)
                return;
        aead_free(&(*sealer)->key);
        secret_free(&(*sealer)->frame);
        buf_free(&(*sealer)->about);
        free(*sealer);
        *sealer = NULL;
}

static void add_frame(struct sealer *sealer, bool final, struct buf *out)
{
        struct secret *frame = &sealer->frame;
        uint8_t nonce[AEAD_NONCE_LEN], tag[AEAD_TAG_LEN];

        frame_nonce(sealer->seq, nonce);
        frame_about(sealer->mark.message, final, sealer->seq, frame->n, &sealer->about);
        aead_seal(sealer->key, nonce, buf_str(&sealer->about), secret_str(frame), frame->p, tag);
        if (final)
                add_u32(out, UINT32_MAX);
        add_u32(out, sealer->seq);
        buf_add(out, nonce, sizeof nonce);
        if (final)
                add_u32(out, (uint32_t)frame->n);
        buf_add(out, frame->p, frame->n);
        buf_add(out, tag, sizeof tag);
        frame->n = 0;
        sealer->seq++;
}

int sealer_add(struct sealer *sealer, struct str bytes, struct buf *out, struct err *err)
{
        struct secret *frame = &sealer->frame;

        check(!sealer->finished);
        while (bytes.n > 0) {
                /* A full frame waits for one more byte: it could be the final one. */
                if (frame->n == SEAL_FRAME) {
                        if (sealer->seq >= FRAMES_MAX)
                                return err_set(err, ERR_LIMIT, "the portal is too large for one backup");
                        add_frame(sealer, false, out);
                }
                size_t room = SEAL_FRAME - frame->n, take = bytes.n < room ? bytes.n : room;

                memcpy(frame->p + frame->n, bytes.p, take);
                frame->n += take;
                bytes = str_make(bytes.p + take, bytes.n - take);
        }
        return 0;
}

void sealer_finish(struct sealer *sealer, struct buf *out)
{
        check(!sealer->finished);
        add_frame(sealer, true, out);
        sealer->finished = true;
}

void sealer_mark(const struct sealer *sealer, struct seal_mark *out)
{
        *out = sealer->mark;
}
