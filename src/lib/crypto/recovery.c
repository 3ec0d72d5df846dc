/*
 * recovery.c -- codes in an alphabet without look-alikes (Crockford's base32), hashed with
 * Argon2id.
 */
#include "crypto/recovery.h"

#include <sodium.h>
#include <string.h>

#include "crypto/random.h"
#include "crypto/secret.h"

enum { LETTERS = 10, GROUP = 5, PASSES = 2, MEMORY = 19 * 1024 * 1024 };

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
_Static_assert(sizeof alphabet - 1 == 32, "five bits a letter: no remainder, no bias");

static int hash(const char code[static LETTERS], const uint8_t *salt, struct digest *out,
                struct err *err)
{
        if (crypto_pwhash(out->b, sizeof out->b, code, LETTERS, salt, PASSES, MEMORY,
                          crypto_pwhash_ALG_ARGON2ID13) != 0)
                return err_set(err, ERR_AGAIN, "no memory is left to check a code; try again");
        return 0;
}

/* The ten letters, as they were generated; false when it cannot be a code. */
static bool normalise(struct str typed, char out[static LETTERS])
{
        size_t n = 0;

        for (size_t i = 0; i < typed.n; i++) {
                char c = typed.p[i];

                if (c == ' ' || c == '-')
                        continue;
                if (c >= 'A' && c <= 'Z')
                        c = (char)(c - 'A' + 'a');
                if (c == 'o')
                        c = '0';
                if (c == 'i' || c == 'l')
                        c = '1';
                if (c == '\0' || strchr(alphabet, c) == NULL || n == LETTERS)
                        return false;
                out[n++] = c;
        }
        return n == LETTERS;
}

int recovery_new(struct recovery *out, struct err *err)
{
        struct recovery made = { 0 };

        random_fill(made.salt, sizeof made.salt);
        for (size_t i = 0; i < RECOVERY_CODES; i++) {
                uint8_t random[LETTERS];
                char code[LETTERS];

                random_fill(random, sizeof random);
                for (size_t k = 0; k < LETTERS; k++)
                        code[k] = alphabet[random[k] & 31];
                memcpy(made.text[i], code, GROUP);
                made.text[i][GROUP] = '-';
                memcpy(made.text[i] + GROUP + 1, code + GROUP, LETTERS - GROUP);
                made.text[i][RECOVERY_TEXT_LEN] = '\0';
                int r = hash(code, made.salt, &made.stored[i], err);

                secret_wipe(code, sizeof code);
                secret_wipe(random, sizeof random);
                if (r < 0)
                        return r;
        }
        *out = made;
        secret_wipe(&made, sizeof made);
        return 0;
}

int recovery_find(struct str typed, const uint8_t salt[static RECOVERY_SALT_LEN],
                  const struct digest *stored, size_t count, size_t *index, struct err *err)
{
        char code[LETTERS] = { 0 };
        struct digest digest;
        bool shaped = normalise(typed, code), found = false;
        size_t at = 0;
        int r = hash(code, salt, &digest, err);

        secret_wipe(code, sizeof code);
        if (r < 0)
                return r;
        for (size_t i = 0; i < count; i++)
                if (sodium_memcmp(stored[i].b, digest.b, sizeof digest.b) == 0) {
                        at = i;
                        found = true;
                }
        if (!shaped || !found)
                return err_set(err, ERR_DENIED, "this is none of the recovery codes that are left");
        *index = at;
        return 0;
}
