/*
 * passkey.c -- the checks of registration and login, in the standard's order where it matters.
 */
#include "crypto/passkey.h"

#include <string.h>

#include "base/check.h"
#include "crypto/authdata.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/signature.h"
#include "json/json.h"

_Static_assert(BASE64URL_LEN(PASSKEY_CHALLENGE_LEN) == PASSKEY_CHALLENGE_TEXT_LEN, "43 letters");

void passkey_challenge_new(uint8_t out[static PASSKEY_CHALLENGE_LEN])
{
        random_fill(out, PASSKEY_CHALLENGE_LEN);
}

void passkey_challenge_text(const uint8_t challenge[static PASSKEY_CHALLENGE_LEN],
                            char out[static PASSKEY_CHALLENGE_TEXT_LEN + 1])
{
        base64url_text(challenge, PASSKEY_CHALLENGE_LEN, out);
}

int passkey_bytes(struct str text, struct arena *arena, struct str *out, struct err *err)
{
        char *bytes = arena_alloc(arena, text.n + 1);
        int n = base64url_bytes(text, bytes, text.n, err);

        if (n < 0)
                return n;
        *out = str_make(bytes, (size_t)n);
        return 0;
}

void passkey_text(struct str bytes, struct buf *out)
{
        base64url_add(out, bytes.p, bytes.n);
}

static bool is_our_origin(const struct passkey_ceremony *ceremony, struct str origin)
{
        for (size_t i = 0; i < ceremony->origin_count; i++)
                if (str_eq(ceremony->origins[i], origin))
                        return true;
        return false;
}

static int check_client_data(const struct passkey_ceremony *ceremony, const char *type,
                             struct str text, struct err *err)
{
        struct json *data CLEANUP_JSON = NULL;
        char challenge[PASSKEY_CHALLENGE_TEXT_LEN + 1];

        if (text.n > PASSKEY_CLIENT_DATA_MAX)
                return err_set(err, ERR_LIMIT, "the browser's answer is longer than %d bytes",
                               PASSKEY_CLIENT_DATA_MAX);
        int r = json_parse(text, &data, err);

        if (r < 0)
                return err_wrap(err, ERR_INVALID, "the browser's answer");
        if (!str_is(json_get_text(data, "type"), type))
                return err_set(err, ERR_DENIED, "the passkey was used for something else than \"%s\"", type);
        passkey_challenge_text(ceremony->challenge, challenge);
        if (!secret_eq(json_get_text(data, "challenge"), str_of(challenge)))
                return err_set(err, ERR_DENIED,
                               "the passkey answers another question than this one; start again");
        if (!is_our_origin(ceremony, json_get_text(data, "origin")))
                return err_set(err, ERR_DENIED, "the passkey was used on another site");
        if (json_has(data, "topOrigin") ||
            (json_has(data, "crossOrigin") && (json_get_bool(data, "crossOrigin") ||
             json_kind(json_get(data, "crossOrigin")) != JSON_KIND_BOOL)))
                return err_set(err, ERR_DENIED, "the passkey was used inside a page of another site");
        return 0;
}

static int check_flags(const struct passkey_ceremony *ceremony, const struct authdata *data,
                       struct err *err)
{
        struct digest rp_id;

        digest_of(ceremony->rp_id, &rp_id);
        if (!str_eq(data->rp_id_hash, str_make((const char *)rp_id.b, sizeof rp_id.b)))
                return err_set(err, ERR_DENIED, "the passkey belongs to another site");
        if ((data->flags & AUTHDATA_PRESENT) == 0)
                return err_set(err, ERR_DENIED, "nobody touched the authenticator; try again");
        if (ceremony->require_verification && (data->flags & AUTHDATA_VERIFIED) == 0)
                return err_set(err, ERR_DENIED, "the authenticator did not check who you are; set a PIN, "
                               "fingerprint or face on it");
        if ((data->flags & (AUTHDATA_BACKED_UP | AUTHDATA_BACKUP_ELIGIBLE)) == AUTHDATA_BACKED_UP)
                return err_set(err, ERR_INVALID,
                               "the authenticator contradicts itself about backups; use another one");
        return 0;
}

static int make_key(enum passkey_algorithm algorithm, const uint8_t *bytes, size_t n,
                    struct signature_key **out, struct err *err)
{
        if (algorithm == PASSKEY_ES256 && n == SIGNATURE_P256_LEN)
                return signature_key_p256(bytes, out, err);
        if (algorithm == PASSKEY_EDDSA && n == SIGNATURE_ED25519_LEN)
                return signature_key_ed25519(bytes, out, err);
        return err_set(err, ERR_INVALID, "this passkey's key is neither ES256 nor EdDSA");
}

int passkey_register(const struct passkey_ceremony *ceremony, struct str client_data,
                     struct str attestation, struct passkey *out, struct err *err)
{
        struct signature_key *key CLEANUP_SIGNATURE_KEY = NULL;
        struct authdata data = { 0 };
        struct str bytes = { 0 };
        int r = check_client_data(ceremony, "webauthn.create", client_data, err);

        if (r < 0 || (r = authdata_of_attestation(attestation, &bytes, err)) < 0 ||
            (r = authdata_read(bytes, &data, err)) < 0 ||
            (r = check_flags(ceremony, &data, err)) < 0)
                return r;
        if ((data.flags & AUTHDATA_CREDENTIAL) == 0)
                return err_set(err, ERR_INVALID, "the authenticator sent no key; try again");
        r = make_key(data.algorithm, data.key, data.key_len, &key, err);
        if (r < 0)
                return r;
        struct passkey made = {
                .id_len = data.id.n,
                .algorithm = data.algorithm,
                .key_len = data.key_len,
                .counter = data.counter,
                .user_verified = (data.flags & AUTHDATA_VERIFIED) != 0,
                .backup_eligible = (data.flags & AUTHDATA_BACKUP_ELIGIBLE) != 0,
                .backed_up = (data.flags & AUTHDATA_BACKED_UP) != 0,
        };

        memcpy(made.id, data.id.p, data.id.n);
        memcpy(made.key, data.key, data.key_len);
        memcpy(made.aaguid, data.aaguid.p, sizeof made.aaguid);
        *out = made;
        return 0;
}

static int check_assertion(const struct passkey *stored, struct str client_data, struct str auth_data,
                           struct str signature, struct err *err)
{
        struct signature_key *key CLEANUP_SIGNATURE_KEY = NULL;
        struct digest hash;
        char signed_bytes[PASSKEY_AUTH_DATA_MAX + DIGEST_LEN];
        int r = make_key(stored->algorithm, stored->key, stored->key_len, &key, err);

        if (r < 0)
                return r;
        if (signature.n > PASSKEY_SIGNATURE_MAX)
                return err_set(err, ERR_LIMIT, "the signature is longer than %d bytes",
                               PASSKEY_SIGNATURE_MAX);
        digest_of(client_data, &hash);
        memcpy(signed_bytes, auth_data.p, auth_data.n);
        memcpy(signed_bytes + auth_data.n, hash.b, sizeof hash.b);
        r = signature_check(key, str_make(signed_bytes, auth_data.n + sizeof hash.b), signature, err);
        return r < 0 ? err_set(err, r, "the passkey's signature is wrong; try again") : 0;
}

int passkey_login(const struct passkey_ceremony *ceremony, const struct passkey *stored,
                  struct str client_data, struct str auth_data, struct str signature,
                  struct passkey_use *out, struct err *err)
{
        struct authdata data = { 0 };
        int r = check_client_data(ceremony, "webauthn.get", client_data, err);

        if (r < 0 || (r = authdata_read(auth_data, &data, err)) < 0 ||
            (r = check_flags(ceremony, &data, err)) < 0)
                return r;
        if ((data.flags & AUTHDATA_CREDENTIAL) != 0)
                return err_set(err, ERR_INVALID, "a login does not carry a new key; try again");
        r = check_assertion(stored, client_data, auth_data, signature, err);
        if (r < 0)
                return r;
        if (((data.flags & AUTHDATA_BACKUP_ELIGIBLE) != 0) != stored->backup_eligible)
                return err_set(err, ERR_DENIED, "this is not the passkey that was registered");
        if ((data.counter != 0 || stored->counter != 0) && data.counter <= stored->counter)
                return err_set(err, ERR_DENIED, "this passkey's counter did not grow: it may have been "
                               "copied; remove it from the account and register it anew");
        *out = (struct passkey_use){
                .counter = data.counter,
                .user_verified = (data.flags & AUTHDATA_VERIFIED) != 0,
                .backed_up = (data.flags & AUTHDATA_BACKED_UP) != 0,
        };
        return 0;
}

static const char *const transport_names[] = { "usb", "nfc", "ble", "internal", "hybrid", "smart-card" };

unsigned passkey_transport_of(struct str name)
{
        for (unsigned i = 0; i < ARRAY_LEN(transport_names); i++)
                if (str_is(name, transport_names[i]))
                        return 1u << i;
        return 0;
}

const char *passkey_transport_name(enum passkey_transport one)
{
        size_t i = 0;

        while (i < ARRAY_LEN(transport_names) && (unsigned)one != 1u << i)
                i++;
        check(i < ARRAY_LEN(transport_names));
        return transport_names[i];
}
