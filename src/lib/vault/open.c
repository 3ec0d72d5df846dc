/*
 * open.c -- reading a message, stricter than the format allows.
 *
 * What a backup says of itself is known beforehand, from the signed manifest. So the header is not parsed:
 * it is built again and must be the same, but for the wrapped key and the tags, which must fit. Where there
 * is no manifest, header.c reads what it says, and it is built again from that. Frames must be whole,
 * numbered 1, 2, 3 and so on with the nonces that follow from it, and end with one final frame that is the
 * last thing in the file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "vault/frame.h"

enum state { IN_HEADER, IN_FRAMES, AT_END, FAILED };

struct opener {
        enum state state;
        bool listed;                    /* header and mark are known beforehand */
        struct secret kek;
        const struct rsa_private *client;
        struct seal_about claims;       /* of a header that was not known beforehand */
        struct buf header;              /* what it must be */
        struct header_places places;
        struct seal_mark mark;
        struct aead *key;
        uint32_t seq;                   /* of the next frame */
        struct buf part;                /* the header or frame that is being collected, still sealed */
        struct secret frame;            /* one frame's bytes, before they are handed out */
        struct buf about;
};


static struct opener *make(struct str kek)
{
        struct opener *opener = xalloc(sizeof *opener);

        opener->seq = 1;
        secret_make(&opener->kek, SEAL_KEK_LEN);
        if (kek.n > 0)
                memcpy(opener->kek.p, kek.p, kek.n);
        opener->kek.n = kek.n;
        secret_make(&opener->frame, SEAL_FRAME);
        return opener;
}

struct opener *opener_new(const struct seal_about *about, const struct seal_mark *mark, struct str kek)
{
        check(kek.n == SEAL_KEK_LEN && about->kind < BACKUP_KINDS &&
              memchr(about->app, '\0', SEAL_APP_MAX) != NULL);
        struct opener *opener = make(kek);

        header_build(about, NULL, &opener->header, &opener->places);
        memcpy(opener->header.p + opener->places.message, mark->message, SEAL_MESSAGE_ID_LEN);
        opener->mark = *mark;
        opener->listed = true;
        return opener;
}

struct opener *opener_new_alone(struct str kek, const struct rsa_private *client)
{
        check(kek.n == 0 || kek.n == SEAL_KEK_LEN);
        struct opener *opener = make(kek);

        opener->client = client;
        return opener;
}

const struct seal_about *opener_about(const struct opener *opener)
{
        return opener->key != NULL && !opener->listed ? &opener->claims : NULL;
}

void opener_free(struct opener **opener)
{
        if (*opener == NULL)
                return;
        secret_free(&(*opener)->kek);
        buf_free(&(*opener)->part);
        secret_free(&(*opener)->frame);
        buf_free(&(*opener)->header);
        buf_free(&(*opener)->about);
        aead_free(&(*opener)->key);
        free(*opener);
        *opener = NULL;
}

static int damaged(const char *what, struct err *err)
{
        return err_set(err, ERR_CORRUPT, "the backup is damaged or has been tampered with: %s", what);
}

/* ---- the header ---- */

/* The wrapped key's nonce, the wrapped key and the tags are the backup's own; all else is known. */
static bool header_is_expected(const struct opener *opener)
{
        const struct header_places *at = &opener->places;
        const char *is = opener->part.p, *must = opener->header.p;
        size_t after_nonce = at->wrap_nonce + at->wrap_nonce_n, after_key = at->wrapped + at->wrapped_n;

        return opener->part.n == opener->header.n && memcmp(is, must, at->wrap_nonce) == 0 &&
               memcmp(is + after_nonce, must + after_nonce, at->wrapped - after_nonce) == 0 &&
               memcmp(is + after_key, must + after_key, at->auth + AEAD_NONCE_LEN - after_key) == 0;
}

/* What it says becomes what it must be: so it is held against the one way we would have written it. */
static int expect_claims(struct opener *opener, struct header_client *client, struct err *err)
{
        int r = header_read(buf_str(&opener->part), &opener->claims, client, err);

        if (r < 0)
                return r;
        header_build(&opener->claims, client, &opener->header, &opener->places);
        /* The message id is anything: it stands at one place in every header. */
        memcpy(opener->mark.message, opener->part.p + opener->places.message, SEAL_MESSAGE_ID_LEN);
        memcpy(opener->header.p + opener->places.message, opener->mark.message, SEAL_MESSAGE_ID_LEN);
        return 0;
}

static int unwrap(struct opener *opener, struct secret *data_key, struct err *err)
{
        const struct header_places *at = &opener->places;
        const uint8_t *h = (const uint8_t *)opener->part.p;

        if (opener->kek.n == 0)
                return err_set(err, ERR_DENIED, "this is a file of the vault's: it opens with the portal's "
                               "key, which 'carrel backup keys print' shows on its host");
        struct aead *wrap CLEANUP_AEAD = aead_new(secret_str(&opener->kek));

        secret_make(data_key, SEAL_DATA_KEY_LEN);
        int r = aead_open(wrap, h + at->wrap_nonce, str_make(opener->part.p + at->about, at->about_n),
                          str_make(opener->part.p + at->wrapped, SEAL_DATA_KEY_LEN),
                          h + at->wrapped + SEAL_DATA_KEY_LEN, data_key->p, err);

        if (r < 0)
                return err_set(err, ERR_DENIED, "the portal's key does not open this backup: it "
                                                "is damaged, "
                               "or another portal's");
        data_key->n = SEAL_DATA_KEY_LEN;
        return 0;
}

static int unwrap_for(const struct opener *opener, const struct header_client *to, struct secret *data_key,
                      struct err *err)
{
        struct str wrapped = str_make(opener->part.p + opener->places.wrapped, to->wrapped_n);

        if (opener->client == NULL)
                return err_set(err, ERR_DENIED, "this was sealed to somebody's own key, %.16s...: it opens "
                               "with the private half of that", to->name);
        if (strcmp(to->name, rsa_private_name(opener->client)) != 0)
                return err_set(err, ERR_DENIED, "this was sealed to the key %.16s..., and the one given is "
                               "%.16s...", to->name, rsa_private_name(opener->client));
        int r = rsa_unwrap(opener->client, wrapped, data_key, err);

        if (r == 0 && data_key->n != SEAL_DATA_KEY_LEN)
                return damaged("its data key has another length", err);
        return r;
}

static bool is_committed(const struct opener *opener, struct str data_key)
{
        uint8_t commit[SEAL_COMMIT_LEN];

        commit_of(data_key, opener->mark.message, commit);
        return secret_eq(str_make((const char *)commit, sizeof commit),
                         str_make((const char *)opener->mark.commit, sizeof commit));
}

static int read_header(struct opener *opener, struct err *err)
{
        struct secret data_key CLEANUP_SECRET = { 0 };
        struct header_client client = { .wrapped_n = 0 };
        const struct header_places *at = &opener->places;
        const uint8_t *h = (const uint8_t *)opener->part.p;
        int r = opener->listed ? 0 : expect_claims(opener, &client, err);

        if (r < 0)
                return r;
        if (!header_is_expected(opener))
                return damaged(opener->listed ? "its head is not the one the list of backups names"
                                              : "its head is not written as a backup's is", err);
        r = client.name[0] != '\0' ? unwrap_for(opener, &client, &data_key, err)
                                   : unwrap(opener, &data_key, err);
        if (r < 0)
                return r;
        if (opener->listed && !is_committed(opener, secret_str(&data_key)))
                return damaged("its key is not the one it was sealed with", err);
        struct aead *key CLEANUP_AEAD = content_key(secret_str(&data_key), opener->mark.message);

        if (aead_open(key, h + at->auth, str_make(opener->part.p, at->auth), (struct str){ NULL, 0 },
                      h + at->auth + AEAD_NONCE_LEN, NULL, NULL) < 0)
                return damaged("its head's seal is broken", err);
        opener->key = key;
        key = NULL;
        opener->state = IN_FRAMES;
        return 0;
}

/* ---- frames ---- */

/* How many bytes the part that is being collected has, as far as that is known from its first ones. */
static size_t wanted(const struct opener *opener)
{
        const uint8_t *p = (const uint8_t *)opener->part.p;

        if (opener->state == IN_HEADER)
                return opener->listed ? opener->header.n : header_wanted(buf_str(&opener->part));
        if (opener->part.n < 4)
                return 4;
        if (get_u32(p) != UINT32_MAX)
                return FRAME_HEAD + SEAL_FRAME + AEAD_TAG_LEN;
        if (opener->part.n < FRAME_FINAL_HEAD)
                return FRAME_FINAL_HEAD;
        uint32_t n = get_u32(p + FRAME_FINAL_HEAD - 4);

        /* Too long: its head is all that is looked at, and refused. */
        return n > SEAL_FRAME ? FRAME_FINAL_HEAD : FRAME_FINAL_HEAD + n + AEAD_TAG_LEN;
}

static int read_frame(struct opener *opener, struct buf *out, struct err *err)
{
        const uint8_t *p = (const uint8_t *)opener->part.p;
        bool final = get_u32(p) == UINT32_MAX;
        const uint8_t *seq = final ? p + 4 : p;
        size_t head = final ? FRAME_FINAL_HEAD : FRAME_HEAD;
        uint8_t nonce[AEAD_NONCE_LEN];

        frame_nonce(opener->seq, nonce);
        if (opener->part.n < head + AEAD_TAG_LEN || get_u32(seq) != opener->seq ||
            memcmp(seq + 4, nonce, sizeof nonce) != 0)
                return damaged("a part of it is missing, doubled or in another place", err);
        size_t n = opener->part.n - head - AEAD_TAG_LEN;

        frame_about(opener->mark.message, final, opener->seq, n, &opener->about);
        if (aead_open(opener->key, nonce, buf_str(&opener->about),
                      str_make(opener->part.p + head, n), p + head + n, opener->frame.p, NULL) < 0)
                return damaged("the seal of a part is broken", err);
        buf_add(out, opener->frame.p, n);
        secret_wipe(opener->frame.p, n);
        opener->seq++;
        if (final)
                opener->state = AT_END;
        return 0;
}

static int read_part(struct opener *opener, struct buf *out, struct err *err)
{
        int r = opener->state == IN_HEADER ? read_header(opener, err) : read_frame(opener, out, err);

        buf_clear(&opener->part);
        if (r < 0)
                opener->state = FAILED;
        return r;
}

int opener_add(struct opener *opener, struct str bytes, struct buf *out, struct err *err)
{
        while (bytes.n > 0) {
                if (opener->state == AT_END) {
                        opener->state = FAILED;
                        return damaged("something follows its end", err);
                }
                if (opener->state == FAILED)
                        return damaged("it was refused before", err);
                size_t room = wanted(opener) - opener->part.n;
                size_t take = bytes.n < room ? bytes.n : room;

                buf_add(&opener->part, bytes.p, take);
                bytes = str_make(bytes.p + take, bytes.n - take);
                if (opener->part.n < wanted(opener))
                        continue;
                int r = read_part(opener, out, err);

                if (r < 0)
                        return r;
        }
        return 0;
}

int opener_finish(struct opener *opener, struct err *err)
{
        return opener->state == AT_END ? 0 : damaged("it is cut short", err);
}
