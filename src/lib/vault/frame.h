/*
 * frame.h -- private to vault/: the parts that writing and reading a message share.
 */
#pragma once

#include "crypto/aead.h"
#include "vault/seal.h"

enum {
        FRAME_HEAD = 4 + AEAD_NONCE_LEN,
        FRAME_FINAL_HEAD = 4 + 4 + AEAD_NONCE_LEN + 4,
        WRAPPED_LEN = SEAL_DATA_KEY_LEN + AEAD_TAG_LEN,
};

/* Where the parts stand in a header that is otherwise known from what the backup is about. */
struct header_places {
        size_t message;
        size_t wrap_nonce;
        size_t wrapped;
        size_t about, about_n;  /* the context, as the wrapped key is bound to it */
        size_t auth;            /* the header's own nonce and tag; everything before is under the tag */
};

/* The header with zeros in the places of message id, nonces, wrapped key and tag. */
void header_build(const struct seal_about *about, struct buf *out, struct header_places *places);

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
