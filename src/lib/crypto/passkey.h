/*
 * passkey.h -- the server's side of passkeys (Web Authentication Level 2), for ES256 and EdDSA.
 *
 * Trust:  everything the browser sends is foreign: sizes first, then strict JSON and CBOR, then
 *         meaning, then signatures.
 * Owns:   nothing; results are plain values that the caller stores.
 * Linked by portals and the site. Needs OpenSSL and jansson (through signature.h and json/json.h).
 *
 * Attestation is not asked for and not judged: "none" must be empty, and the statements of other
 * formats are read past. Who made an authenticator is no condition here; that its owner holds the
 * key is proved by the first login.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
        PASSKEY_CHALLENGE_LEN = 32,
        PASSKEY_CHALLENGE_TEXT_LEN = 43,
        PASSKEY_ID_MAX = 1023,          /* Level 2, 4: credential ID */
        PASSKEY_KEY_MAX = 64,
        PASSKEY_CLIENT_DATA_MAX = 4096,
        PASSKEY_ATTESTATION_MAX = 16384,
        PASSKEY_AUTH_DATA_MAX = 2048,
        PASSKEY_SIGNATURE_MAX = 128,
};

/* COSE's numbers (RFC 9053); what pubKeyCredParams must offer. */
enum passkey_algorithm { PASSKEY_ES256 = -7, PASSKEY_EDDSA = -8 };

enum passkey_transport {
        PASSKEY_USB = 1, PASSKEY_NFC = 2, PASSKEY_BLE = 4, PASSKEY_INTERNAL = 8, PASSKEY_HYBRID = 16,
        PASSKEY_SMART_CARD = 32,
};

struct passkey {
        uint8_t id[PASSKEY_ID_MAX];
        size_t id_len;
        enum passkey_algorithm algorithm;
        uint8_t key[PASSKEY_KEY_MAX];           /* ES256: x and y; EdDSA: the point's 32 bytes */
        size_t key_len;
        uint8_t aaguid[16];                     /* the authenticator's model, or zeros */
        uint32_t counter;
        unsigned transports;                    /* enum passkey_transport, or 0 */
        bool user_verified;                     /* by PIN or body at registration */
        bool backup_eligible;                   /* may be copied between devices; never changes */
        bool backed_up;
};

/* One registration or login in progress: all of it is the server's own. */
struct passkey_ceremony {
        struct str rp_id;                       /* the portal's host name */
        const struct str *origins;              /* exact: "https://docs.example" */
        size_t origin_count;
        uint8_t challenge[PASSKEY_CHALLENGE_LEN];
        bool require_verification;              /* the only factor: ask for PIN or body */
};

/* Used once: forget it with the first answer, good or bad, and after five minutes. */
void passkey_challenge_new(uint8_t out[static PASSKEY_CHALLENGE_LEN]);
void passkey_challenge_text(const uint8_t challenge[static PASSKEY_CHALLENGE_LEN],
                            char out[static PASSKEY_CHALLENGE_TEXT_LEN + 1]);

/*
 * The bytes behind a text that the page sent as base64url, copied to the arena; ERR_INVALID for any
 * other than the one canonical spelling. And the text for bytes, appended.
 */
NODISCARD int passkey_bytes(struct str text, struct arena *arena, struct str *out, struct err *err);
void passkey_text(struct str bytes, struct buf *out);

/*
 * Registration (Level 2, 7.1). client_data and attestation are clientDataJSON and
 * attestationObject, decoded from base64url. out->transports is 0: the page reports them beside,
 * see passkey_transport_of(). The caller still checks that no account has this credential id.
 * Fails: ERR_LIMIT    too long
 *        ERR_INVALID  not what an authenticator sends, or an algorithm that was not offered
 *        ERR_DENIED   for another site, origin, challenge or purpose; nobody present, or not verified
 */
NODISCARD int passkey_register(const struct passkey_ceremony *ceremony, struct str client_data,
                               struct str attestation, struct passkey *out, struct err *err);

/* What changes with a login; store all three in its transaction. */
struct passkey_use {
        uint32_t counter;
        bool user_verified;
        bool backed_up;
};

/*
 * Login (Level 2, 7.2) with the stored passkey of the credential id that the browser named; whether
 * it belongs to the user (and userHandle, if given) is the caller's to look up.
 * Fails: as above; ERR_DENIED also for a wrong signature and for a counter that did not grow, for
 *        then the key may have been copied
 */
NODISCARD int passkey_login(const struct passkey_ceremony *ceremony, const struct passkey *stored,
                            struct str client_data, struct str auth_data, struct str signature,
                            struct passkey_use *out, struct err *err);

/* The bit of a transport's name, 0 for one we do not know; and the name of one bit. */
unsigned passkey_transport_of(struct str name);
const char *passkey_transport_name(enum passkey_transport one);
