/*
 * totp.h -- one-time codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds).
 *
 * Trust:  the code comes from anybody; the secret is ours.
 * Owns:   nothing; a struct totp is a plain value, to be wiped with secret_wipe().
 * Linked by portals and the site. Needs liboath (inside this folder only).
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
        TOTP_SECRET_LEN = 20,           /* RFC 4226, section 4: 160 bits are recommended */
        TOTP_TEXT_LEN = 32,             /* the same in base32 */
        TOTP_STEP_SECONDS = 30,
};

struct totp {
        uint8_t secret[TOTP_SECRET_LEN];
};

void totp_new(struct totp *out);

/* Base32 without padding, in capitals: what a person types into an app; wipe it after use. */
void totp_text(const struct totp *totp, char out[static TOTP_TEXT_LEN + 1]);

/* Back from text, in either case, with spaces or dashes between groups; ERR_INVALID otherwise. */
NODISCARD int totp_parse(struct str text, struct totp *out, struct err *err);

/*
 * Check a code at unix time `now`, one step either way allowed (RFC 6238, section 5.2), and give
 * the step it belongs to. Steps up to last_step were used before and do not count (-1: none was):
 * the caller stores *step as the new last step only if the stored one is still lower, in one
 * statement, and refuses otherwise; that is what makes two uses at the same moment one success.
 *
 * Six digits, spaces between them allowed. Every allowed step is computed and compared whatever
 * matched.
 * Fails: ERR_DENIED  wrong, used or too old
 */
NODISCARD int totp_check(const struct totp *totp, struct str code, int64_t now, int64_t last_step,
                         int64_t *step, struct err *err);

/*
 * Append the address an app reads from a QR code:
 * otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=... issuer and account are UTF-8 of at most 128
 * bytes each (ERR_LIMIT; ERR_INVALID); all but unreserved characters is percent-encoded.
 */
NODISCARD int totp_uri(const struct totp *totp, struct str issuer, struct str account, struct buf *out,
                       struct err *err);
