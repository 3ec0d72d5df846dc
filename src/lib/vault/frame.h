/*
 * frame.h -- private to vault/: the parts that writing and reading a message share.
 */
#pragma once

#include "crypto/aead.h"
#include "crypto/rsa_wrap.h"
#include "vault/seal.h"

enum {
        FRAME_HEAD = 4 + AEAD_NONCE_LEN,
        FRAME_FINAL_HEAD = 4 + 4 + AEAD_NONCE_LEN + 4,
        WRAPPED_LEN = SEAL_DATA_KEY_LEN + AEAD_TAG_LEN,
};

/* Whose key the data key is wrapped to, when it is not the portal's. */
struct header_client {
        char name[RSA_WRAP_NAME_LEN + 1];       /* of the key; empty: the portal's */
        size_t wrapped_n;                       /* bytes that the wrapped key has */
};

/* Where the parts stand in a header that is otherwise known from what the backup is about. */
struct header_places {
        size_t message;
        size_t wrap_nonce, wrap_nonce_n;        /* of length 0 where no nonce is used */
        size_t wrapped, wrapped_n;
        size_t about, about_n;  /* the context, as the wrapped key is bound to it */
        size_t auth;            /* the header's own nonce and tag; everything before is under the tag */
};

/* The header with zeros in the places of message id, nonces, wrapped key and tag. client: or NULL. */
void header_build(const struct seal_about *about, const struct header_client *client, struct buf *out,
                  struct header_places *places);

/* ---- header.c: a header that nobody knows beforehand ---- */

/* How many bytes it has, as far as its first ones say; part.n when they say more than is allowed. */
size_t header_wanted(struct str part);

/*
 * What a whole header says, without its proof. Whoever calls builds it again from that and compares: so
 * only what we would write ourselves is read. Fails: ERR_CORRUPT
 */
NODISCARD int header_read(struct str header, struct seal_about *about, struct header_client *client,
                          struct err *err);

/* AES-192-GCM under HKDF-SHA256(data key, info = suite || message id). */
NODISCARD struct aead *content_key(struct str data_key, const uint8_t message[static SEAL_MESSAGE_ID_LEN]);

void commit_of(struct str data_key, const uint8_t message[static SEAL_MESSAGE_ID_LEN],
               uint8_t out[static SEAL_COMMIT_LEN]);

/* Nonce 0^8 || seq. */
void frame_nonce(uint32_t seq, uint8_t out[static AEAD_NONCE_LEN]);

/* What a frame's tag covers besides its bytes; out is emptied first. */
void frame_about(const uint8_t message[static SEAL_MESSAGE_ID_LEN], bool final, uint32_t seq, size_t n,
                 struct buf *out);

static inline void put_u32(uint8_t out[static 4], uint32_t value)
{
        for (int i = 0; i < 4; i++)
                out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static inline uint32_t get_u32(const uint8_t in[static 4])
{
        return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}
