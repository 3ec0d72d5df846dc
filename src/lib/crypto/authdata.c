/*
 * authdata.c -- fixed fields, then CBOR: the key of a new credential, and extensions nobody asked
 * for.
 */
#include "crypto/authdata.h"

#include <string.h>

#include "crypto/cbor.h"

enum { FIXED_LEN = 37, AAGUID_LEN = 16, COORDINATE_LEN = 32 };

static const char damaged[] = "the authenticator's answer is damaged; try again or use another one";

static bool take(struct cbor *c, size_t n, struct str *out)
{
        if (cbor_left(c) < n)
                return false;
        *out = str_make((const char *)c->at, n);
        c->at += n;
        return true;
}

/* A COSE key (RFC 9052, 7) of one of our two kinds, with the members that kind has and no other. */
struct cose {
        int64_t kind, algorithm, curve;
        struct str x, y;
        unsigned seen;                  /* one bit a member: none twice */
};

static bool cose_member(struct cbor *c, struct cose *key)
{
        int64_t label;

        if (!cbor_int(c, &label))
                return false;
        unsigned bit = label == 1 ? 1 : label == 3 ? 2 : label >= -3 && label <= -1 ? 2u << -label : 0;

        if (bit == 0 || (key->seen & bit) != 0)
                return false;
        key->seen |= bit;
        switch (label) {
        case 1:
                return cbor_int(c, &key->kind);
        case 3:
                return cbor_int(c, &key->algorithm);
        case -1:
                return cbor_int(c, &key->curve);
        case -2:
                return cbor_bytes(c, &key->x);
        default:
                return cbor_bytes(c, &key->y);
        }
}

static int read_key(struct cbor *c, struct authdata *out, struct err *err)
{
        struct cose key = { 0 };
        uint64_t pairs;

        if (!cbor_map(c, &pairs) || pairs > 5)
                return err_set(err, ERR_INVALID, "%s", damaged);
        for (uint64_t i = 0; i < pairs; i++)
                if (!cose_member(c, &key))
                        return err_set(err, ERR_INVALID, "%s", damaged);
        bool es256 = key.kind == 2 && key.algorithm == PASSKEY_ES256 && key.curve == 1 &&
                     key.x.n == COORDINATE_LEN && key.y.n == COORDINATE_LEN;
        bool eddsa = key.kind == 1 && key.algorithm == PASSKEY_EDDSA && key.curve == 6 &&
                     key.x.n == COORDINATE_LEN && pairs == 4;

        if (!es256 && !eddsa)
                return err_set(err, ERR_INVALID,
                               "this authenticator's key is neither ES256 nor EdDSA; use another one");
        memcpy(out->key, key.x.p, COORDINATE_LEN);
        if (es256)
                memcpy(out->key + COORDINATE_LEN, key.y.p, COORDINATE_LEN);
        out->key_len = key.x.n + (es256 ? key.y.n : 0);
        out->algorithm = es256 ? PASSKEY_ES256 : PASSKEY_EDDSA;
        return 0;
}

static int read_credential(struct cbor *c, struct authdata *out, struct err *err)
{
        struct str length;

        if (!take(c, AAGUID_LEN, &out->aaguid) || !take(c, 2, &length))
                return err_set(err, ERR_INVALID, "%s", damaged);
        size_t n = (size_t)(unsigned char)length.p[0] << 8 | (unsigned char)length.p[1];

        if (n == 0 || n > PASSKEY_ID_MAX || !take(c, n, &out->id))
                return err_set(err, ERR_INVALID, "%s", damaged);
        return read_key(c, out, err);
}

int authdata_read(struct str bytes, struct authdata *out, struct err *err)
{
        struct authdata data = { 0 };
        struct cbor c = cbor_of(bytes);
        struct str fixed;

        if (bytes.n > PASSKEY_AUTH_DATA_MAX)
                return err_set(err, ERR_LIMIT, "the authenticator's answer is longer than %d bytes",
                               PASSKEY_AUTH_DATA_MAX);
        if (!take(&c, FIXED_LEN, &fixed))
                return err_set(err, ERR_INVALID, "%s", damaged);
        const uint8_t *p = (const uint8_t *)fixed.p;

        data.rp_id_hash = str_make(fixed.p, 32);
        data.flags = p[32];
        data.counter = (uint32_t)p[33] << 24 | (uint32_t)p[34] << 16 | (uint32_t)p[35] << 8 | p[36];
        if ((data.flags & AUTHDATA_CREDENTIAL) != 0) {
                int r = read_credential(&c, &data, err);

                if (r < 0)
                        return r;
        }
        uint64_t pairs;
        struct cbor extensions = c;

        if ((data.flags & AUTHDATA_EXTENSIONS) != 0 &&
            (!cbor_map(&extensions, &pairs) || !cbor_skip(&c)))
                return err_set(err, ERR_INVALID, "%s", damaged);
        if (cbor_left(&c) != 0)
                return err_set(err, ERR_INVALID, "%s", damaged);
        *out = data;
        return 0;
}

struct attestation {
        struct str format, data, statement;
};

static bool attestation_member(struct cbor *c, struct attestation *a)
{
        struct str name;

        if (!cbor_text(c, &name))
                return false;
        if (str_is(name, "fmt"))
                return a->format.p == NULL && cbor_text(c, &a->format);
        if (str_is(name, "authData"))
                return a->data.p == NULL && cbor_bytes(c, &a->data);
        const char *start = (const char *)c->at;

        if (!str_is(name, "attStmt") || a->statement.p != NULL || !cbor_skip(c))
                return false;
        a->statement = str_make(start, (size_t)((const char *)c->at - start));
        return true;
}

int authdata_of_attestation(struct str bytes, struct str *out, struct err *err)
{
        struct attestation a = { 0 };
        struct cbor c = cbor_of(bytes);
        uint64_t pairs, members;

        if (bytes.n > PASSKEY_ATTESTATION_MAX)
                return err_set(err, ERR_LIMIT, "the authenticator's answer is longer than %d bytes",
                               PASSKEY_ATTESTATION_MAX);
        if (!cbor_map(&c, &pairs) || pairs != 3)
                return err_set(err, ERR_INVALID, "%s", damaged);
        for (uint64_t i = 0; i < pairs; i++)
                if (!attestation_member(&c, &a))
                        return err_set(err, ERR_INVALID, "%s", damaged);
        struct cbor statement = cbor_of(a.statement);

        if (cbor_left(&c) != 0 || !cbor_map(&statement, &members) ||
            (str_is(a.format, "none") && members != 0))
                return err_set(err, ERR_INVALID, "%s", damaged);
        *out = a.data;
        return 0;
}
