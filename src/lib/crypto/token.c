/*
 * token.c -- 32 random bytes, a prefix that secret scanners can find, and libsodium's HMAC.
 */
#include "crypto/token.h"

#include <sodium.h>
#include <string.h>

#include "base/check.h"
#include "crypto/base64url.h"
#include "crypto/random.h"
#include "crypto/secret.h"

enum { TOKEN_BYTES = 32, PREFIX_LEN = 4 };

static const char prefixes[TOKEN_KINDS][PREFIX_LEN + 1] = {
        [TOKEN_SESSION] = "crs_", [TOKEN_DEVICE] = "crd_", [TOKEN_SETUP] = "cro_",
        [TOKEN_INVITE] = "cri_",  [TOKEN_RESET] = "crr_",  [TOKEN_STATE] = "crt_",
        [TOKEN_SHARE] = "crv_",   [TOKEN_API] = "crl_",
};
_Static_assert(BASE64URL_LEN(TOKEN_BYTES) == TOKEN_MAC_LEN, "tokens and codes have 32 bytes");

void token_new(enum token_kind kind, struct token *out)
{
        uint8_t bytes[TOKEN_BYTES];

        check((unsigned)kind < TOKEN_KINDS);
        random_fill(bytes, sizeof bytes);
        memcpy(out->text, prefixes[kind], PREFIX_LEN);
        base64url_text(bytes, sizeof bytes, out->text + PREFIX_LEN);
        digest_of(str_make(out->text, TOKEN_TEXT_LEN), &out->stored);
        secret_wipe(bytes, sizeof bytes);
}

int token_digest(enum token_kind kind, struct str shown, struct digest *out, struct err *err)
{
        uint8_t bytes[TOKEN_BYTES];

        check((unsigned)kind < TOKEN_KINDS);
        if (shown.n != TOKEN_TEXT_LEN || !str_starts(shown, str_of(prefixes[kind])))
                return err_set(err, ERR_DENIED, "this is not a token of the kind that is wanted here");
        struct str body = str_make(shown.p + PREFIX_LEN, shown.n - PREFIX_LEN);
        int n = base64url_bytes(body, bytes, sizeof bytes, NULL);

        secret_wipe(bytes, sizeof bytes);
        if (n != TOKEN_BYTES)
                return err_set(err, ERR_DENIED, "this token is damaged; copy it again, whole");
        digest_of(shown, out);
        return 0;
}

void token_challenge(const struct token *verifier, char out[static TOKEN_CHALLENGE_LEN + 1])
{
        base64url_text(verifier->stored.b, sizeof verifier->stored.b, out);
}

bool token_eq(const struct digest *a, const struct digest *b)
{
        return sodium_memcmp(a->b, b->b, sizeof a->b) == 0;
}

void token_key_new(struct token_key *out)
{
        random_fill(out->b, sizeof out->b);
}

static void mac_field(crypto_auth_hmacsha256_state *state, struct str field)
{
        uint8_t length[8];

        for (size_t i = 0; i < sizeof length; i++)
                length[i] = (uint8_t)((uint64_t)field.n >> (56 - 8 * i));
        crypto_auth_hmacsha256_update(state, length, sizeof length);
        if (field.n > 0)
                crypto_auth_hmacsha256_update(state, (const uint8_t *)field.p, field.n);
}

void token_mac(const struct token_key *key, const char *purpose, const struct str *fields, size_t count,
               char out[static TOKEN_MAC_LEN + 1])
{
        crypto_auth_hmacsha256_state state;
        uint8_t mac[crypto_auth_hmacsha256_BYTES];

        crypto_auth_hmacsha256_init(&state, key->b, sizeof key->b);
        mac_field(&state, str_of(purpose));
        for (size_t i = 0; i < count; i++)
                mac_field(&state, fields[i]);
        crypto_auth_hmacsha256_final(&state, mac);
        base64url_text(mac, sizeof mac, out);
        secret_wipe(&state, sizeof state);
}

bool token_mac_check(const struct token_key *key, const char *purpose, const struct str *fields,
                     size_t count, struct str shown)
{
        char right[TOKEN_MAC_LEN + 1];

        token_mac(key, purpose, fields, count, right);
        bool same = secret_eq(shown, str_make(right, TOKEN_MAC_LEN));

        secret_wipe(right, sizeof right);
        return same;
}
